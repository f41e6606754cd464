#!/usr/bin/env bash
# Installs the Debian packages that are missing, and does nothing (no network, no sudo) if none is.
#   jobs/install-packages.sh [--tests] [--fuzz] [--lint] [--bench] [--hosts] [--slurm] [--analysis] [--docs]
set -euo pipefail

packages=(cmake ninja-build g++ pkg-config git
          openmpi-bin libopenmpi-dev libeigen3-dev libboost-program-options-dev libhdf5-openmpi-dev
          librandom123-dev libxxhash-dev libssl-dev libfmt-dev nlohmann-json3-dev zlib1g-dev
          python3 python3-h5py python3-numpy)
plots=(python3-pandas python3-matplotlib)
for option in "$@"; do
  case $option in
    --tests) packages+=(libgtest-dev libgmock-dev python3-scipy python3-pytest "${plots[@]}") ;;
    --fuzz) packages+=(clang libclang-rt-dev) ;;
    --lint) packages+=(clang clang-format clang-tidy) ;;
    --bench) packages+=(libbenchmark-dev) ;;
    --hosts) packages+=(iproute2) ;;
    --docs) packages+=(doxygen) ;;
    --slurm) packages+=(munge slurmctld slurmd slurm-client) ;;
    --analysis) packages+=("${plots[@]}") ;;
    *) echo "install-packages.sh: unknown option '$option'" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

echo "Installing: ${missing[*]}"
as_root=()
[[ $(id -u) -eq 0 ]] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
