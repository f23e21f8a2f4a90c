// firstpass audit: who decided what in a rollout, when, through which door, why, and what the gates showed.
import { answerOf } from '../clients/api/client.ts'
import type { Command } from './command.ts'
import { onlyOne } from './rollout/decide.ts'
import { findRollout, rolloutOptions } from './rollout/find-rollout.ts'
import { table } from './table.ts'
import { minuteText } from './times.ts'

export const audit: Command = {
  name: 'audit',
  summary: 'print the decision ledger of a rollout, oldest entry first',
  operands: '[ROLLOUT]',
  options: {
    ...rolloutOptions,
    csv: { type: 'boolean', help: 'print the whole ledger as a table of comma-separated values' },
    verdicts: { type: 'boolean', help: 'verdicts between decisions and facts of stations too' },
  },
  example: 'FCT --csv > ledger.csv',
  async run(values, operands, session) {
    const { id } = await findRollout(onlyOne(operands), values, session, { ended: true })
    const path = { id }
    if (values.csv === true) {
      const csv = await answerOf(
        session.api.GET('/api/v1/rollouts/{id}/ledger.csv', { params: { path }, parseAs: 'text' }),
      )
      return { json: csv, text: csv.trimEnd() }
    }
    const page = (after: string | null) =>
      answerOf(
        session.api.GET('/api/v1/rollouts/{id}/ledger', {
          params: { path, query: { ...(after === null ? {} : { after }), limit: 500 } },
        }),
      )
    let last = await page(null)
    const found = [...last.data]
    while (last.next_after !== null) {
      last = await page(last.next_after)
      found.push(...last.data)
    }
    const told = found.filter(
      ({ type, by }) => values.verdicts === true || (type !== 'Verdict' && by.kind !== 'station'),
    )
    const rows = told
      .toReversed()
      .map((entry) => [
        minuteText(entry.at),
        entry.type,
        `${entry.by.name} (${entry.by.door})`,
        entry.version === null ? '' : `${entry.version}`,
        [entry.why ?? '', ...entry.override.map((passed) => `passed over: ${passed}`)]
          .filter(Boolean)
          .join('; '),
      ])
    const heads = ['AT (UTC)', 'WHAT', 'BY', 'VERSION', 'WHY']
    return { json: { data: found }, text: table(rows, heads) }
  },
}
