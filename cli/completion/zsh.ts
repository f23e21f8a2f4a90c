// Completion for zsh.
import { type Completed, nouns, quoted } from './completed.ts'

export function zsh(commands: Completed[]): string {
  const all = nouns(commands)
  const verbs = [...all].flatMap(([noun, own]) =>
    own.length === 0
      ? []
      : [
          `    ${quoted(noun)})`,
          `      if (( CURRENT == 3 )); then`,
          `        _values ${quoted(noun)} ${commands
            .filter(({ name }) => name.startsWith(`${noun} `))
            .map(({ name, summary }) => quoted(`${name.slice(noun.length + 1)}[${bracketed(summary)}]`))
            .join(' ')}`,
          `        return`,
          `      fi`,
          `      name="$words[2] $words[3]" ;;`,
        ],
  )
  const flags = commands.map(({ name, options }) => {
    const specs = options.map(({ name, help, words, takesValue, isFile }) => {
      const value =
        words.length > 0
          ? `:value:(${words.map((word) => word.replaceAll(' ', '\\ ')).join(' ')})`
          : isFile
            ? ':file:_files'
            : ':value:'
      return quoted(`*--${name}[${bracketed(help)}]${takesValue ? value : ''}`)
    })
    return `    ${quoted(name)}) _arguments ${specs.join(' ')} '*: :' ;;`
  })
  const first = [...all.keys()].map((noun) => quoted(noun)).join(' ')
  return `#compdef firstpass
# firstpass completion zsh
_firstpass() {
  local name=$words[2]
  if (( CURRENT == 2 )); then
    compadd -- ${first}
    return
  fi
  case $words[2] in
${verbs.join('\n')}
  esac
  case $name in
${flags.join('\n')}
  esac
}
if [ "$funcstack[1]" = _firstpass ]; then _firstpass "$@"; else compdef _firstpass firstpass; fi
`
}

/** Brackets and colons end a text there. */
function bracketed(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, (each) => `\\${each}`)
}
