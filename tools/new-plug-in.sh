#!/usr/bin/env bash
# Makes the files of a new plug-in and puts its name into its folder's list; a test comes along that fails until it is written.
#   tools/new-plug-in.sh KIND NAME        KIND: method, problem, compressor or regularizer
#   tools/new-plug-in.sh method fast-extragradient
# NAME is what users write: lower-case letters, digits and dashes, such as fast-extragradient; a problem's may begin with the room of
# src/problems that it goes into: games/poker. What is to be written is marked by TODO.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "new-plug-in.sh: $1" >&2; exit 2; }
[[ $# -eq 2 ]] || fail "usage: tools/new-plug-in.sh method|problem|compressor|regularizer NAME"
kind=$1
case $kind in
  method | problem | regularizer) sources=src/${kind}s ;;
  compressor) sources=compressors ;;
  *) fail "unknown kind '$kind'; known are method, problem, compressor, regularizer" ;;
esac
room=
name=$2
if [[ $kind == problem && $name == */* ]]; then
  room=${name%/*}/
  name=${name##*/}
  [[ -d $sources/$room ]] || fail "src/problems has no room '${room%/}'"
fi
[[ $name =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] || fail "'$name' is no name: lower-case letters, digits and dashes, beginning with a letter"
file=${name//-/_}                                    # fast_extragradient
class=$(sed -E 's/(^|_)([a-z0-9])/\U\2/g' <<<"$file")  # FastExtragradient

source=$sources/$room$file.cpp
test=tests/${kind}s/plug_ins/${file}_test.cpp
for path in "$source" "$test"; do
  [[ ! -e $path ]] || fail "$path is there already"
done
list=$sources/CMakeLists.txt
grep -qE "^  ([a-z_]+/)?[a-z0-9_=,]*\b$file\b" "$list" && fail "$list names $file already"

fill() {
  mkdir -p "$(dirname "$2")"
  sed -e "s/@NAME@/$name/g; s/@FILE@/$file/g; s/@CLASS@/$class/g" "$1" >"$2"
}
fill "tools/new-plug-in/$kind.cpp.in" "$source"
fill "tools/new-plug-in/${kind}_test.cpp.in" "$test"
# at the end of the list, which is the order of `vireo list`
awk -v entry="  $room$file" '
  /^vireo_plug_ins\(/ { inside = 1 }
  inside && /\)$/ { sub(/\)$/, ""); print; print entry ")"; inside = 0; next }
  { print }' "$list" >"$list.new"
mv "$list.new" "$list"

echo "$source"
echo "$test"
echo "$list"
