// trigger_ids: one use within three seconds of the interaction that issued them.
import type { Ids } from './ids.ts'

const lifetimeMs = 3000

/** `viewId` is the modal the interaction came from; only such a trigger can push. */
export type Trigger = {
  id: string
  user: string
  /** Where the person was, when that was in a conversation. */
  channel?: string | undefined
  viewId?: string | undefined
  issuedAt: number
  used: boolean
}

export function triggers(deps: { ids: Ids; now: () => number }) {
  const issued = new Map<string, Trigger>()

  function issue(user: string, from: { viewId?: string; channel?: string } = {}): string {
    const id = `${deps.ids.ts().replace('.', '')}.${Math.floor(deps.now())}.${deps.ids.next('').toLowerCase()}`
    issued.set(id, { id, user, ...from, issuedAt: deps.now(), used: false })
    return id
  }

  function redeem(id: string): Trigger | { error: string } {
    const trigger = issued.get(id)
    if (!trigger) return { error: 'invalid_trigger_id' }
    if (trigger.used) return { error: 'exchanged_trigger_id' }
    if (deps.now() - trigger.issuedAt > lifetimeMs) return { error: 'expired_trigger_id' }
    issued.set(id, { ...trigger, used: true })
    return trigger
  }

  return { issue, redeem }
}
