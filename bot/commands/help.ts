// What /rollout understands, and the nearest right word to a wrong one.
import { join, type Markup, markup } from '../blocks/markup.ts'
import type { Kind, Subcommand } from './answer.ts'
import { nearest } from './nearest.ts'
import { subcommandName, subcommands } from './subcommands.ts'
import type { Word } from './words.ts'

const titles: Record<Kind, string> = {
  Look: 'Look',
  Begin: 'Start something',
  Decide: 'Decide',
  Stop: 'Stop',
  Settle: 'Settle what is open',
}

/** All of them by kind, a line each; with a word, that one in full. */
export function helpText(words: Word[]): Markup {
  const [first] = words
  const name = subcommandName(first?.text ?? '')
  const one = name === null ? undefined : subcommands[name]
  if (one) return explained(one)
  const unknown = first === undefined ? [] : [unknownText(first.text)]
  const groups = Object.entries(titles).map(([kind, title]) => {
    const ones = Object.entries(subcommands).filter(([, each]) => each.kind === kind)
    return join(
      [markup`*${title}*`, ...ones.map(([each, { summary }]) => markup`\`${each}\` ${summary}`)],
      '\n',
    )
  })
  const footer = markup`Type \`/rollout help abort\` for how one is written. PROCEDURE may be left out while one rollout is live; names with spaces go in quotes.`
  const heading = markup`Type \`/rollout\` and one of these words.`
  return join([...unknown, heading, ...groups, footer], '\n')
}

function explained({ usage, summary, example }: Subcommand): Markup {
  return markup`\`/rollout ${usage}\`\n${summary}\nFor example: \`/rollout ${example}\``
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
