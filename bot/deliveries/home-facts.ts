// What the Homes of a workspace show, read once for all who look at theirs.
import type { ProcedureId } from '../../server/domain/ids.ts'
import type { RolloutLine, RolloutView } from '../../server/domain/rollout-view.ts'
import type { HeldFreeze, PolicyView, Service } from '../../server/service.ts'
import type { Workspaces } from '../workspaces/workspace.ts'

export type NamedFreeze = HeldFreeze & { of: string }
export type HomeFacts = {
  /** All that run, the most urgent first; those beyond `mostRead` are only counted. */
  live: RolloutView[]
  unread: number
  /** Ended in the last days, the latest first. */
  recent: RolloutLine[]
  /** In force, or set for later; those in force first. */
  freezes: NamedFreeze[]
  policies: Map<ProcedureId, PolicyView>
}

type Deps = { service: Service; workspaces: Workspaces; teamId: string; now: number }

/** Each is read in a snapshot of its own. */
const mostRead = 100
const atOnce = 4
const mostRunning = 300
const mostLatest = 60
const mostPolicies = 200
const recentMs = 7 * 86_400_000

export async function homeFacts({ service, workspaces, teamId, now }: Deps): Promise<HomeFacts> {
  const standard = await workspaces.of(null)
  // Another workspace's rollouts are that workspace's business.
  const isHere = ({ team }: { team: string | null }) => (team ?? standard?.teamId) === teamId
  const procedures = (await service.procedures()).filter(isHere)
  const running = (await service.list({ live: true, limit: mostRunning })).filter((line) =>
    isHere(line.procedure),
  )
  const latest = (await service.list({ limit: mostLatest })).filter((line) => isHere(line.procedure))
  const read = running.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostRead)
  const live = (await inBatches(read, ({ id }) => service.get(id))).filter((view) => view !== null)
  const names = new Map(
    [...read.map((line) => line.procedure), ...procedures].map(({ id, name }) => [id, name]),
  )
  const policies = await policiesOf(service, [...names.keys()].slice(0, mostPolicies))
  return {
    live: live.toSorted((a, b) => urgency(a) - urgency(b)),
    unread: running.length - read.length,
    recent: latest.filter((line) => endedSince(line, now - recentMs)).toSorted(latestFirst),
    freezes: freezesOf(await service.policy('organisation'), policies, names, now),
    policies,
  }
}

function rank(line: RolloutLine): number {
  return { paused: 0, aborting: 1, pending: 2, active: 3, aborted: 4, completed: 4 }[line.status]
}

/** What is wrong comes before what waits for a person, and that before what goes by itself. */
function urgency(view: RolloutView): number {
  const open = view.breaches.filter((breach) => breach.closed === null && breach.mode !== 'observe')
  if (open.some((breach) => breach.severity === 'severe')) return 0
  if (open.length > 0) return 1
  return 2 + rank({ ...view, stageCount: view.stages.length })
}

function endedSince(line: RolloutLine, since: number): boolean {
  return line.endedAt !== null && line.endedAt >= since
}

function latestFirst(a: RolloutLine, b: RolloutLine): number {
  return (b.endedAt ?? 0) - (a.endedAt ?? 0)
}

async function policiesOf(service: Service, ids: ProcedureId[]): Promise<Map<ProcedureId, PolicyView>> {
  const found = await inBatches(ids, async (id) => ({ id, policy: await service.policy(id) }))
  return new Map(found.flatMap(({ id, policy }) => (policy === null ? [] : [[id, policy] as const])))
}

/** A procedure's policy names the organisation's freezes too: those are said once. */
function freezesOf(
  organisation: PolicyView | null,
  policies: HomeFacts['policies'],
  names: Map<ProcedureId, string>,
  now: number,
): NamedFreeze[] {
  const all = organisation?.freezes.map((each) => ({ ...each, of: 'everything' })) ?? []
  const own = [...policies].flatMap(([id, policy]) =>
    policy.freezes
      .filter((each) => each.scope === id)
      .map((each) => ({ ...each, of: names.get(id) ?? 'a procedure' })),
  )
  return [...all, ...own]
    .filter((each) => each.to === null || Date.parse(each.to) > now)
    .toSorted((a, b) => Number(b.inForce) - Number(a.inForce) || Date.parse(a.from) - Date.parse(b.from))
}

async function inBatches<Item, Found>(items: Item[], read: (item: Item) => Promise<Found>): Promise<Found[]> {
  const found: Found[] = []
  for (let at = 0; at < items.length; at += atOnce)
    found.push(...(await Promise.all(items.slice(at, at + atOnce).map(read))))
  return found
}
