// Runs of which nobody knows the build: why nothing matched, and what to do about it, in words.
import { z } from 'zod'
import { deploymentId, stationId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { NotBelieved } from './run.ts'

/** What is known of one such run. */
export type UnattributedFacts = {
  procedure: string
  startedAt: Instant
  shadow: boolean
  /** What was said of the build, the first to be believed first, and what that is. */
  said: (NotBelieved & { is: SaidBuild | null })[]
  /** Since when the station has acknowledged a build of the procedure; null: never. */
  acknowledgedFrom: Instant | null
}

/** A build that is known by what was said: of another procedure by its id, or of this one by its version or commit. */
export type SaidBuild = { id: string; version: string; procedure: string; isOwn: boolean }

const reason = z.object({
  /** Why nothing matched. */
  why: z.string(),
  /** What to do. */
  fix: z.string(),
})
export type UnattributedReason = z.infer<typeof reason>

const howToSay =
  'send the id that GET /api/v1/stations/me/assignments gives as deployment_id in the body or in the header x-deployment-id'

export function whyUnattributed(facts: UnattributedFacts): UnattributedReason {
  const [said] = facts.said
  if (said) return whyNotBelieved(said, facts.procedure)
  if (facts.shadow)
    return {
      why: 'a shadow run does not say which build it ran, and what the station acknowledged is its build of production',
      fix: 'Send the id of the build that runs in shadow as deployment_id with each shadow run.',
    }
  if (facts.acknowledgedFrom !== null && facts.acknowledgedFrom > facts.startedAt)
    return {
      why: `it says nothing of its build, and the station acknowledged its first one later, at ${new Date(facts.acknowledgedFrom).toISOString()}`,
      fix: `Nothing, if later runs are known; to be sure, ${howToSay}.`,
    }
  return {
    why: 'it says nothing of its build, and the station had acknowledged none',
    fix: `On the station, ${howToSay}; or acknowledge each build with POST /api/v1/stations/me/pickups when it is loaded.`,
  }
}

const placeWords = {
  body: 'deployment_id in the body',
  header: 'the header x-deployment-id',
  metadata: 'metadata.deployment_id',
}

function whyNotBelieved(said: UnattributedFacts['said'][number], procedure: string): UnattributedReason {
  const place = placeWords[said.in]
  const text = said.said.length > 60 ? `${said.said.slice(0, 60).toWellFormed()}…` : said.said
  if (said.is && !said.is.isOwn)
    return {
      why: `${place} is ${text}, which is build ${said.is.version} of ${said.is.procedure} and none of ${procedure}`,
      fix: `Send the build of ${procedure}: ids belong to one procedure. ${capitalised(howToSay)}.`,
    }
  if (said.is)
    return {
      why: `${place} is ${text}, which names build ${said.is.version} but is not its id`,
      fix: `Send its id, ${said.is.id}, in its place.`,
    }
  if (!deploymentId.safeParse(said.said.trim().toLowerCase()).success)
    return {
      why: `${place} is ${text}, which is no id: expected a UUID`,
      fix: `${capitalised(howToSay)}.`,
    }
  return {
    why: `${place} is ${text}, which is the id of no build that is registered`,
    fix: `Register the build with POST /api/v1/deployments, or ${howToSay}.`,
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const unattributedStation = z.object({
  id: stationId,
  name: z.string(),
  runs: z.int(),
  /** It has, or is to have, the new build. */
  isCanary: z.boolean(),
  /** Of its latest such run. */
  reason,
})
export type UnattributedStation = z.infer<typeof unattributedStation>

/** Runs of a rollout's stations since its start that count in neither arm, since nobody knows their build. */
export const unattributedView = z.object({
  runs: z.int(),
  canaryRuns: z.int(),
  /** So many of the canary stations' runs that what is counted of them may mislead. */
  matters: z.boolean(),
  /** The most first. */
  stations: z.array(unattributedStation),
})
export type UnattributedView = z.infer<typeof unattributedView>

const leastRuns = 3
const leastShare = 0.01

/** @param attributedCanaryRuns of the canary stations, whose build is known. */
export function unattributedOf(
  stations: UnattributedStation[],
  attributedCanaryRuns: number,
): UnattributedView {
  const sum = (of: UnattributedStation[]) => of.reduce((total, { runs }) => total + runs, 0)
  const canaryRuns = sum(stations.filter(({ isCanary }) => isCanary))
  const share = canaryRuns / Math.max(1, canaryRuns + attributedCanaryRuns)
  return {
    runs: sum(stations),
    canaryRuns,
    matters: canaryRuns >= leastRuns || (canaryRuns > 0 && share >= leastShare),
    stations: stations.toSorted((a, b) => b.runs - a.runs || (a.name < b.name ? -1 : 1)),
  }
}
