// What an API token may be used for. Few, and none contains another, but `admin` contains all.
import { z } from 'zod'

export const scopes = ['read', 'report', 'deploy', 'rollout', 'configure', 'admin'] as const
export const scope = z.enum(scopes)
export type Scope = z.infer<typeof scope>

export const scopeMeanings: Record<Scope, string> = {
  read: 'looks at everything and changes nothing',
  report: 'reports runs in the name of any station',
  deploy: 'registers builds, their status, logs, labels and definitions, as a build server does',
  rollout: 'starts rollouts and decides in them, rolls back, pins, signs off, acknowledges',
  configure: 'adds and changes procedures, policies, freezes, stations and their keys',
  admin: 'does all of this, makes and revokes tokens, and says where webhooks go',
}

export function allows(has: readonly Scope[], needed: Scope): boolean {
  return has.includes(needed) || has.includes('admin')
}
