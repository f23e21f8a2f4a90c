// What a person sent with a form of the rollout page: the verb, what it was drawn against, and the reason.
import { z } from 'zod'
import { abortReason } from '../../domain/abort-reasons.ts'
import { gateName } from '../../domain/gates/gate.ts'
import { deploymentId, stationId } from '../../domain/ids.ts'
import type { RightfulVerb } from '../../domain/rights.ts'
import type { Against } from '../../domain/rollout/commands.ts'
import type { RolloutVerb } from '../../service.ts'

/** `verbs`: the rights that it takes. */
export type Decision = { verbs: RightfulVerb[]; commandId: string } & (
  | { kind: 'command'; verb: RolloutVerb; against: Against }
  | { kind: 'retry'; why: string }
  | { kind: 'rollback'; why: string }
)

const written = z.string().trim().max(1000, 'Expected a reason of at most 1,000 characters.').default('')
const reason = written.refine(
  (text) => text !== '',
  'Expected a reason, got none: it is kept with the decision.',
)
const drawn = {
  command: z.string().min(8).max(200),
  deployment: deploymentId,
  stage: z.coerce.number().int(),
  version: z.coerce.number().int(),
}
const override = z.literal('yes').optional()
const confirmed = z.literal('yes', 'Tick the box to confirm it: it acts at once, on every station.')
/** As people write a share: 50, 50 %, 12,5. */
const share = z
  .string()
  .transform((text) => Number(text.replace(/[%％\s]/g, '').replace(',', '.')))
  .refine((percent) => percent > 0 && percent <= 100, 'Expected a share of the stations from 1 to 100 %.')
  .transform((percent) => percent / 100)

const form = z.discriminatedUnion(
  'verb',
  [
    z.object({ verb: z.literal('approve'), ...drawn }),
    z.object({ verb: z.literal('advance'), why: written, ...drawn }),
    z.object({ verb: z.literal('override'), why: reason, ...drawn }),
    z.object({ verb: z.literal('set'), share, why: reason, override, ...drawn }),
    z.object({ verb: z.literal('pause'), why: written, ...drawn }),
    z.object({ verb: z.literal('resume'), why: written, ...drawn }),
    z.object({ verb: z.literal('undo'), why: reason, ...drawn }),
    z.object({ verb: z.literal('acknowledge'), gate: gateName, why: reason, ...drawn }),
    z.object({ verb: z.literal('waive'), station: stationId, why: reason, ...drawn }),
    z.object({
      verb: z.literal('abort'),
      choice: z.string().max(100).optional(),
      why: written,
      confirmed,
      ...drawn,
    }),
    z.object({ verb: z.literal('retry'), why: reason, ...drawn }),
    z.object({ verb: z.literal('rollback'), why: reason, confirmed, ...drawn }),
  ],
  'This form is none that the page has. Open the page again.',
)
type Form = z.infer<typeof form>

/** @returns the decision, or in a sentence what is wrong with the form. */
export function readDecision(fields: Partial<Record<string, string>>): Decision | { fault: string } {
  const parsed = form.safeParse(fields)
  if (!parsed.success) return { fault: parsed.error.issues[0]?.message ?? 'The form cannot be read.' }
  const sent = parsed.data
  const commandId = `page:${sent.command}`
  if (sent.verb === 'retry' || sent.verb === 'rollback')
    return { kind: sent.verb, why: sent.why, verbs: [sent.verb], commandId }
  const verb = verbOf(sent)
  return { kind: 'command', verb, verbs: rightsFor(verb), against: againstOf(sent), commandId }
}

function verbOf(sent: Exclude<Form, { verb: 'retry' | 'rollback' }>): RolloutVerb {
  switch (sent.verb) {
    case 'approve':
      return { verb: 'approve' }
    case 'advance':
      return { verb: 'advance', why: sent.why === '' ? null : sent.why }
    case 'override':
      return { verb: 'advance', why: sent.why, override: true }
    case 'set':
      return { verb: 'set', share: sent.share, why: sent.why, override: sent.override === 'yes' }
    case 'pause':
      return { verb: 'pause', why: sent.why === '' ? 'paused by the button on the page' : sent.why }
    case 'resume':
      return { verb: 'resume', why: sent.why === '' ? null : sent.why }
    case 'undo':
      return { verb: 'undo', why: sent.why }
    case 'acknowledge':
      return { verb: 'acknowledge', gate: sent.gate, why: sent.why }
    case 'waive':
      return { verb: 'waive', stationId: sent.station, why: sent.why }
    case 'abort':
      return { verb: 'abort', why: abortReason(sent.choice, sent.why) }
  }
}

function rightsFor(verb: RolloutVerb): RightfulVerb[] {
  return 'override' in verb && verb.override ? [verb.verb, 'override'] : [verb.verb]
}

/** An abort is not refused because a gate paused the rollout while the reason was being written. */
function againstOf({ verb, deployment, stage, version }: Form): Against {
  if (verb === 'abort' || verb === 'acknowledge') return { deploymentId: deployment }
  return { deploymentId: deployment, stageIndex: stage, version }
}
