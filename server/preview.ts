// What a plan would do, before anything is started: its stations, how well they stand for the fleet, what they can prove.
import type { Database, Db } from '../db/client.ts'
import { type RecentWork, recentDays, recentWork } from '../db/recent-work.ts'
import { deploymentById, procedureById, type Station, stationsOf } from '../db/registry.ts'
import { closedBecause } from './domain/closed-because.ts'
import { buildChanges } from './domain/definition/changes.ts'
import { type ChangesView, changesInView } from './domain/definition/changes-view.ts'
import { driftNoise } from './domain/gates/drift-noise.ts'
import type { DeploymentId, ProcedureId } from './domain/ids.ts'
import { day, hour, type Instant } from './domain/instant.ts'
import { type PlanInput, plan as planSchema } from './domain/plan.ts'
import { planUnder } from './domain/plan-under-policy.ts'
import { representativeness } from './domain/representativeness.ts'
import { type ForecastStation, stageForecasts } from './domain/stage-forecast.ts'
import { stageSize } from './domain/stage-size.ts'
import { orderStations } from './domain/station-order.ts'
import { leftOutBecause } from './domain/takes-part.ts'
import { targetLabel } from './domain/target-label.ts'
import { notPickable } from './hand-picked.ts'
import { definitionWithPast } from './learn-definitions.ts'
import { orderSeed } from './order-seed.ts'
import { policyOf } from './policy-of.ts'
import { refuse } from './refuse.ts'
import type { Service } from './service.ts'
import { troubleOf } from './station-trouble.ts'
import { withDeclared } from './with-declared.ts'

export function previews({ database, now }: { database: Database; now: () => Instant }) {
  const { db } = database
  return {
    async preview(procedureId: ProcedureId, input: PlanInput, deploymentId: DeploymentId | null = null) {
      const procedure = await procedureById(db, procedureId)
      if (!procedure)
        return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
      const policy = await policyOf(db, procedureId)
      const build = deploymentId === null ? null : await deploymentById(db, deploymentId)
      const asked = build === null ? input : withDeclared(input, build)
      const parsed = planSchema.safeParse(planUnder(policy, asked, procedure.zone))
      if (!parsed.success) {
        const why = parsed.error.issues
          .map((issue) => `plan.${issue.path.join('.')}: ${issue.message}`)
          .join('; ')
        return refuse('invalid', why, 'Mend the plan.')
      }
      const plan = parsed.data
      const at = now()
      const linked = await stationsOf(db, procedureId)
      const unpickable = await notPickable(db, procedure, plan, linked, at)
      if (unpickable) return unpickable
      const taking = linked.filter((station) => leftOutBecause(station, plan.group, at) === null)
      if (taking.length === 0)
        return refuse(
          'invalid',
          'no station of the procedure is in that group',
          'Link stations, or widen the group.',
        )
      const byId = new Map(taking.map((station) => [station.id, station]))
      const order = orderStations(taking, {
        seed: orderSeed(procedureId, deploymentId),
        handPicked: plan.handPicked,
        progression: plan.progression,
      })
      const work = await recentWork(db, { procedureId, baseDeploymentId: procedure.activeDeploymentId }, at)
      const stations = withWork(
        order.flatMap((id) => byId.get(id) ?? []),
        work,
      )
      const sizes = plan.stages.map((_, index) => stageSize(plan, index, stations.length))
      const ofStage = (index: number) => stations.slice(0, sizes[index])
      const sites = [...new Set(ofStage(0).map((station) => station.site))].sort()
      // Whoever finishes one site before the next has chosen where the first stage is.
      const canaries = representativeness(stations, ofStage(0).length)
      const noise = driftNoise(
        work.flatMap(({ stationId, days }) => days.map((each) => ({ stationId, metric: yieldKey, ...each }))),
      )
      const forecasts = stageForecasts(
        plan,
        stations.map((station) => paced(station, at)),
        noise[yieldKey],
        at,
      )
      return {
        plan,
        stationCount: stations.length,
        stages: plan.stages.map((stage, index) => ({
          label: targetLabel(stage.target),
          stations: ofStage(index).map(({ id, name, site, line }) => ({ id, name, site, line })),
          hoursToVerdict: forecasts[index]?.hoursToVerdict ?? null,
          smallestDrop: forecasts[index]?.smallestDrop ?? null,
        })),
        canaries: { ...canaries, suggested: plan.progression === 'site' ? [] : canaries.suggested },
        leftOut: linked.flatMap((station) => {
          const why = leftOutBecause(station, plan.group, at)
          return why === null ? [] : [{ name: station.name, why }]
        }),
        changes: await knownChanges(db, procedureId, procedure.activeDeploymentId, deploymentId),
        trouble: await troubleOf(
          db,
          procedureId,
          ofStage(0).flatMap(({ id }) => byId.get(id) ?? []),
          at,
        ),
        closedBecause: closedBecause(policy, sites, at)?.why ?? null,
      }
    },
  } satisfies Partial<Service>
}

async function knownChanges(
  db: Db,
  procedureId: ProcedureId,
  baseId: DeploymentId | null,
  id: DeploymentId | null,
): Promise<ChangesView | null> {
  if (baseId === null || id === null) return null
  const base = await definitionWithPast(db, procedureId, baseId)
  return changesInView(buildChanges(base, await definitionWithPast(db, procedureId, id)))
}

const yieldKey = 'first-pass yield'

/** Over the whole of the last days, or since the station is there: what it does in a day counts, and what it rests. */
function paced({ id, units, firstAt, createdAt, days }: WithWork, now: Instant): ForecastStation {
  const since = Math.max(now - recentDays * day, Math.min(createdAt, firstAt ?? createdAt))
  const n = days.reduce((sum, each) => sum + each.n, 0)
  const bad = days.reduce((sum, each) => sum + each.bad, 0)
  return { id, pace: units / Math.max((now - since) / hour, 1), n, bad }
}

type WithWork = ReturnType<typeof withWork>[number]

function withWork(stations: Station[], work: RecentWork[]) {
  const byStation = new Map(work.map((each) => [each.stationId, each]))
  return stations.map(({ id, name, site, line, createdAt }) => {
    const { units = 0, firstAt = null, baseUnits = 0, basePassed = 0, days = [] } = byStation.get(id) ?? {}
    return {
      id,
      name,
      site,
      line,
      createdAt: createdAt.getTime(),
      units,
      firstAt,
      baseUnits,
      basePassed,
      days,
    }
  })
}
