// The verbs that decide over a live rollout: found, read with its reason, one request.
import { parseShare } from '../../server/domain/stages-text.ts'
import { type Command, type Session, textOf, type Values } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { act, actOptions } from './act.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'
import { waitOptions } from './follow.ts'

const overrideOption = {
  override: { type: 'boolean', help: 'although not all is met; recorded with the reason' },
} as const

export const advance: Command = {
  name: 'rollout advance',
  summary: 'go to the next stage; --override with a reason when it is not ready',
  operands: '[ROLLOUT]',
  options: { ...rolloutOptions, ...overrideOption, ...actOptions, ...waitOptions },
  example: 'FCT --reason "looks good on both lines" --wait --until ready',
  async run(values, operands, session) {
    const override = values.override === true
    if (override) needed(values, 'an override is recorded with its reason')
    const rollout = await findRollout(onlyOne(operands), values, session)
    return act('advance', rollout, override ? { override } : {}, values, session)
  },
}

export const set: Command = {
  name: 'rollout set',
  summary: 'jump to a share of the stations',
  operands: '[ROLLOUT] PERCENT',
  options: { ...rolloutOptions, ...overrideOption, ...actOptions, ...waitOptions },
  example: 'FCT 50% --reason "needed for the night shift"',
  async run(values, operands, session) {
    const share = parseShare(operands.at(-1) ?? '')
    if ('error' in share) throw new Misuse(share.error)
    needed(values, 'a jump needs a reason')
    const rollout = await findRollout(onlyOne(operands.slice(0, -1)), values, session)
    const override = values.override === true ? { override: true } : {}
    return act('set', rollout, { share: share.share, ...override }, values, session)
  },
}

export const approve = decision('approve', {
  summary: 'approve the start or the stage',
  example: 'FCT',
  waits: true,
})
export const resume = decision('resume', {
  summary: 'go on after a pause',
  example: 'FCT --reason "fixture cleaned" --wait',
  waits: true,
})
export const pause = decision('pause', {
  summary: 'no further station gets the build; gates keep watching',
  example: 'FCT --reason "checking fixture 3"',
  needs: 'a pause needs a reason',
})
export const undo = decision('undo', {
  summary: 'take back the last advance',
  example: 'FCT --reason "advanced too early"',
  needs: 'an undo needs a reason',
})
export const abort = decision('abort', {
  summary: 'take all stations back to base, at once',
  example: 'FCT --reason "false fails on line 3" --wait',
  needs: 'an abort needs a reason',
  waits: true,
})

function decision(
  verb: 'approve' | 'resume' | 'pause' | 'undo' | 'abort',
  more: { summary: string; example: string; needs?: string; waits?: boolean },
): Command {
  const { summary, example, needs, waits = false } = more
  return {
    name: `rollout ${verb}`,
    summary,
    example,
    operands: '[ROLLOUT]',
    options: { ...rolloutOptions, ...actOptions, ...(waits ? waitOptions : {}) },
    async run(values: Values, operands: string[], session: Session) {
      if (needs !== undefined) needed(values, needs)
      return act(verb, await findRollout(onlyOne(operands), values, session), {}, values, session)
    },
  }
}

/** @throws Misuse with why, and how it is given. */
export function needed(values: Values, why: string): string {
  const reason = textOf(values, 'reason')
  if (reason !== undefined) return reason
  throw new Misuse(`${why}: expected --reason TEXT, got none`)
}

export function onlyOne([first, second]: string[]): string | undefined {
  if (second === undefined) return first
  throw new Misuse(`expected one rollout, got "${second}" too. A reason is given as --reason "…"`)
}
