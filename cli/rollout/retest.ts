// firstpass rollout retest: failed units of both builds are listed to be tested again, each on the other build.
import { answerOf } from '../../clients/api/client.ts'
import { again } from '../again.ts'
import { type Command, wholeOf } from '../command.ts'
import { table } from '../table.ts'
import { commandId, commandIdOption } from './act.ts'
import { onlyOne } from './decide.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'

export const retest: Command = {
  name: 'rollout retest',
  summary: 'list failed units of both builds to be tested again on the other one',
  operands: '[ROLLOUT]',
  options: {
    ...rolloutOptions,
    pairs: { type: 'string', value: 'NUMBER', help: 'as many units of each build; 10' },
    'with-errors': { type: 'boolean', help: 'units too whose first test ended in ERROR or TIMEOUT' },
    ...commandIdOption,
  },
  example: 'FCT --pairs 10',
  async run(values, operands, session) {
    const { id } = await findRollout(onlyOne(operands), values, session)
    const body = {
      count: wholeOf(values, 'pairs', 1) ?? 10,
      with_errors: values['with-errors'] === true,
      command_id: commandId(values),
    }
    const done = await again(
      () => answerOf(session.api.POST('/api/v1/rollouts/{id}/retests', { params: { path: { id } }, body })),
      session,
    )
    const rows = done.data.flatMap(({ pair, canary_failed, base_failed }) =>
      [canary_failed, base_failed].map((unit) => [
        `${pair}`,
        unit.serial,
        unit.retest_version,
        stationsText(unit.retest_stations),
        unit.failed.failure_mode ?? unit.failed.outcome,
      ]),
    )
    const list = table(rows, ['PAIR', 'UNIT', 'TEST WITH', 'ON', 'FAILED BY'])
    return { json: done, text: rows.length === 0 ? done.did : `${done.did}\n\n${list}` }
  },
}

/** Any of them will do: more names than three only make the table wide. */
function stationsText(names: string[]): string {
  const more = names.length - 3
  return more > 1 ? `${names.slice(0, 3).join(', ')} or ${more} others` : names.join(' or ')
}
