// What the alarms of each gate were worth: confirmed, false, missed, and how sure that is.
import { z } from 'zod'
import { type Alarm, alarmsOf } from './alarms.ts'
import { type EndedRollout, isHealthy } from './outcome.ts'
import { share, shareOf } from './share.ts'

export const gateRecord = z.object({
  gate: z.string(),
  /** Rollouts that have ended and had it in their plan. */
  rollouts: z.int(),
  /** Of those, the ones that completed and stayed, with nothing found afterwards. */
  healthy: z.int(),
  /** Breaches that could stop a rollout: confirmed + false + open + undecided. */
  alarms: z.int(),
  confirmed: z.int(),
  false: z.int(),
  open: z.int(),
  undecided: z.int(),
  /** The same of breaches that only observed. */
  observed: z.object({ alarms: z.int(), confirmed: z.int(), false: z.int(), open: z.int() }),
  /** Completed rollouts that were taken back, or alarmed their watch, without an alarm that could have stopped them. */
  missed: z.int(),
  /** Of the alarms that are decided, those that were right; observed ones too. */
  right: share,
  /** Of the healthy rollouts, those that it alarmed in; observed ones too. */
  falseAlarms: share,
  /** Of what it should have stopped, what it missed. */
  missedShare: share,
})
export type GateRecord = z.infer<typeof gateRecord>

/** The most alarms first. */
export function gateRecords(rollouts: EndedRollout[]): GateRecord[] {
  const told = rollouts.map((rollout) => ({ rollout, alarms: alarmsOf(rollout) }))
  const names = new Set(
    told.flatMap(({ rollout, alarms }) => [
      ...rollout.gates.map(({ name }) => name),
      ...alarms.map(({ gate }) => gate),
      ...missedBy(rollout, alarms),
    ]),
  )
  return [...names]
    .map((gate) => recordOf(gate, told))
    .toSorted(
      (a, b) => b.alarms + b.observed.alarms - (a.alarms + a.observed.alarms) || (a.gate < b.gate ? -1 : 1),
    )
}

export function hasGate({ gates }: EndedRollout, gate: string): boolean {
  return gates.some(({ name }) => name === gate)
}

type Told = { rollout: EndedRollout; alarms: Alarm[] }

function recordOf(gate: string, told: Told[]): GateRecord {
  const had = told.filter(
    ({ rollout, alarms }) => hasGate(rollout, gate) || alarms.some((each) => each.gate === gate),
  )
  const own = had.flatMap(({ alarms }) => alarms.filter((each) => each.gate === gate))
  const acting = own.filter(({ observed }) => !observed)
  const seen = own.filter(({ observed }) => observed)
  const count = (of: Alarm[], result: Alarm['result']) => of.filter((each) => each.result === result).length
  const healthy = had.filter(({ rollout }) => isHealthy(rollout))
  const alarmed = healthy.filter(({ alarms }) => alarms.some((each) => each.gate === gate))
  const missed = told.filter(({ rollout, alarms }) => missedBy(rollout, alarms).includes(gate)).length
  const confirmed = count(acting, 'confirmed')
  return {
    gate,
    rollouts: had.filter(({ rollout }) => rollout.outcome !== 'live').length,
    healthy: healthy.length,
    alarms: acting.length,
    confirmed,
    false: count(acting, 'false'),
    open: count(acting, 'open'),
    undecided: count(acting, 'undecided'),
    observed: {
      alarms: seen.length,
      confirmed: count(seen, 'confirmed'),
      false: count(seen, 'false'),
      open: seen.length - count(seen, 'confirmed') - count(seen, 'false'),
    },
    missed,
    right: shareOf(count(own, 'confirmed'), count(own, 'confirmed') + count(own, 'false')),
    falseAlarms: shareOf(alarmed.length, healthy.length),
    missedShare: shareOf(missed, missed + confirmed),
  }
}

/**
 * The gates whose metric showed it, too late or without being asked to act: those that alarmed the watch after
 * completion, and those that only observed a breach in a rollout that was rolled back later.
 */
export function missedBy(rollout: EndedRollout, alarms: Alarm[]): string[] {
  const watched = rollout.events.flatMap((event) => (event.type === 'WatchAlarmed' ? [event.gate] : []))
  const observed =
    rollout.outcome === 'rolled back after completion'
      ? alarms.filter(({ observed: only }) => only).map(({ gate }) => gate)
      : []
  const acted = new Set(alarms.filter(({ observed: only }) => !only).map(({ gate }) => gate))
  return [...new Set([...watched, ...observed])].filter((gate) => !acted.has(gate))
}

/** Rolled back after completion, and no gate of it ever alarmed. */
export function wasSeenByNone(rollout: EndedRollout): boolean {
  const alarms = alarmsOf(rollout)
  return (
    rollout.outcome === 'rolled back after completion' &&
    alarms.length === 0 &&
    missedBy(rollout, alarms).length === 0
  )
}
