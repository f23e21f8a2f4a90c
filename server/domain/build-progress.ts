// How far a station is with the build it is asked to run: desired, pulled and ran are three facts, only a run confirms.
import type { DeploymentId } from './ids.ts'
import type { Instant } from './instant.ts'

export type BuildProgress =
  | 'nothing asked'
  | 'told'
  | 'not told yet'
  | 'failed to take it'
  | 'pulled'
  | 'says it runs'
  | 'confirmed'
  | 'runs another build'

type Facts = {
  desired: { id: DeploymentId; since: Instant; servedAt: Instant | null } | null
  pulled: { id: DeploymentId; state: 'pulled' | 'running' | 'failed'; at: Instant } | null
  ran: { id: DeploymentId; at: Instant } | null
}

export function buildProgress({ desired, pulled, ran }: Facts): BuildProgress {
  if (desired === null) return 'nothing asked'
  if (ran?.id === desired.id) return 'confirmed'
  const own = pulled?.id === desired.id ? pulled : null
  if (own?.state === 'failed') return 'failed to take it'
  // A run of another build says something only when it began after the station had this one.
  const had = own?.state === 'running' ? own.at : null
  if (ran && had !== null && ran.at > had) return 'runs another build'
  if (own) return own.state === 'running' ? 'says it runs' : 'pulled'
  return desired.servedAt === null ? 'not told yet' : 'told'
}
