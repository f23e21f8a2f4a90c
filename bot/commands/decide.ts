// The verbs that decide over a live rollout: find it, read the reason, one call.
import type { RolloutVerb } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { takeFlags } from '../flags.ts'
import { parseShare } from '../parse-stages.ts'
import { textOf, type Word } from '../words.ts'
import { against, againstBuild } from './against.ts'
import { type Answer, missing, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { findRollout } from './find-rollout.ts'

type Read = RolloutVerb | Answer
type Verb = Omit<Subcommand, 'run'> & {
  name: string
  takesOverride?: boolean
  read(rest: Word[], flags: { override: boolean }): Read
}

export const advance = decision({
  name: 'advance',
  takesOverride: true,
  usage: 'advance [PROCEDURE] [--override] [reason]',
  example: 'advance PCBA-FCT looks good on both lines',
  summary: 'go to the next stage; --override with a reason when it is not ready',
  read: (rest, { override }) => {
    const why = textOf(rest)
    if (override && why === '')
      return missing('An override is recorded with its reason.', 'advance --override fixture 3 was dirty')
    return { verb: 'advance', why: why === '' ? null : why, override }
  },
})

export const pause = decision({
  name: 'pause',
  usage: 'pause [PROCEDURE] [reason]',
  example: 'pause PCBA-FCT checking fixture 3',
  summary: 'no further station gets the build; gates keep watching',
  read: (rest) => ({ verb: 'pause', why: textOf(rest) || 'no reason given' }),
})

export const resume = decision({
  name: 'resume',
  usage: 'resume [PROCEDURE] [reason]',
  example: 'resume PCBA-FCT fixture cleaned',
  summary: 'go on after a pause',
  read: (rest) => ({ verb: 'resume', why: textOf(rest) || null }),
})

export const abort = decision({
  name: 'abort',
  usage: 'abort [PROCEDURE] reason',
  example: 'abort PCBA-FCT false fails on line 3',
  summary: 'take all stations back to base, at once',
  canStop: true,
  read: (rest) => {
    const why = textOf(rest)
    return why === ''
      ? missing('An abort needs a reason.', 'abort PCBA-FCT false fails on line 3')
      : { verb: 'abort', why }
  },
})

export const undo = decision({
  name: 'undo',
  usage: 'undo [PROCEDURE] reason',
  example: 'undo PCBA-FCT advanced too early',
  summary: 'take back the last advance',
  read: (rest) => {
    const why = textOf(rest)
    return why === ''
      ? missing('An undo needs a reason.', 'undo PCBA-FCT advanced too early')
      : { verb: 'undo', why }
  },
})

export const approve = decision({
  name: 'approve',
  usage: 'approve [PROCEDURE]',
  example: 'approve PCBA-FCT',
  summary: 'approve the start or the stage',
  read: () => ({ verb: 'approve' }),
})

export const set = decision({
  name: 'set',
  takesOverride: true,
  usage: 'set [PROCEDURE] 50% reason',
  example: 'set PCBA-FCT 50% needed for the night shift',
  summary: 'jump to a share of the stations',
  read: (rest, { override }) => {
    const [first, second, ...others] = rest
    const parted = first && second && /^[%％]$/.test(second.text)
    const share = parseShare(parted ? `${first.text}%` : (first?.text ?? ''))
    if ('error' in share)
      return no(markup`${share.error} For example: \`/rollout set PCBA-FCT 50% night shift\``)
    const why = textOf(parted ? others : rest.slice(1))
    return why === ''
      ? missing('A jump needs a reason.', 'set PCBA-FCT 50% night shift')
      : { verb: 'set', share: share.share, why, override }
  },
})

function decision({ name, read, takesOverride = false, ...subcommand }: Verb): Subcommand {
  return {
    ...subcommand,
    run: async ({ words, by, commandId }, service) => {
      const flags = takeFlags(words, { switches: takesOverride ? ['override'] : [] })
      if ('error' in flags) return no(markup`${flags.error}`)
      const found = await findRollout(service, name, flags.rest)
      if ('problem' in found) return no(found.problem)
      const verb = read(found.rest, { override: flags.values.override !== undefined })
      if ('done' in verb) return verb
      const issuedAgainst = verb.verb === 'abort' ? againstBuild(found.rollout) : against(found.rollout)
      return outcomeAnswer(await service.command(found.rollout.id, verb, by, issuedAgainst, commandId))
    },
  }
}
