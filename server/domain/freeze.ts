// A freeze: a stretch of time in which no further station is taken (an audit, an inventory, the holidays).
// Kept as the text that came in: it reads well in an API and in jsonb, and it says in whose time it was meant.
import { z } from 'zod'
import { actor } from './actor.ts'
import { coversSite } from './covers-site.ts'
import type { Instant } from './instant.ts'

const timeWithZone = z.iso.datetime({
  offset: true,
  error: ({ input }) =>
    `expected a time with its zone such as 2026-12-24T18:00:00+01:00, got ${JSON.stringify(input)}`,
})

export const freeze = z
  .strictObject({
    from: timeWithZone,
    /** Null: until somebody lifts it. */
    to: timeWithZone.nullable(),
    why: z.string().trim().min(1, 'expected why nothing may move, in a few words').max(200),
    /** Empty: everywhere. */
    sites: z.array(z.string().trim().min(1)).max(1000).default([]),
    /** Who set it, as the service knows it; nothing that a request says about itself. */
    by: actor.optional(),
  })
  .refine(({ from, to }) => to === null || !(Date.parse(to) <= Date.parse(from)), {
    path: ['to'],
    error: 'a freeze ends after it begins: expected a time after "from", or null until it is lifted',
  })
export type Freeze = z.infer<typeof freeze>

/** Whether it holds at `at` for any of these sites. A freeze everywhere holds for no sites as well. */
export function isFrozen(freeze: Freeze, sites: readonly string[], at: Instant): boolean {
  if (at < Date.parse(freeze.from)) return false
  if (freeze.to !== null && at >= Date.parse(freeze.to)) return false
  return freeze.sites.length === 0 || sites.some((site) => coversSite(freeze.sites, site))
}
