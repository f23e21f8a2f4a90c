// Stations one by one, each against its own past: whether all canary stations move together, or one alone.
import type { StationId } from './ids.ts'
import type { Instant } from './instant.ts'
import { pooledPast } from './statistics/pooled-past.ts'
import { predictiveCounts } from './statistics/predictive-counts.ts'
import { rateFromLogOdds } from './statistics/rate-from-log-odds.ts'
import { stationPrior } from './statistics/station-prior.ts'

/** First attempts. `arm`: on the new build, or on base. */
export type StationNow = { id: StationId; arm: 'canary' | 'base'; units: number; passed: number }
export type StationHour = StationNow & { hour: Instant }
export type StationOwn = { id: StationId; name: string; site: string; pastUnits: number; pastPassed: number }

export type StationCourse = StationOwn & {
  arm: 'canary' | 'base'
  units: number
  passed: number
  /** The yield that its own past leads to expect, and between which yields 95 of 100 such stations would be. */
  expected: number
  low: number
  high: number
  /** Of a yield as far from what is expected, either way. */
  chance: number
  /** Units and passes so far, hour by hour, with the band for as many. */
  course: { units: number; passed: number; low: number; high: number }[]
}

export type StationCourses = {
  /** Canary stations first, in each arm the one furthest from its own past first. */
  shown: StationCourse[]
  /** Stations with first attempts in the time looked at, and how many of them lie outside of their bands. */
  stations: number
  outside: number
}

const most = 12
/** Some of base beside them: a move that these make too is none of the build. */
const leastBase = 3
const mostPoints = 9

type Prior = { rate: number; variance: number }
type Judged = StationOwn & Prior & StationNow & { low: number; high: number; chance: number }

/** All stations with counts, those to be shown first; their hours are asked for afterwards. */
export function loudestStations(own: StationOwn[], now: StationNow[], driftNoise: number) {
  const priorOf = priors(own, driftNoise)
  const byId = new Map(own.map((station) => [station.id, station]))
  const judged = now.flatMap((counts): Judged[] => {
    const station = byId.get(counts.id)
    if (!station || counts.units === 0) return []
    const prior = priorOf(station)
    return [{ ...station, ...prior, ...counts, ...yieldBand(counts, prior) }]
  })
  const inOrder = (arm: StationNow['arm']) =>
    judged
      .filter((each) => each.arm === arm)
      .sort((a, b) => a.chance - b.chance || b.units - a.units || a.name.localeCompare(b.name))
  const [canary, base] = [inOrder('canary'), inOrder('base')]
  const shownBase = Math.max(Math.min(leastBase, base.length), most - canary.length)
  return {
    shown: [...canary.slice(0, most - Math.min(leastBase, base.length)), ...base.slice(0, shownBase)],
    stations: judged.length,
    outside: judged.filter(isOutside).length,
  }
}

/** @param hours of the stations to be shown, in any order. */
export function stationCourses(
  { shown, stations, outside }: ReturnType<typeof loudestStations>,
  hours: StationHour[],
): StationCourses {
  const byStation = Map.groupBy(hours, ({ id, arm }) => `${id} ${arm}`)
  return {
    stations,
    outside,
    shown: shown.map(({ rate, variance, ...station }) => ({
      ...station,
      expected: 1 - rate,
      course: courseOf(byStation.get(`${station.id} ${station.arm}`) ?? [], { rate, variance }),
    })),
  }
}

export function isOutside({
  units,
  passed,
  low,
  high,
}: Pick<Judged, 'units' | 'passed' | 'low' | 'high'>): boolean {
  return passed / units < low || passed / units > high
}

function courseOf(hours: StationHour[], prior: Prior): StationCourse['course'] {
  let units = 0
  let passed = 0
  const sums = hours
    .toSorted((a, b) => a.hour - b.hour)
    .flatMap((each) => {
      units += each.units
      passed += each.passed
      return each.units === 0 ? [] : [{ units, passed }]
    })
  const step = Math.max(1, Math.ceil(sums.length / mostPoints))
  return sums
    .filter((_, index) => index % step === 0 || index === sums.length - 1)
    .map((sum) => {
      const { low, high } = yieldBand(sum, prior)
      return { ...sum, low, high }
    })
}

/** Of what each has left open, and of what stations wander by themselves: as the gates do. */
function priors(own: StationOwn[], driftNoise: number): (station: StationOwn) => Prior {
  const past = ({ pastUnits, pastPassed }: StationOwn) => ({
    pastRuns: pastUnits,
    pastBad: pastUnits - pastPassed,
  })
  const fleet = pooledPast(
    own.map((station) => ({ id: station.id, arm: 'base' as const, runs: 0, bad: 0, ...past(station) })),
  )
  return (station) => {
    const { logOdds, variance } = stationPrior(past(station), fleet)
    return { rate: rateFromLogOdds(logOdds), variance: variance + driftNoise ** 2 }
  }
}

function yieldBand({ units, passed }: { units: number; passed: number }, prior: Prior) {
  const { low, high, chance } = predictiveCounts({ runs: units, bad: units - passed }, prior)
  return { low: 1 - high / units, high: 1 - low / units, chance }
}
