// Which failed units are to be tested again on the other build: matched pairs, one that failed in each arm.
import type { Instant } from './instant.ts'
import type { RetestArm } from './retests.ts'
import type { RolloutState } from './rollout/state.ts'

/** A unit whose first attempt in the rollout failed. */
export type FailedFirst = {
  unit: string
  serial: string
  failedIn: RetestArm
  outcome: 'FAIL' | 'ERROR' | 'TIMEOUT'
  failedAt: Instant
  site: string
  product: string | null
  /** How often it has been tested until now, aborted runs aside. */
  attempts: number
  /** It has passed since, and has left for the next step of the line. */
  hasPassed: boolean
  /** It was asked for before. */
  isListed: boolean
}

/** By site, the names of the stations that have shown to run each build now; only sites that have both. */
export type RetestStations = ReadonlyMap<string, Record<RetestArm, string[]>>

export type Choice = {
  /** Newest first. */
  pairs: Record<RetestArm, FailedFirst>[]
  /** Units of each arm that could be tested again, matched or not. */
  available: Record<RetestArm, number>
  /** The same with errors and timeouts, where these were not asked for. */
  withErrors: Record<RetestArm, number>
}

/**
 * At most `count` pairs, FAIL before errors and timeouts, the newest first.
 *
 * The sign test asks that without a difference between the builds either unit of a pair is as likely to pass. So the
 * units of a pair match in all that they owe to the line and not to the build: site, product, and how often they were
 * tested. The last counts most: where base's units are tried again at once and the canary's are kept aside, what is
 * left of base's are the bad ones, and unmatched pairs proved a difference between alike builds in 69 of 100 simulated
 * rollouts. They do not match in what failed: a build that fails good units often does so in a way of its own.
 *
 * ERROR and TIMEOUT say that the test broke and nothing of the unit; that a build does so more often is seen without a
 * retest, by the gates for it. Units that ended so are taken when asked for, and matched with their like only: nearly
 * all of them pass the second time, which beside a FAIL would count for a difference.
 */
export function chooseRetests(
  failed: FailedFirst[],
  where: RetestStations,
  asked: { count: number; withErrors: boolean },
): Choice {
  const all = failed.filter((each) => !each.hasPassed && !each.isListed && where.has(each.site))
  const wanted = all.filter((each) => asked.withErrors || each.outcome === 'FAIL')
  const pairs = [...Map.groupBy(wanted, likeness).values()].flatMap(pairUp)
  return {
    pairs: pairs.sort(byFailThenNewest).slice(0, asked.count),
    available: sizes(wanted),
    withErrors: sizes(all),
  }
}

/** Stations confirmed on the new build, and those it has not been given or that have left it again. */
export function retestStations(
  state: RolloutState,
  stations: { id: RolloutState['order'][number]; name: string; site: string }[],
): RetestStations {
  const bySite = new Map<string, Record<RetestArm, string[]>>()
  for (const { id, name, site } of stations) {
    const arm = armNow(state.stations[id])
    if (arm === null) continue
    const there = bySite.get(site) ?? { canary: [], base: [] }
    bySite.set(site, { ...there, [arm]: [...there[arm], name] })
  }
  return new Map([...bySite].filter(([, { canary, base }]) => canary.length > 0 && base.length > 0))
}

function armNow(station: RolloutState['stations'][RolloutState['order'][number]] | undefined) {
  // A silent station can be switched on; one that runs a third build, or failed to load its own, is of no use.
  if (!station || (station.trouble !== null && station.trouble.kind !== 'stale')) return null
  if (station.status === 'confirmed') return 'canary'
  return station.status === 'queued' || station.status === 'reverted' ? 'base' : null
}

function likeness({ site, product, attempts, outcome }: FailedFirst): string {
  return JSON.stringify([site, product, attempts, outcome === 'FAIL'])
}

function pairUp(alike: FailedFirst[]): Record<RetestArm, FailedFirst>[] {
  const [canary, base] = [inArm(alike, 'canary').sort(byNewest), inArm(alike, 'base').sort(byNewest)]
  return canary.flatMap((each, place) => {
    const other = base[place]
    return other ? [{ canary: each, base: other }] : []
  })
}

function inArm(failed: FailedFirst[], arm: RetestArm): FailedFirst[] {
  return failed.filter(({ failedIn }) => failedIn === arm)
}

function sizes(failed: FailedFirst[]): Record<RetestArm, number> {
  return { canary: inArm(failed, 'canary').length, base: inArm(failed, 'base').length }
}

function byNewest(one: FailedFirst, other: FailedFirst): number {
  return other.failedAt - one.failedAt || (one.unit < other.unit ? -1 : 1)
}

function byFailThenNewest(
  one: Record<RetestArm, FailedFirst>,
  other: Record<RetestArm, FailedFirst>,
): number {
  const isFail = ({ canary }: typeof one) => (canary.outcome === 'FAIL' ? 0 : 1)
  const older = ({ canary, base }: typeof one) => Math.min(canary.failedAt, base.failedAt)
  return isFail(one) - isFail(other) || older(other) - older(one)
}
