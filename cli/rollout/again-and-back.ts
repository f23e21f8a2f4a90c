// firstpass rollout retry and rollback: a build once more, and back to one that is known to be good.
import { answerOf } from '../../clients/api/client.ts'
import { again } from '../again.ts'
import { type Command, given } from '../command.ts'
import { procedureOption, theProcedure } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { answered, commandId, commandIdOption, reasonOption } from './act.ts'
import { needed, onlyOne } from './decide.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'
import { waitOptions } from './follow.ts'
import { namedBuild } from './start.ts'

export const retry: Command = {
  name: 'rollout retry',
  summary: 'roll the same build out again after an abort, same stations first',
  operands: '[ROLLOUT]',
  options: { ...rolloutOptions, ...reasonOption, ...commandIdOption, ...waitOptions },
  example: 'FCT --reason "fixture repaired" --wait',
  async run(values, operands, session) {
    const reason = needed(values, 'a retry needs a reason')
    const { id } = await findRollout(onlyOne(operands), values, session, { ended: true })
    const body = { reason, command_id: commandId(values) }
    const done = await again(
      () => answerOf(session.api.POST('/api/v1/rollouts/{id}/retry', { params: { path: { id } }, body })),
      session,
    )
    return answered(done, values, session)
  },
}

export const rollback: Command = {
  name: 'rollout rollback',
  summary: 'take all stations to a known-good build, at once and without stages',
  operands: '[PROCEDURE] BUILD',
  options: { ...procedureOption, ...reasonOption, ...commandIdOption },
  example: 'FCT 2.3.9 --reason "fails good boards since Monday"',
  async run(values, operands, session) {
    if (operands.length === 0) throw new Misuse('expected the build to go back to')
    const reason = needed(values, 'a rollback needs a reason')
    const build = await namedBuild(operands, values, session)
    const { id, active_deployment_id } = await theProcedure(build.procedure_id, session)
    const body = {
      deployment_id: build.id,
      reason,
      command_id: commandId(values),
      ...given({ expected_active_deployment_id: active_deployment_id ?? undefined }),
    }
    const done = await again(
      () =>
        answerOf(session.api.POST('/api/v1/procedures/{id}/rollback', { params: { path: { id } }, body })),
      session,
    )
    return { json: done, text: done.did }
  },
}
