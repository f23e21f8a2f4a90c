// What /rollout understands, and the nearest right word to a wrong one.
import { join, type Markup, markup } from '../blocks/markup.ts'
import { nearest } from '../nearest.ts'
import type { Word } from '../words.ts'
import { subcommandName, subcommands } from './subcommands.ts'

export function helpText(words: Word[]): Markup {
  const name = subcommandName(words[0]?.text ?? '')
  const one = name === null ? undefined : subcommands[name]
  if (one) return markup`\`/rollout ${one.usage}\`\n${one.summary}\nFor example: \`/rollout ${one.example}\``
  const all = Object.values(subcommands).map((each) => markup`\`/rollout ${each.usage}\` ${each.summary}`)
  const footer = markup`PROCEDURE may be left out while one rollout is live. Names with spaces go in quotes.`
  return join([...all, footer], '\n')
}

export function unknownText(word: string): Markup {
  const close = nearest(word, [...Object.keys(subcommands), 'help'])
  const offered = close.map((name) => {
    const example = subcommands[name]?.example ?? name
    return markup`\`/rollout ${example}\``
  })
  return offered.length === 0
    ? markup`*${word}* is not something /rollout knows. \`/rollout help\` lists what it does, for example \`/rollout status\`.`
    : markup`*${word}* is not something /rollout knows. Did you mean ${join(offered, ' or ')}?`
}
