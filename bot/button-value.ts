// What a button carries: what it was drawn for, as ids. Never authority; anyone could have made it up.
import { type GateMetric, gateMetric } from '../server/domain/gates/gate.ts'
import { type DeploymentId, deploymentId, type RolloutId, rolloutId } from '../server/domain/ids.ts'
import type { RolloutView } from '../server/domain/rollout-view.ts'

export type ButtonValue = {
  rolloutId: RolloutId
  stageIndex: number
  deploymentId: DeploymentId
  version: number
  metric?: GateMetric
}

export function drawnFor(view: RolloutView, metric?: GateMetric): ButtonValue {
  return {
    rolloutId: view.id,
    stageIndex: view.stageIndex,
    deploymentId: view.deployment.id,
    version: view.version,
    ...(metric === undefined ? {} : { metric }),
  }
}

/** Short keys: a button's value holds 2000 characters, and modals carry it on. */
export function writeValue(value: ButtonValue): string {
  return JSON.stringify({
    r: value.rolloutId,
    s: value.stageIndex,
    d: value.deploymentId,
    v: value.version,
    ...(value.gate === undefined ? {} : { m: value.gate }),
  })
}

export function readValue(text: string | undefined): ButtonValue | null {
  const fields = readObject(text)
  const rollout = rolloutId.safeParse(fields.r)
  const deployment = deploymentId.safeParse(fields.d)
  const metric = gateMetric.optional().safeParse(fields.m)
  if (!rollout.success || !deployment.success || !metric.success) return null
  if (typeof fields.s !== 'number' || typeof fields.v !== 'number') return null
  return {
    rolloutId: rollout.data,
    stageIndex: fields.s,
    deploymentId: deployment.data,
    version: fields.v,
    ...(metric.data === undefined ? {} : { metric: metric.data }),
  }
}

/** The fields of a JSON object; empty for anything else. */
export function readObject(text: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? '')
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
