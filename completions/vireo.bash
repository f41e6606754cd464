# Completion of vireo for bash: subcommands, options, and what a SPEC may name, asked of the program itself, so that plug-ins of one's
# own are completed too. Installed to share/bash-completion/completions/vireo; or: source completions/vireo.bash

# _vireo_words PROGRAM WHAT [OPTION]: the subcommands, the kinds of plug-ins, or the kind (spec) that an option takes
_vireo_words() {
  local what first second
  "$1" help --completion 2>/dev/null | while read -r what first second; do
    [[ $what == "$2" ]] || continue
    if [[ $what != spec ]]; then echo "$first"; elif [[ $first == "$3" ]]; then echo "$second"; fi
  done
}

# _vireo_spec PROGRAM KIND WORD: completes name[:key=value,...]
_vireo_spec() {
  local program=$1 kind=$2 word=$3 rest
  if [[ $word == *:* ]]; then
    rest=${word##*[:,]}
    compopt -o nospace 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -P "${word%"$rest"}" -S = -W "$("$program" list "$kind" "${word%%:*}" --names 2>/dev/null)" -- "$rest")
  else
    mapfile -t COMPREPLY < <(compgen -W "$("$program" list "$kind" --names 2>/dev/null)" -- "$word")
  fi
}

_vireo() {
  local line=${COMP_LINE:0:COMP_POINT} words word='' previous kind broken
  # bash breaks words at ':' and '=', which are part of a SPEC: words are taken from the line instead
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] || { word=${words[-1]}; unset 'words[-1]'; }
  previous=${words[-1]}
  [[ $previous != --* ]] || kind=$(_vireo_words "${words[0]}" spec "$previous")
  COMPREPLY=()
  if [[ -n $kind ]]; then
    _vireo_spec "${words[0]}" "$kind" "$word"
  elif [[ ${#words[@]} -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_vireo_words "${words[0]}" subcommand)" -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("${words[0]}" "${words[1]}" --help 2>/dev/null | grep -oE '^ +--[a-z-]+')" -- "$word")
  elif [[ ${words[1]} == list && ${#words[@]} -eq 2 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_vireo_words "${words[0]}" kind)" -- "$word")
  elif [[ ${words[1]} == list ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("${words[0]}" list "${words[2]}" --names 2>/dev/null)" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
  # bash replaces only what stands after its last break
  broken=${word%"${word##*[:=]}"}
  [[ -z $broken || ${#COMPREPLY[@]} -eq 0 ]] || COMPREPLY=("${COMPREPLY[@]#"$broken"}")
}
complete -F _vireo vireo
