// The moments at which a rollout could have begun without meeting a change of build, and with which stations.
import type { DeploymentId } from '../ids.ts'
import { day, hour, type Instant } from '../instant.ts'
import { type History, placeOf, type StationHistory } from './history.ts'

/** The past that a rollout's verdicts rest on. */
export const pastMs = 14 * day

export type Start = { at: Instant; deploymentId: DeploymentId; stations: StationHistory[] }

export type Starts = {
  starts: Start[]
  /** UTC dates of the history, and those of them with a start. */
  dates: number
  replayableDates: number
}

/**
 * Every full hour whose past (14 days) and replay (`longestMs`) lie inside the history. A station takes part when it ran
 * in both, and ran one and the same build throughout. An hour counts when that leaves two stations and half of those
 * that ran at all; otherwise the line was changing its build.
 */
export function startsOf(history: History, longestMs: number): Starts {
  const known = history.stations.map((station) => ({ station, changes: changesOf(station) }))
  const first = Math.ceil((history.from + pastMs) / hour) * hour
  const starts: Start[] = []
  for (let at = first; at + longestMs <= history.to; at += hour) {
    const start = startAt(known, at, longestMs)
    if (start) starts.push(start)
  }
  const dates = (moments: Instant[]) => new Set(moments.map((moment) => Math.floor(moment / day))).size
  return {
    starts,
    dates: Math.max(0, Math.ceil(history.to / day) - Math.floor(history.from / day)),
    replayableDates: dates(starts.map(({ at }) => at)),
  }
}

/** The longest time that a station stayed on one build, from its first run of it to its last. */
export function longestOnOneBuild(history: History): number {
  return history.stations.reduce((longest, { runs }) => {
    let since = 0
    runs.forEach((run, place) => {
      if (run.deploymentId !== runs[place - 1]?.deploymentId) since = run.startedAt
      longest = Math.max(longest, run.startedAt - since)
    })
    return longest
  }, 0)
}

type Known = { station: StationHistory; changes: number[] }

/** Places of the runs that were of another build than the run before. */
function changesOf({ runs }: StationHistory): number[] {
  return runs.flatMap((run, place) =>
    place > 0 && run.deploymentId !== runs[place - 1]?.deploymentId ? [place] : [],
  )
}

function startAt(known: Known[], at: Instant, longestMs: number): Start | undefined {
  const running: { station: StationHistory; build: DeploymentId | undefined }[] = []
  for (const { station, changes } of known) {
    const first = placeOf(station.runs, at - pastMs)
    const switched = placeOf(station.runs, at)
    const last = placeOf(station.runs, at + longestMs) - 1
    if (last < first) continue
    const ranInBoth = first < switched && switched <= last
    const isConstant = ranInBoth && !changes.some((place) => place > first && place <= last)
    running.push({ station, build: isConstant ? station.runs[first]?.deploymentId : undefined })
  }
  const byBuild = [...Map.groupBy(running, ({ build }) => build)].filter(([build]) => build !== undefined)
  const [deploymentId, taken = []] = byBuild.toSorted(([, a], [, b]) => b.length - a.length)[0] ?? []
  if (deploymentId === undefined || taken.length < 2 || taken.length * 2 < running.length) return undefined
  return { at, deploymentId, stations: taken.map(({ station }) => station) }
}
