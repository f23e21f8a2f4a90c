// Which procedures a request is about, for tokens that are limited to some. A route that is not listed here is about all.
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { deploymentById } from '../../db/registry.ts'
import { rolloutProcedure } from '../../db/rollout-storage.ts'
import { deploymentId, type ProcedureId, procedureId, rolloutId } from '../domain/ids.ts'

const byProcedure = z.object({ id: procedureId })
const byRollout = z.object({ id: rolloutId })
const byDeployment = z.object({ id: deploymentId })
const named = z.object({ procedure_id: procedureId })
const runs = z.object({ runs: z.array(named) })

/** Routes whose body or query names the procedure, and which answer of that one alone. */
const inBody = ['/api/v1/deployments', '/api/v1/rollouts', '/api/v1/rollouts/preview', '/api/v1/runs']
const inQuery = ['/api/v1/rollouts']

/** Null: of all, or of none that is known; a limited token is refused then. */
export async function proceduresAsked(
  database: Pick<Database, 'db'>,
  request: FastifyRequest,
): Promise<ProcedureId[] | null> {
  const own = await ownProcedures(database, request)
  // A rollout of one procedure is superseded by a body that names one too.
  const besides = named.safeParse(request.body).data?.procedure_id
  return own && besides ? [...own, besides] : own
}

async function ownProcedures(
  { db }: Pick<Database, 'db'>,
  { routeOptions, params, body, query, method }: FastifyRequest,
): Promise<ProcedureId[] | null> {
  const route = routeOptions.url ?? ''
  const under = (prefix: string) => route === prefix || route.startsWith(`${prefix}/`)
  if (under('/api/v1/procedures/:id')) return only(byProcedure.safeParse(params).data?.id)
  if (under('/api/v1/rollouts/:id')) {
    const id = byRollout.safeParse(params).data?.id
    return only(id && (await rolloutProcedure(db, id)))
  }
  if (under('/api/v1/deployments/:id')) {
    const id = byDeployment.safeParse(params).data?.id
    return only(id && (await deploymentById(db, id))?.procedureId)
  }
  if (method === 'POST' && route === '/api/v1/runs/batch')
    return runs.safeParse(body).data?.runs.map((run) => run.procedure_id) ?? null
  if (method === 'POST' && inBody.includes(route)) return only(named.safeParse(body).data?.procedure_id)
  if (method === 'GET' && inQuery.includes(route)) return only(named.safeParse(query).data?.procedure_id)
  return null
}

function only(id: ProcedureId | null | undefined): ProcedureId[] | null {
  return id ? [id] : null
}
