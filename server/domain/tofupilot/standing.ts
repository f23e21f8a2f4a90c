// What TofuPilot gives each station, held against what was asked for: what a start and an advance are refused for.
import type { DeploymentId, StationId } from '../ids.ts'
import { type Instant, minute } from '../instant.ts'

export type Standing = {
  stationId: StationId
  name: string
  /** Held or excluded here: nothing is expected of it. */
  isAside: boolean
  /** False: TofuPilot has no such station, as far as is known. */
  isKnown: boolean
  wanted: { id: DeploymentId; version: string; sha: string; isKnown: boolean }
  taken: DeploymentId | null
  takenAt: Instant | null
  waitsSince: Instant
  error: string | null
  /** The commit that TofuPilot gives it, since and as of when; null: it does not say. */
  found: { sha: string; since: Instant; at: Instant } | null
}
export type Backed = {
  heardUntil: Instant | null
  readAt: Instant | null
  lookedAt: Instant | null
  error: string | null
  stations: Standing[]
}

/** How long TofuPilot may take to show a pin that it has taken, or to push a build by itself. */
export const settlingMs = minute

const howToSwitchOff =
  'Switch automatic pushes off in the deployment settings of the procedure in TofuPilot, give these stations the build that was asked for, and start again.'

/** Null while it answers. */
export function unheard(
  { heardUntil, readAt, error }: Omit<Backed, 'stations'>,
  now: Instant,
): string | null {
  if (heardUntil !== null && now < heardUntil) return null
  const since = readAt === null ? 'has not been read yet' : `has not been read since ${moment(readAt)}`
  return `TofuPilot ${since}${error === null ? '' : ` (${error})`}`
}

/** It was pinned, and TofuPilot gives it something else: somebody, or automatic pushes, moved it there. */
export function isElsewhere({ wanted, taken, takenAt, found }: Standing): boolean {
  if (found === null || taken !== wanted.id || takenAt === null) return false
  return found.at >= takenAt + settlingMs && !isSameCommit(found.sha, wanted.sha)
}

/** What it was given before its pin was taken says nothing of now. */
function isShown({ found, takenAt }: Standing): boolean {
  return found !== null && found.at >= (takenAt ?? 0)
}

/** Commits are written in full, or by their first digits. */
export function isSameCommit(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()]
  return one.length > 0 && other.length > 0 && (one.startsWith(other) || other.startsWith(one))
}

/** Of those not aside: what keeps further stations from being taken. */
export function movedElsewhere({ stations }: Backed): string | null {
  const moved = stations.filter((each) => !each.isAside && isElsewhere(each))
  const [first] = moved
  if (!first?.found) return null
  return `TofuPilot gives ${short(first.found.sha)} to ${named(moved)} where ${first.wanted.version} was asked for: automatic pushes are on there, or somebody pushed it`
}

/** What TofuPilot has not taken yet, in a sentence for each cause. */
export function waitingForPins({ stations }: Pick<Backed, 'stations'>): string[] {
  const open = stations.filter(({ taken, wanted }) => taken !== wanted.id)
  const causes = Map.groupBy(
    open,
    ({ wanted, error }) => `${wanted.version}${error === null ? '' : ` (${error})`}`,
  )
  return [...causes].map(([what, group]) => {
    const since = moment(Math.min(...group.map(({ waitsSince }) => waitsSince)))
    return `TofuPilot to take ${what} for ${named(group)}, since ${since}`
  })
}

/**
 * Why a rollout may not start; null when its stations are where they should be and none has the build. No field of
 * TofuPilot says whether it pushes by itself: a build that has been ready for a while and is on no station was not pushed.
 * @param build the one to be rolled out. `readySince`: when it was first seen ready.
 * @returns `isSoon`: it passes by itself.
 */
export function startRefused(
  backed: Backed,
  build: { version: string; sha: string; isKnown: boolean; readySince: Instant },
  now: Instant,
): { why: string; next: string; isSoon: boolean } | null {
  const no = (why: string, next: string, isSoon = false) => ({ why, next, isSoon })
  const silence = unheard(backed, now)
  if (silence !== null) return no(silence, 'Start when it answers again.')
  if (!build.isKnown)
    return no(
      `TofuPilot has no deployment that is ${build.version}`,
      'Start a build that TofuPilot has, or name its deployment when it is registered (tofupilot_id).',
    )
  const stations = backed.stations.filter(({ isAside }) => !isAside)
  const unknown = stations.filter(({ isKnown, wanted }) => !isKnown || !wanted.isKnown)
  if (unknown.length > 0)
    return no(
      `TofuPilot cannot be asked to pin ${named(unknown)}: it has no such station, or not its present build`,
      'Unlink these stations from the procedure, or give them a build that TofuPilot has.',
    )
  const onIt = stations.filter((each) => isShown(each) && isSameCommit(each.found?.sha ?? '', build.sha))
  if (onIt.length > 0)
    return no(
      `TofuPilot gives ${build.version} to ${named(onIt)} already, which nobody asked for here: automatic pushes are on there, or somebody pushed it`,
      howToSwitchOff,
    )
  const moved = movedElsewhere(backed)
  if (moved !== null) return no(moved, howToSwitchOff)
  const [waiting] = waitingForPins({ stations })
  if (waiting !== undefined) return no(`it waits for ${waiting}`, 'It starts when that is done.', true)
  const showsAt = Math.max(build.readySince + settlingMs, ...stations.map(({ takenAt }) => takenAt ?? 0))
  if (backed.lookedAt === null || backed.lookedAt < showsAt)
    return no(
      `whether TofuPilot pushes ${build.version} by itself is looked at until ${moment(showsAt)}`,
      'It starts when no station was given the build by then.',
      true,
    )
  return null
}

function named(stations: { name: string }[]): string {
  const names = stations.map(({ name }) => name)
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

const short = (sha: string) => sha.slice(0, 7)
const moment = (at: Instant) => new Date(at).toISOString()
