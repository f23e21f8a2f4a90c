// Rollouts as they are learned from: a test states what happened, the rest is a healthy one.
import type { Actor } from '../../server/domain/actor.ts'
import type { GateMode } from '../../server/domain/gates/gate.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type { ToldEvent, ToldRollout } from '../../server/domain/learning/told-rollout.ts'
import { uuid } from './fixed-values.ts'
import { base, build, procedure } from './plan-builder.ts'

export const begun = Date.parse('2026-05-22T08:00:00Z')
export const ana: Actor = { kind: 'person', id: 'U1', name: 'Ana Lima', door: 'slack' }
export const itself: Actor = { kind: 'service', id: 'firstpass', name: 'Firstpass', door: 'service' }

type Happened =
  | { breach: string; mode?: GateMode }
  | { acknowledged: string }
  | { recovered: string }
  | { watch: string }
  | 'aborted'
  | 'rolled back'
  | 'superseded'
  | 'back'
  | 'completed'

/** One thing every ten minutes, from ten minutes after the start on. */
export function toldRollout(
  number: number,
  happened: Happened[],
  more: Partial<ToldRollout> = {},
): ToldRollout {
  return {
    id: rolloutId.parse(uuid(3, number)),
    procedureId: procedure,
    deploymentId: build,
    baseDeploymentId: base,
    status: 'active',
    labels: ['firmware'],
    sites: ['Lyon'],
    gates: [
      { name: 'first-pass yield', metric: 'first-pass yield' },
      { name: 'error rate', metric: 'error rate' },
    ],
    createdAt: begun,
    exposedAt: begun,
    revertedAt: null,
    events: happened.map((each, place) => event(each, begun + (place + 1) * 10 * minute)),
    pairedLogEvidence: null,
    excess: null,
    exposure: null,
    ...more,
  }
}

function event(happened: Happened, at: number): ToldEvent {
  if (typeof happened === 'object') {
    if ('breach' in happened)
      return { type: 'BreachOpened', gate: happened.breach, mode: happened.mode ?? 'pause', at, by: itself }
    if ('acknowledged' in happened)
      return { type: 'BreachAcknowledged', gate: happened.acknowledged, at, by: ana }
    if ('recovered' in happened) return { type: 'BreachRecovered', gate: happened.recovered, at, by: itself }
    return { type: 'WatchAlarmed', gate: happened.watch, at, by: itself }
  }
  switch (happened) {
    case 'aborted':
      return { type: 'RolloutAborted', why: 'smoke', wayBack: [base], at, by: ana }
    case 'rolled back':
      return { type: 'RolloutAborted', why: 'rolled back by its gate', wayBack: [base], at, by: itself }
    case 'superseded':
      return { type: 'RolloutAborted', why: 'superseded', wayBack: [base, build], at, by: ana }
    case 'back':
      return { type: 'AbortFinished', at, by: itself }
    case 'completed':
      return { type: 'RolloutCompleted', why: null, at, by: ana }
  }
}
