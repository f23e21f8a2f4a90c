// What a plan would do, before anything is started: its stations, how well they stand for the fleet, what they can prove.
import type { Database } from '../db/client.ts'
import { type RecentWork, recentWork } from '../db/recent-work.ts'
import { procedureById, type Station, stationsOf } from '../db/registry.ts'
import { closedBecause } from './domain/closed-because.ts'
import type { DeploymentId, ProcedureId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type PlanInput, plan as planSchema, targetLabel } from './domain/plan.ts'
import { planUnder } from './domain/plan-under-policy.ts'
import { representativeness } from './domain/representativeness.ts'
import { stageSize } from './domain/stage-size.ts'
import { orderStations } from './domain/station-order.ts'
import { leftOutBecause } from './domain/takes-part.ts'
import { orderSeed } from './order-seed.ts'
import { policyOf } from './policy-of.ts'
import { refuse } from './refuse.ts'
import type { Service } from './service.ts'

export function previews({ database, now }: { database: Database; now: () => Instant }) {
  const { db } = database
  return {
    async preview(procedureId: ProcedureId, input: PlanInput, deploymentId: DeploymentId | null = null) {
      const procedure = await procedureById(db, procedureId)
      if (!procedure)
        return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
      const policy = await policyOf(db, procedureId)
      const parsed = planSchema.safeParse(planUnder(policy, input, procedure.zone))
      if (!parsed.success) {
        const why = parsed.error.issues
          .map((issue) => `plan.${issue.path.join('.')}: ${issue.message}`)
          .join('; ')
        return refuse('invalid', why, 'Mend the plan.')
      }
      const plan = parsed.data
      const linked = await stationsOf(db, procedureId)
      const taking = linked.filter((station) => leftOutBecause(station, plan.group) === null)
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
      const at = now()
      const work = await recentWork(db, { procedureId, baseDeploymentId: procedure.activeDeploymentId }, at)
      const stations = withWork(
        order.flatMap((id) => byId.get(id) ?? []),
        work,
      )
      const sizes = plan.stages.map((_, index) => stageSize(plan, index, stations.length))
      const ofStage = (index: number) => stations.slice(0, sizes[index])
      const sites = [...new Set(ofStage(0).map((station) => station.site))].sort()
      return {
        plan,
        stationCount: stations.length,
        stages: plan.stages.map((stage, index) => ({
          label: targetLabel(stage.target),
          stations: ofStage(index).map(({ id, name, site, line }) => ({ id, name, site, line })),
          hoursToVerdict: null,
          smallestDrop: null,
        })),
        canaries: representativeness(stations, ofStage(0).length),
        leftOut: linked.flatMap((station) => {
          const why = leftOutBecause(station, plan.group)
          return why === null ? [] : [{ name: station.name, why }]
        }),
        closedBecause: closedBecause(policy, sites, at)?.why ?? null,
      }
    },
  } satisfies Partial<Service>
}

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
