#!/usr/bin/env bash
# Makes the reference of the public headers, in build/doxygen/html; installs doxygen if it is missing. Fails on any warning.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs/install-packages.sh --docs
mkdir -p build/doxygen
doxygen Doxyfile
echo "The reference is in build/doxygen/html/index.html"
