// firstpass stations list: where stations are, and whether they are there.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given, oneOf, textOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { table } from '../table.ts'
import { minuteText } from '../times.ts'

const statuses = [
  'connected',
  'silent',
  'never seen',
  'busy',
  'held',
  'excluded',
  'experiment',
  'clock off',
] as const

export const list: Command = {
  name: 'stations list',
  summary: 'list stations by name, where they are and whether they are there',
  operands: '',
  options: {
    site: { type: 'string', value: 'SITE', help: 'only those of it' },
    line: { type: 'string', value: 'LINE', help: 'only those of it' },
    tag: { type: 'string', value: 'TAG', help: 'only those with it' },
    status: { type: 'string', value: 'WORDS', words: statuses, help: 'only those that are so' },
    search: { type: 'string', value: 'TEXT', help: 'part of the name, the site or the line' },
  },
  example: '--site Lyon --status silent',
  async run(values, operands, { api }) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const asked = given({
      site: textOf(values, 'site'),
      line: textOf(values, 'line'),
      tag: textOf(values, 'tag'),
      status: oneOf(values, 'status', statuses),
      search: textOf(values, 'search'),
    })
    const page = (cursor: string | null) => {
      const query = { ...asked, ...(cursor === null ? {} : { cursor }), limit: 1_000 }
      return answerOf(api.GET('/api/v1/stations', { params: { query } }))
    }
    let last = await page(null)
    const found = [...last.data]
    while (last.meta.next_cursor !== null) {
      last = await page(last.meta.next_cursor)
      found.push(...last.data)
    }
    const rows = found.map((each) => [
      each.name,
      each.site,
      each.line,
      [each.connection, ...(each.busy ? ['busy'] : [])].join(', '),
      each.last_seen_at === null ? '' : minuteText(each.last_seen_at),
      asideText(each),
    ])
    const heads = ['STATION', 'SITE', 'LINE', 'IS', 'LAST SEEN (UTC)', 'ASIDE']
    return {
      json: { data: found },
      text: rows.length === 0 ? 'there is no such station' : table(rows, heads),
    }
  },
}

type Aside = { held: Out; excluded: Out; experiment: string | null }
type Out = { reason: string; until: string | null } | null

/** Why rollouts pass it over; empty when they do not. */
export function asideText({ held, excluded, experiment }: Aside): string {
  const out = (word: string, aside: Out) =>
    aside ? [`${word}${aside.until ? ` until ${minuteText(aside.until)}` : ''}: ${aside.reason}`] : []
  return [
    ...out('held', held),
    ...out('excluded', excluded),
    ...(experiment === null ? [] : [`in the experiment ${experiment}`]),
  ].join('; ')
}
