// What completes commands in bash. It is our own: scripts that others make evaluate what is typed,
// and let names be expanded, and a name of a group may be anything. Here nothing is evaluated: the
// words are those of the line, parted at blanks, and a name is inserted as bash quotes it. It needs
// nothing but bash, also the 3.2 of macOS, and may be sourced again.
//
// bash parts words at colons and equals signs, too, and replaces what is behind the last one: what
// stands before that is taken off. Source: bash(1), "Programmable Completion".

export const bashScript = `# bash completion for sluice
_sluice() {
  local line=\${COMP_LINE:0:COMP_POINT} breaks=\${COMP_WORDBREAKS//[^:=]/}
  local words last before='' found
  IFS=$' \\t' read -ra words <<< "$line"
  [[ $line == *[[:blank:]] ]] && words+=('')
  last=\${words[\${#words[@]}-1]}
  [[ -n $breaks ]] && before=\${last%"\${last##*[$breaks]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r found _; do
    [[ -z $found || $found =~ ^:[0-9]+$ ]] && continue
    printf -v found %q "\${found#"$before"}"
    COMPREPLY+=("$found")
  done < <(sluice complete -- "\${words[@]:1}" 2> /dev/null)
}
complete -F _sluice sluice
`;
