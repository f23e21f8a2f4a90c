// Completion for bash, 3.2 and later.
import { type Completed, nouns, quoted } from './completed.ts'

export function bash(commands: Completed[]): string {
  const verbs = [...nouns(commands)].map(
    ([noun, own]) => `    ${quoted(noun)}) words=${quoted(own.join(' '))} ;;`,
  )
  const flags = commands.map(
    ({ name, options }) =>
      `    ${quoted(name)}) flags=${quoted(options.map((each) => `--${each.name}`).join(' '))} ;;`,
  )
  // Words with spaces stay one, a line each.
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ words }) => words.length > 0)
      .map((each) => `    ${quoted(`${name} --${each.name}`)}) values=${quoted(each.words.join('\n'))} ;;`),
  )
  const valued = [
    ...new Set(
      commands
        .flatMap(({ options }) => options.filter((each) => each.takesValue))
        .map(({ name }) => `--${name}`),
    ),
  ]
  const files = [
    ...new Set(
      commands.flatMap(({ options }) => options.filter((each) => each.isFile)).map(({ name }) => `--${name}`),
    ),
  ]
  return `# firstpass completion bash
_firstpass() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} noun= verb= words= flags= values= word at
  COMPREPLY=()
  noun=\${COMP_WORDS[1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...nouns(commands).keys()].join(' '))} -- "$current"))
    return
  fi
  case $noun in
${verbs.join('\n')}
  esac
  if [ -n "$words" ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
    verb=" \${COMP_WORDS[2]}"
  fi
  case "$noun$verb $before" in
${values.join('\n')}
  esac
  if [ -n "$values" ]; then
    while IFS= read -r word; do
      case $word in "$current"*) COMPREPLY[\${#COMPREPLY[@]}]=$(printf '%q' "$word") ;; esac
    done <<< "$values"
    return
  fi
  case " ${files.join(' ')} " in *" $before "*) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case " ${valued.join(' ')} " in *" $before "*) return ;; esac
  case "$noun$verb" in
${flags.join('\n')}
  esac
  case $current in -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;; esac
}
complete -F _firstpass firstpass
`
}
