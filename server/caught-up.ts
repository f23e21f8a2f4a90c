// What stations have shown since the last look, brought before the decider.
import type { Db } from '../db/client.ts'
import { type Station, stationsOf } from '../db/registry.ts'
import type { LoadedRollout, StationPast } from '../db/rollout-storage.ts'
import { type StationEvidence, stationEvidence } from '../db/station-evidence.ts'
import type { Deliveries } from './apply-command.ts'
import { type ChangesOf, changesOf, heldChanges } from './build-changes.ts'
import { siteHours } from './connections.ts'
import { firstpass } from './domain/actor.ts'
import { isSiteOpen, lastOpening, type SiteHours } from './domain/connection.ts'
import type { StationId } from './domain/ids.ts'
import { type Instant, minute } from './domain/instant.ts'
import type { Fact } from './domain/rollout/commands.ts'
import type { HeldChange } from './domain/rollout/readiness.ts'
import { isRunning, isTerminal, type RolloutState } from './domain/rollout/state.ts'
import { asideBecause, excludedNow, takesPart } from './domain/takes-part.ts'
import { gatheredFacts } from './gathered-facts.ts'
import { longestPauseMs } from './longest-pause.ts'
import { measuredSince } from './measured-since.ts'
import { policyOf } from './policy-of.ts'
import { startClosed } from './stage-closed.ts'
import { unheardOf } from './tofupilot-standing.ts'

/**
 * Brings what stations have shown before the decider: who joined or left, what they were told, took and ran, and which
 * limits the runs of the new build were held to. A person's
 * command comes after it, so that an abort knows of every station that has the build.
 */
export async function caughtUp(
  tx: Db,
  loaded: LoadedRollout,
  now: Instant,
  deliveries: Deliveries,
  changed: ChangesOf = changesOf,
): Promise<LoadedRollout & { changes: HeldChange[] }> {
  if (isTerminal(loaded.state)) return { ...loaded, changes: [] }
  const facts = gatheredFacts(tx, loaded.state, now, deliveries)
  const apply = (fact: Fact): Promise<void> => facts.apply({ ...fact, by: firstpass })
  const { procedureId, id } = loaded.state
  if (loaded.unseenMs > longestUnseenMs) await apply({ type: 'away', since: loaded.verdict?.at ?? 0 })
  const unheard = await unheardOf(tx, procedureId, now)
  if (unheard && isNews(facts.state(), unheard.since, now)) await apply({ type: 'away', ...unheard })
  await apply({ type: 'start', closed: (await startClosed(tx, loaded.state, now))?.why ?? null })
  const evidence = await stationEvidence(tx, procedureId, id)
  const linked = await stationsOf(tx, procedureId)
  await apply({ type: 'measured', spans: await measuredSince(tx, facts.state(), loaded.pasts) })
  for (const fact of standingFacts(facts.state(), linked, now)) await apply(fact)
  const policy = await policyOf(tx, procedureId)
  const sites = new Map(linked.map((station) => [station.id, siteHours(policy, station.site)]))
  for (const fact of stationFacts(facts.state(), evidence, loaded.pasts, sites, now)) await apply(fact)
  const state = facts.state()
  const changes = isRunning(state) ? heldChanges(await changed(tx, state)) : []
  if (changes.length > 0) await apply({ type: 'changes', changes })
  await facts.settle()
  return { ...loaded, state: facts.state(), changes }
}

/** Who is excluded or held at this moment, and who joins, or comes back because that is over. */
function standingFacts(state: RolloutState, linked: Station[], now: Instant): Fact[] {
  return linked.flatMap((station): Fact[] => {
    const stationId = station.id
    const why = asideBecause(station, now)
    if (why !== null) return [{ type: excludedNow(station, now) ? 'exclude' : 'pass over', stationId, why }]
    const isOut = (state.stations[stationId]?.status ?? 'left') === 'left'
    return isOut && takesPart(station, state.plan.group, now) ? [{ type: 'join', stationId }] : []
  })
}

function stationFacts(
  state: RolloutState,
  evidence: StationEvidence[],
  pasts: StationPast[],
  sites: ReadonlyMap<StationId, SiteHours>,
  now: Instant,
): Fact[] {
  const usualGap = new Map(pasts.map((past) => [past.stationId, past.pastGapSeconds]))
  const facts: Fact[] = []
  for (const { stationId, linked, pin, run, pickup, lastStartedAt } of evidence) {
    if (!linked) facts.push({ type: 'leave', stationId, why: 'unlinked from the procedure' })
    if (pin?.deploymentId === state.deploymentId && pin.servedAt !== null)
      facts.push({ type: 'served', stationId, at: pin.servedAt })
    if (pickup) facts.push({ type: 'pickup', stationId, ...pickup })
    if (run) facts.push({ type: 'run', stationId, ...run })
    const gapSeconds = usualGap.get(stationId) ?? null
    const silence = staleness(
      state,
      { stationId, lastStartedAt, gapSeconds },
      sites.get(stationId) ?? [],
      now,
    )
    if (silence) facts.push({ type: 'station stale', stationId, detail: silence })
  }
  return facts
}

/** A restart takes less; a look is due every second. */
const longestUnseenMs = 3 * minute

/** Told once: from then on the rollout rests, and its soak clock stands. Where a person has lifted that, now and then. */
function isNews(state: RolloutState, since: Instant, now: Instant): boolean {
  const last = isRunning(state) ? state.unmeasured?.at(-1)?.to : undefined
  return last === undefined || last <= since || now - last >= toldEveryMs
}

const toldEveryMs = 30 * minute

type Silent = { stationId: StationId; lastStartedAt: Instant | null; gapSeconds: number | null }

/**
 * Three of its own usual gaps without a run, and never less than half an hour: a break is no failure. Nothing is
 * expected of a site that is closed, and of one that has opened only since then.
 */
function staleness(
  state: RolloutState,
  { stationId, lastStartedAt, gapSeconds }: Silent,
  hours: SiteHours,
  now: Instant,
): string | null {
  const station = state.stations[stationId]
  if (!station || !('since' in station) || !isSiteOpen(hours, now)) return null
  // What a station ran while the service was away it sends only afterwards.
  const backAt = isRunning(state) ? (state.unmeasured?.at(-1)?.to ?? 0) : 0
  const silentMs = now - lastOpening(hours, Math.max(lastStartedAt ?? 0, station.since, backAt), now)
  const limitMs = longestPauseMs(gapSeconds)
  if (silentMs < limitMs) return null
  const usually = gapSeconds === null ? '' : `, usually every ${duration(gapSeconds * 1000)}`
  return `no run for ${duration(silentMs)}${usually}`
}

function duration(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`
  if (ms < 90 * minute) return `${Math.round(ms / minute)} min`
  return `${Math.round(ms / (60 * minute))} h`
}
