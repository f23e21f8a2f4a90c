// The lower half of the Home: what has ended and what is frozen, a line each.
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { NamedFreeze } from '../deliveries/home-facts.ts'
import { type CardBlock, context, section } from './build.ts'
import { link, type Markup, markup, moment, oneLine, paragraphs } from './markup.ts'
import { buildName, decided, named, statusWords } from './wording.ts'

const mostRecent = 12
const mostFreezes = 12

export function recentBlocks(recent: RolloutLine[]): CardBlock[] {
  if (recent.length === 0) return [section('recent_none', markup`Nothing has ended in the last 7 days.`)]
  return lines('recent', recent.map(recentLine), mostRecent, listed)
}

export function freezeBlocks(freezes: NamedFreeze[]): CardBlock[] {
  if (freezes.length === 0) return [section('freezes_none', markup`Nothing is frozen, and no freeze is set.`)]
  return lines('freezes', freezes.map(freezeLine), mostFreezes, markup``)
}

/** Where all rollouts are listed. */
export const listed = markup`: \`/rollout list\``

/** "and 14 more: /rollout list"; none for none. */
export function more(id: string, count: number, where: Markup): CardBlock[] {
  return count <= 0 ? [] : [context(`${id}_more`, [markup`and ${count} more${where}`])]
}

/** The end is the last decision, but where a person decided something about it afterwards. */
function recentLine(line: RolloutLine): Markup {
  const how = statusWords[line.status]
  const end = line.lastDecision.what.startsWith(how)
    ? markup``
    : markup`*${how}* ${moment(line.endedAt ?? line.createdAt)}. Then: `
  return markup`${link(line.url, buildName(line))}: ${end}${decided(line.lastDecision)}`
}

function freezeLine(freeze: NamedFreeze): Markup {
  const where = freeze.sites.length === 0 ? '' : ` at ${oneLine(freeze.sites.join(', '), 100)}`
  const end =
    freeze.to === null ? markup`until somebody lifts it` : markup`until ${moment(Date.parse(freeze.to))}`
  const from = freeze.inForce ? markup`` : markup` from ${moment(Date.parse(freeze.from))}`
  const by = freeze.by === undefined ? '' : `, set by ${named(freeze.by)}`
  const word = freeze.inForce ? 'Frozen now' : 'Set for later'
  return markup`*${word}*: ${oneLine(freeze.of, 60)}${where}${from} ${end}${by}: ${oneLine(freeze.why, 200)}`
}

function lines(id: string, all: Markup[], most: number, where: Markup): CardBlock[] {
  return [
    ...paragraphs(all.slice(0, most), 2900).map((text, index) => section(`${id}_${index}`, text, 3000)),
    ...more(id, all.length - most, where),
  ]
}
