#!/usr/bin/env bash
# Whether all sources are formatted as .clang-format says; `--mend` formats those that are not. Files of older versions under tests/data stay as
# they were.
set -euo pipefail
cd "$(dirname "$0")/.."
action=(--dry-run -Werror)
[[ ${1:-} != --mend ]] || action=(-i)
git ls-files -z -- '*.cpp' '*.hpp' '*.c' '*.h' ':!tests/data' | xargs -0 -P "$(nproc)" -n 64 clang-format "${action[@]}"
