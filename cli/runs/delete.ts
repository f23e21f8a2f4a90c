// firstpass runs delete: deletes the runs of long ago, for good.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, textOf } from '../command.ts'
import { Misuse } from '../misuse.ts'

export const deleteRuns: Command = {
  name: 'runs delete',
  summary: 'delete the runs of long ago, in whole partitions, for good',
  operands: '',
  options: {
    before: { type: 'string', value: 'DATE', help: 'those that started earlier, as 2025-01-01' },
    reason: { type: 'string', value: 'TEXT', help: 'why, for the record' },
  },
  example: '--before 2025-01-01 --reason "kept for a year"',
  async run(values, operands, session) {
    const before = textOf(values, 'before')
    const reason = textOf(values, 'reason')
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const at = before === undefined ? Number.NaN : Date.parse(before)
    if (Number.isNaN(at))
      throw new Misuse(`expected --before with a date as 2025-01-01, got ${before ?? 'nothing'}`)
    if (reason === undefined)
      throw new Misuse('expected --reason: it stands on the record of every procedure')
    const answer = await answerOf(
      session.api.POST('/api/v1/run-deletions', { body: { before: new Date(at).toISOString(), reason } }),
    )
    const deleted = answer.deleted.map(({ name, to }) => `${name} is deleted, up to ${to.slice(0, 10)}`)
    const kept = answer.kept_for ? [`what rollout ${answer.kept_for.rollout_id} still counts was kept`] : []
    const nothing =
      deleted.length + kept.length === 0 ? ['no partition ends by then: nothing was deleted'] : []
    return { json: answer, text: [...deleted, ...kept, ...nothing].join('\n') }
  },
}
