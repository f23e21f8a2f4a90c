// What the record of a gate speaks for: to tighten it, to loosen it, or to let it do more or less. Text and the setting it
// means; a person applies it, or does not.
import { z } from 'zod'
import type { Gate } from '../gates/gate.ts'
import type { GateRecord } from './gate-record.ts'
import { isSurelyAbove, isSurelyBelow, neededFor } from './share.ts'

export const proposal = z.object({
  kind: z.enum(['pause', 'roll back', 'observe', 'loosen', 'tighten', 'keep', 'wait']),
  /** With the numbers that it rests on. */
  text: z.string(),
  /** The setting of the gate in the policy. Null: nothing is to be changed. */
  change: z.object({ gate: z.string(), setting: z.string(), from: z.string(), to: z.string() }).nullable(),
  /** Further alarms, all of them right, until more could be said; null: enough are there. */
  needed: z.int().nullable(),
})
export type Proposal = z.infer<typeof proposal>

/**
 * A gate may stop rollouts when more of its alarms are right than not, and take all stations back by itself when four of
 * five are: at the lower end of what 95 % allow for, and on ten decided alarms at least.
 */
const rightToPause = 0.5
const rightToRollBack = 0.8
/** One in five of what it should have stopped went everywhere. */
const missedTooOften = 0.2

/** Null: the policy has no such gate now. */
export function proposalFor(record: GateRecord, gates: Gate[]): Proposal | null {
  const gate = gates.find(({ name }) => name === record.gate)
  if (!gate) return null
  switch (gate.mode) {
    case 'observe':
      return ofObserving(record, gate)
    case 'pause':
      return ofPausing(record, gate)
    case 'roll back':
      return ofRollingBack(record, gate)
  }
}

function ofObserving(record: GateRecord, gate: Gate): Proposal {
  const { right } = record
  if (isSurelyAbove(right, rightToPause))
    return moved(gate, 'pause', `${said(record)}: it may pause rollouts rather than only observe`)
  if (isSurelyBelow(right, rightToPause))
    return { kind: 'keep', text: `${said(record)}: leave it observing`, change: null, needed: null }
  return waits(record, rightToPause, 'before it should pause rollouts')
}

function ofPausing(record: GateRecord, gate: Gate): Proposal {
  const { right, missedShare } = record
  if (isSurelyBelow(right, rightToPause))
    return (
      withMargin(gate, 'loosen', said(record)) ?? moved(gate, 'observe', `${said(record)}: let it observe`)
    )
  if (isSurelyAbove(missedShare, missedTooOften)) {
    const why = `it missed ${missedShare.count} of ${missedShare.of} that it should have stopped (95 %: ${interval(missedShare)})`
    return (
      withMargin(gate, 'tighten', why) ?? {
        kind: 'keep',
        text: `${why}: it has no margin to tighten, so look at what it reads`,
        change: null,
        needed: null,
      }
    )
  }
  if (isSurelyAbove(right, rightToRollBack))
    return moved(
      gate,
      'roll back',
      `${said(record)}: it may take stations back by itself where that is severe and the policy allows it`,
    )
  return waits(record, rightToRollBack, 'before it should take stations back by itself')
}

function ofRollingBack(record: GateRecord, gate: Gate): Proposal {
  const { right } = record
  if (isSurelyBelow(right, rightToRollBack))
    return moved(gate, 'pause', `${said(record)}: let it pause and a person decide`)
  if (isSurelyAbove(right, rightToRollBack))
    return { kind: 'keep', text: `${said(record)}: leave it so`, change: null, needed: null }
  return waits(record, rightToRollBack, 'to tell whether it should go on doing so')
}

const step = 0.1
const margins = {
  loosen: (margin: number) => margin + step,
  tighten: (margin: number) => Math.max(1, margin - step),
}

/** A step of a tenth of the expected bad rate. Null: it has no such margin, or none is left. */
function withMargin(gate: Gate, kind: 'loosen' | 'tighten', why: string): Proposal | null {
  if (!('marginRelative' in gate)) return null
  const to = Number(margins[kind](gate.marginRelative).toFixed(2))
  if (to === gate.marginRelative) return null
  const change = {
    gate: gate.name,
    setting: 'marginRelative',
    from: String(gate.marginRelative),
    to: String(to),
  }
  const text = `${why}: ${kind} its margin from ${change.from} to ${change.to} times the expected bad rate`
  return { kind, text, change, needed: null }
}

function moved(gate: Gate, to: Gate['mode'], text: string): Proposal {
  return { kind: to, text, change: { gate: gate.name, setting: 'mode', from: gate.mode, to }, needed: null }
}

function waits(record: GateRecord, limit: number, until: string): Proposal {
  const needed = neededFor(record.right.count, record.right.of, limit)
  const text = `${said(record)}: at least ${needed} more, all of them right, are needed ${until}`
  return { kind: 'wait', text, change: null, needed }
}

function said({ right }: GateRecord): string {
  if (right.of === 0) return 'no alarm of it is decided yet'
  return `${right.count} of ${right.of} decided alarms were right (95 %: ${interval(right)})`
}

function interval({ lower, upper }: { lower: number; upper: number }): string {
  return `${(lower * 100).toFixed(0)}–${(upper * 100).toFixed(0)} %`
}
