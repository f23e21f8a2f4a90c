// firstpass rollout start, and supersede: a build goes to its stations, by a plan.
import { answerOf } from '../../clients/api/client.ts'
import { again } from '../again.ts'
import { type Command, given, type Options, type Session, textOf, type Values } from '../command.ts'
import { type Build, buildOf, findBuild, procedureOption, theProcedure } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { answered, commandId, commandIdOption, reasonOption } from './act.ts'
import { needed } from './decide.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'
import { waitOptions } from './follow.ts'
import { planFields, planOptions, type StartBody } from './plan-options.ts'

const startOptions: Options = {
  ...planOptions,
  'start-at': {
    type: 'string',
    value: 'TIME',
    help: 'ISO 8601, as 2026-12-24T06:00:00Z; at once when absent',
  },
  ...reasonOption,
  ...commandIdOption,
  ...waitOptions,
}

export const start: Command = {
  name: 'rollout start',
  summary: 'start a rollout of a build',
  operands: '[PROCEDURE] BUILD',
  options: { ...procedureOption, ...startOptions },
  example: 'FCT 2.5.0 --stages "1, 25%, 100%" --reason "tightened VCC" --wait --timeout 8h',
  async run(values, operands, session) {
    const body = await startBody(await namedBuild(operands, values, session), values, session)
    const done = await again(() => answerOf(session.api.POST('/api/v1/rollouts', { body })), session)
    return answered(done, values, session)
  },
}

export const supersede: Command = {
  name: 'rollout supersede',
  summary: 'replace a live rollout by one of another build',
  operands: '[ROLLOUT] BUILD',
  options: { ...rolloutOptions, ...startOptions },
  example: 'FCT 2.5.1 --reason "fixes the limits of 2.5.0"',
  async run(values, operands, session) {
    const version = operands.at(-1)
    if (version === undefined || operands.length > 2)
      throw new Misuse('expected the build that takes its place, and before it the rollout')
    needed(values, 'it needs a reason')
    const rollout = await findRollout(operands.length === 2 ? operands[0] : undefined, values, session)
    const build = await buildOf(await theProcedure(rollout.procedure.id, session), version, session)
    const body = await startBody(build, values, session)
    const params = { path: { id: rollout.id } }
    const done = await again(
      () => answerOf(session.api.POST('/api/v1/rollouts/{id}/supersede', { params, body })),
      session,
    )
    return answered(done, values, session)
  },
}

/** "FCT 2.5.0", or a build alone: its id, or its version with --procedure. */
export async function namedBuild(operands: string[], values: Values, session: Session): Promise<Build> {
  const [first, second, third] = operands
  if (third !== undefined)
    throw new Misuse(
      `expected a procedure and a build, got "${third}" too. A reason is given as --reason "…"`,
    )
  if (first === undefined || second === undefined) return findBuild(first, values, session)
  return buildOf(await theProcedure(first, session), second, session)
}

async function startBody(build: Build, values: Values, session: Session): Promise<StartBody> {
  return {
    ...(await planFields(values, session)),
    procedure_id: build.procedure_id,
    deployment_id: build.id,
    ...given({ start_at: textOf(values, 'start-at'), reason: textOf(values, 'reason') }),
    command_id: commandId(values),
  }
}
