// What a button carries: what it was drawn for, as ids. Never authority; anyone could have made it up.
import { gateName } from '../server/domain/gates/gate.ts'
import { type DeploymentId, deploymentId, type RolloutId, rolloutId } from '../server/domain/ids.ts'
import type { RolloutView } from '../server/domain/rollout-view.ts'

export type ButtonValue = {
  rolloutId: RolloutId
  stageIndex: number
  deploymentId: DeploymentId
  version: number
  /** The name of the gate whose breach it is about. */
  gate?: string
  /** Another build of the procedure, which is to take its place. */
  next?: DeploymentId
}

export function drawnFor(view: RolloutView, gate?: string): ButtonValue {
  return {
    rolloutId: view.id,
    stageIndex: view.stageIndex,
    deploymentId: view.deployment.id,
    version: view.version,
    ...(gate === undefined ? {} : { gate }),
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
    ...(value.next === undefined ? {} : { n: value.next }),
  })
}

export function readValue(text: string | undefined): ButtonValue | null {
  const fields = readObject(text)
  const rollout = rolloutId.safeParse(fields.r)
  const deployment = deploymentId.safeParse(fields.d)
  const gate = gateName.optional().safeParse(fields.m)
  const next = deploymentId.optional().safeParse(fields.n)
  if (!rollout.success || !deployment.success || !gate.success || !next.success) return null
  if (typeof fields.s !== 'number' || typeof fields.v !== 'number') return null
  return {
    rolloutId: rollout.data,
    stageIndex: fields.s,
    deploymentId: deployment.data,
    version: fields.v,
    ...(gate.data === undefined ? {} : { gate: gate.data }),
    ...(next.data === undefined ? {} : { next: next.data }),
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
