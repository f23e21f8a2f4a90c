// Telemetry gates: since when each station fails its expression. A moment's fault is no breach.
import type { Instant } from '../instant.ts'
import { minute } from '../instant.ts'
import { compiled } from './expression.ts'
import type { Gate } from './gate.ts'
import type { GateQuestion, Heartbeat } from './question.ts'
import type { Verdict } from './verdict.ts'

export type TelemetryGate = Extract<Gate, { metric: 'telemetry' }>

/** A heartbeat older than this says nothing about now. */
export const freshFor = 10 * minute

/** Per telemetry gate and station, the moment since when its heartbeats fail the expression. */
export function failingStations(question: GateQuestion, now: Instant): Verdict['failing'] {
  const gates = question.gates.filter((gate) => gate.metric === 'telemetry')
  return Object.fromEntries(
    gates.map((gate) => {
      const before = question.previous?.failing[gate.name] ?? {}
      const failing = answers(gate, question.conditions.heartbeats, now).filter(({ holds }) => holds === 'no')
      return [
        gate.name,
        Object.fromEntries(failing.map(({ stationId }) => [stationId, before[stationId] ?? now])),
      ]
    }),
  )
}

/** What each station's last heartbeat says; unknown where it is old, absent, or lacks a field. */
export function answers(gate: TelemetryGate, heartbeats: Heartbeat[], now: Instant) {
  const holds = compiled(gate.expression)
  return heartbeats.map(({ stationId, arm, at, fields }) => ({
    stationId,
    arm,
    holds: at === null || now - at > freshFor ? ('unknown' as const) : holds(fields),
  }))
}
