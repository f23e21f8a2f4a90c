// firstpass containment: the units that the build of a rollout has judged, and what has become of them.
import { answerOf } from '../clients/api/client.ts'
import { type Command, given, oneOf } from './command.ts'
import { onlyOne } from './rollout/decide.ts'
import { findRollout, rolloutOptions } from './rollout/find-rollout.ts'
import { table } from './table.ts'
import { minuteText } from './times.ts'

const lists = ['escapes', 'false scrap'] as const
const pageSize = 1_000

export const containment: Command = {
  name: 'containment',
  summary: 'list the serial numbers that a build has judged, with what has become of them',
  operands: '[ROLLOUT]',
  options: {
    ...rolloutOptions,
    list: {
      type: 'string',
      value: 'WORDS',
      words: lists,
      help: 'escapes: units that passed last; false scrap: units that did not; both when absent',
    },
    open: { type: 'boolean', help: 'only units that no trusted build has passed or failed since' },
    csv: { type: 'boolean', help: 'print the whole list as a table of comma-separated values' },
  },
  example: 'FCT --list escapes --open --csv > units.csv',
  async run(values, operands, session) {
    const { id } = await findRollout(onlyOne(operands), values, session, { ended: true })
    const open = values.open === true ? ('true' as const) : undefined
    const query = given({ list: oneOf(values, 'list', lists), open })
    const path = { id }
    if (values.csv === true) {
      const csv = await answerOf(
        session.api.GET('/api/v1/rollouts/{id}/containment.csv', {
          params: { path, query },
          parseAs: 'text',
        }),
      )
      return { json: csv, text: csv.trimEnd() }
    }
    const page = (after: string | null) =>
      answerOf(
        session.api.GET('/api/v1/rollouts/{id}/containment', {
          params: { path, query: { ...query, ...(after === null ? {} : { after }), limit: pageSize } },
        }),
      )
    let last = await page(null)
    const units = [...last.data]
    while (last.next_after !== null) {
      last = await page(last.next_after)
      units.push(...last.data)
    }
    const { counts, build, occasions } = last.containment
    const { escapes, false_scrap: scrap } = counts
    const rows = units.map((unit) => [
      unit.serial,
      unit.verdict,
      minuteText(unit.started_at),
      unit.station.name,
      unit.failure_mode ?? '',
      unit.state,
    ])
    const heads = ['UNIT', 'VERDICT', 'TESTED (UTC)', 'STATION', 'FAILURE', 'IS']
    const summary = [
      `${build.version} has judged ${counts.units} units in ${counts.runs} runs.`,
      `Possible escapes: ${escapes.units}, open ${escapes.open}. Possible false scrap: ${scrap.units}, open ${scrap.open}.`,
      ...(occasions.length === 0 ? ['Nothing has happened that asks for containment.'] : []),
    ]
    const text = [...summary, ...(rows.length > 0 ? ['', table(rows, heads)] : [])].join('\n')
    return { json: { containment: last.containment, data: units }, text }
  },
}
