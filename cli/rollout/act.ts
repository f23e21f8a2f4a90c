// A person's word on a rollout: against the state that it was issued at, with an id that makes a repeat the same command.
import { randomUUID } from 'node:crypto'
import { answerOf } from '../../clients/api/client.ts'
import { again } from '../again.ts'
import { type Answer, given, type Options, type Session, textOf, type Values, wholeOf } from '../command.ts'
import { followed } from './follow.ts'
import { pageOf } from './page.ts'
import { nameOf, type Rollout, standing } from './rollout.ts'

export const reasonOption: Options = {
  reason: { type: 'string', short: 'm', value: 'TEXT', help: 'why, for the record' },
}
export const commandIdOption: Options = {
  'command-id': {
    type: 'string',
    value: 'ID',
    help: 'the same id again is the same command, which is done once; made anew when absent',
  },
}
export const actOptions: Options = {
  ...reasonOption,
  'expected-version': {
    type: 'string',
    value: 'NUMBER',
    help: 'refused when the rollout is at another version; the one that was just read when absent',
  },
  'expected-stage': {
    type: 'string',
    value: 'NUMBER',
    help: 'refused when it is at another stage, counted from 1',
  },
  ...commandIdOption,
}

type Verb = 'approve' | 'advance' | 'set' | 'pause' | 'resume' | 'abort' | 'undo' | 'waive' | 'acknowledge'
type Fields = { override?: boolean; share?: number; station_id?: string; gate?: string }
export type Done = { did: string; rollout: Rollout }

export async function act(
  verb: Verb,
  rollout: Rollout,
  fields: Fields,
  values: Values,
  session: Session,
): Promise<Answer> {
  const stage = wholeOf(values, 'expected-stage', 1)
  const path = { id: rollout.id }
  const body = {
    ...given({ reason: textOf(values, 'reason') }),
    ...given(against(verb, rollout, wholeOf(values, 'expected-version'), stage)),
    ...fields,
    command_id: commandId(values),
  }
  const done = await again(
    () => answerOf(session.api.POST(`/api/v1/rollouts/{id}/${verb}`, { params: { path }, body })),
    session,
  )
  return answered(done, values, session, verb === 'abort' ? 'aborted' : 'completed')
}

export function commandId(values: Values): string {
  return textOf(values, 'command-id') ?? randomUUID()
}

/** What was done and how it stands; with --wait, what became of it. */
export async function answered(
  done: Done,
  values: Values,
  session: Session,
  wanted: 'completed' | 'aborted' = 'completed',
): Promise<Answer> {
  const said = `${nameOf(done.rollout)}: ${done.did}`
  if (values.wait !== true)
    return { json: done, text: `${said}\n${standing(done.rollout)}\n${pageOf(done.rollout, session.stdout)}` }
  session.stderr.write(`${said}\n${pageOf(done.rollout, session.stderr)}\n`)
  return followed(done.rollout, values, session, wanted)
}

/** An abort is not refused because a gate paused the rollout a moment ago: it wins in every state. */
function against(verb: Verb, rollout: Rollout, version: number | undefined, stage: number | undefined) {
  const read = verb === 'abort' ? undefined : rollout.version
  return {
    expected_version: version ?? read,
    expected_stage_index: stage === undefined ? undefined : stage - 1,
  }
}
