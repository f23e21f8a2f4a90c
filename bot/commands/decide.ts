// The verbs that decide over a live rollout: find it, read the reason, one call.

import { parseShare } from '../../server/domain/stages-text.ts'
import type { RolloutVerb } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { against, againstBuild } from './against.ts'
import { type Answer, missing, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { findRollout } from './find-rollout.ts'
import { takeFlags } from './flags.ts'
import { textOf, type Word } from './words.ts'

type Read = RolloutVerb | Answer
type Verb = Omit<Subcommand, 'run' | 'verb'> & {
  name: RolloutVerb['verb']
  takesOverride?: boolean
  read(rest: Word[], flags: { override: boolean }): Read
}

export const advance = decision({
  name: 'advance',
  kind: 'Decide',
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
  kind: 'Stop',
  usage: 'pause [PROCEDURE] [reason]',
  example: 'pause PCBA-FCT checking fixture 3',
  summary: 'no further station gets the build; gates keep watching',
  read: (rest) => ({ verb: 'pause', why: textOf(rest) || 'no reason given' }),
})

export const resume = decision({
  name: 'resume',
  kind: 'Decide',
  usage: 'resume [PROCEDURE] [reason]',
  example: 'resume PCBA-FCT fixture cleaned',
  summary: 'go on after a pause',
  read: (rest) => ({ verb: 'resume', why: textOf(rest) || null }),
})

export const abort = decision({
  name: 'abort',
  kind: 'Stop',
  usage: 'abort [PROCEDURE] reason',
  example: 'abort PCBA-FCT false fails on line 3',
  summary: 'take all stations back to base, at once',
  read: (rest) => {
    const why = textOf(rest)
    return why === ''
      ? missing('An abort needs a reason.', 'abort PCBA-FCT false fails on line 3')
      : { verb: 'abort', why }
  },
})

export const undo = decision({
  name: 'undo',
  kind: 'Decide',
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
  kind: 'Decide',
  usage: 'approve [PROCEDURE]',
  example: 'approve PCBA-FCT',
  summary: 'approve the start or the stage',
  read: () => ({ verb: 'approve' }),
})

export const set = decision({
  name: 'set',
  kind: 'Decide',
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
    verb: name,
    run: async ({ words, by, commandId, refused }, service) => {
      const flags = takeFlags(words, { switches: takesOverride ? ['override'] : [] })
      if ('error' in flags) return no(markup`${flags.error}`)
      const found = await findRollout(service, name, flags.rest)
      if ('problem' in found) return no(found.problem)
      const { rollout, rest } = found
      const override = flags.values.override !== undefined
      for (const verb of override ? [name, 'override' as const] : [name]) {
        const notAllowed = await refused(verb, rollout.procedure.id)
        if (notAllowed) return notAllowed
      }
      const verb = read(rest, { override })
      if ('done' in verb) return verb
      const issuedAgainst = verb.verb === 'abort' ? againstBuild(rollout) : against(rollout)
      return outcomeAnswer(await service.command(rollout.id, verb, by, issuedAgainst, commandId))
    },
  }
}
