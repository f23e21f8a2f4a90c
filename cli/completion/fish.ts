// Completion for fish.
import { type Completed, nouns } from './completed.ts'

export function fish(commands: Completed[]): string {
  const all = nouns(commands)
  const first = [...all].map(([noun, own]) => {
    const summary = commands.find(({ name }) => name === noun)?.summary ?? own.join(', ')
    return `complete -c firstpass -f -n __fish_use_subcommand -a ${quoted(noun)} -d ${quoted(summary)}`
  })
  const second = commands.flatMap(({ name, summary }) => {
    const [noun = '', verb] = name.split(' ')
    const others = all.get(noun)?.join(' ')
    return verb === undefined
      ? []
      : `complete -c firstpass -f -n ${quoted(`__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${others}`)} -a ${quoted(verb)} -d ${quoted(summary)}`
  })
  const flags = commands.flatMap(({ name, options }) => {
    const seen = name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
    return options.map(({ name, help, words, takesValue, isFile }) => {
      const takes = !takesValue ? '' : isFile ? ' -r -F' : ' -x'
      const from =
        words.length > 0 ? ` -a ${quoted(words.map((word) => word.replaceAll(' ', '\\ ')).join(' '))}` : ''
      return `complete -c firstpass -n ${quoted(seen)} -l ${name}${takes}${from} -d ${quoted(help)}`
    })
  })
  return `# firstpass completion fish\n${[...first, ...second, ...flags].join('\n')}\n`
}

/** Within single quotes fish takes a backslash before a quote. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
