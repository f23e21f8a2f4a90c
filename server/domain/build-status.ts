// How far a build has come, and which status may follow which.
import { z } from 'zod'

export const buildStatus = z.enum(['pending', 'building', 'ready', 'failed'])
export type BuildStatus = z.infer<typeof buildStatus>
export const buildEnvironment = z.enum(['production', 'preview', 'development'])

/**
 * Null when it may; else why not, read after the build's version. A build goes forward; one that failed may be built
 * again; one that is ready may be withdrawn for as long as no station was asked to run it.
 */
export function mayNotBecome(from: BuildStatus, to: BuildStatus, wasRolledOut: boolean): string | null {
  if (from === to) return null
  switch (from) {
    case 'pending':
      return null
    case 'building':
      return to === 'pending' ? 'is being built already' : null
    case 'failed':
      return to === 'pending' ? 'has failed: built again it is building, then ready' : null
    case 'ready':
      if (to !== 'failed') return 'is ready: what is ready is not built again'
      return wasRolledOut ? 'was rolled out: a build that stations may run stays ready' : null
  }
}

/** Whether a build that was told to be at `asked` is there, or has come further since. */
export function hasComeTo(present: BuildStatus, asked: BuildStatus): boolean {
  const order: BuildStatus[] = ['pending', 'building', 'ready']
  if (present === 'failed' || asked === 'failed') return present === asked
  return order.indexOf(present) >= order.indexOf(asked)
}
