#!/usr/bin/env bash
# clang-tidy, with the checks of .clang-tidy and clang as the compiler (build/tidy, where nothing is built):
#   tools/tidy.sh               all sources of library and program: five minutes on two cores
#   tools/tidy.sh --newest N    the N sources that changed last
#   tools/tidy.sh FILES...
set -euo pipefail
cd "$(dirname "$0")/.."
sources() { git ls-files -- 'src/*.cpp' 'compressors/*.cpp'; }
case ${1:-} in
  "") mapfile -t files < <(sources) ;;
  --newest)
    mapfile -t files < <(git log --max-count=500 --no-renames --diff-filter=AM --name-only --pretty=format: -- src compressors |
      awk 'NR == FNR {is[$0]; next} ($0 in is) && !seen[$0]++' <(sources) - | sed "${2:?how many}q") ;;
  *) files=("$@") ;;
esac
[[ -f build/tidy/build.ninja ]] || cmake -G Ninja -S . -B build/tidy -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
  -DVIREO_PRECOMPILE=OFF -DVIREO_TESTS=OFF >/dev/null
cmake --build build/tidy --target vireo_revision -- --quiet
# What clang-tidy says of how many warnings it does not show goes to stderr, with what is wrong: it is kept for when there is something.
report=$(mktemp)
trap 'rm -f "$report"' EXIT
if ! printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 clang-tidy --quiet -p build/tidy >"$report" 2>&1; then
  grep -v 'warnings generated\.$' "$report"
  echo "tidy.sh: clang-tidy has something to say of ${#files[@]} files" >&2
  exit 1
fi
echo "clang-tidy has nothing to say of ${#files[@]} files"
