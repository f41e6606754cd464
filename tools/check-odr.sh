#!/usr/bin/env bash
# Fails where two source files of the library define one name differently, which is undefined behaviour that no compiler sees in a single file:
# everything is compiled for link-time optimisation, and the linker compares the types (-Wodr of GCC; nothing is optimised or run).
#   tools/check-odr.sh [FOLDER]     of the build; default: build/odr
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build/odr}
compiler=${CXX:-g++}
flags=(-O1 -flto=auto -Wodr -Werror=odr)
launcher=$(command -v ccache || true)
[[ -f $folder/build.ninja ]] || cmake -G Ninja -S . -B "$folder" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS_RELEASE="${flags[*]}" -DCMAKE_AR="$(command -v gcc-ar)" -DCMAKE_RANLIB="$(command -v gcc-ranlib)" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DVIREO_TESTS=OFF -DVIREO_INSTALL=OFF >/dev/null
program=CMakeFiles/vireo_program.dir/src/app/program.cpp.o
ninja -C "$folder" --quiet libvireo.a "$program"
log=$folder/odr.log
# A partial link with all objects, wanted or not, stops once the types are compared.
if ! "$compiler" "${flags[@]}" -r -flinker-output=rel -Wl,--whole-archive "$folder/libvireo.a" "$folder/$program" -o "$folder/all.o" 2>"$log"; then
  cat "$log"
  echo "FAILED: a name has two definitions" >&2
  exit 1
fi
cat "$log"
echo "no name of the library has two definitions"
