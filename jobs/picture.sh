#!/usr/bin/env bash
# Makes the pictures of the README, of the program as it is: docs/images/masha1-against-extragradient.png (or FILE) from the traces of
# jobs/local.sh, residual against bytes up, bytes down and oracle calls; and, without FILE, docs/images/sweep.png of the README's sweep.
#   jobs/picture.sh [FILE.png|FILE.svg|FILE.pdf]
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."
picture=docs/images/masha1-against-extragradient.png
if [[ $# -gt 0 ]]; then
  picture=$(realpath -m --relative-to="$PWD" "$here/$1")
  [[ $1 == /* ]] && picture=$1
fi
jobs/install-packages.sh --analysis
jobs/local.sh
mkdir -p "$(dirname "$picture")"
analysis/vireo-analysis plot vireo-run/extragradient.h5 vireo-run/masha1-randk-up.h5 vireo-run/masha1-both-ways.h5 \
  -x wire_bytes_up,wire_bytes_down,oracle_calls -y residual -o "$picture"
if [[ $# -eq 0 ]]; then
  jobs/sweep.py examples/sweep/compressors.toml --again
  cp vireo-run/compressors/plot.png docs/images/sweep.png
fi
