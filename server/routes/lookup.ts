// What a path names, or the error that says it is not there.
import type { Database } from '../../db/client.ts'
import {
  type Deployment,
  deploymentById,
  type Procedure,
  procedureById,
  type Station,
  stationById,
} from '../../db/registry.ts'
import type { DeploymentId, ProcedureId, StationId } from '../domain/ids.ts'
import { HttpNo } from './errors.ts'

export async function theProcedure({ db }: Pick<Database, 'db'>, id: ProcedureId): Promise<Procedure> {
  const found = await procedureById(db, id)
  if (!found)
    throw new HttpNo(404, 'not_found', `There is no procedure ${id}. GET /api/v1/procedures lists them.`)
  return found
}

export async function theStation({ db }: Pick<Database, 'db'>, id: StationId): Promise<Station> {
  const found = await stationById(db, id)
  if (!found)
    throw new HttpNo(404, 'not_found', `There is no station ${id}. GET /api/v1/stations lists them.`)
  return found
}

export async function theDeployment({ db }: Pick<Database, 'db'>, id: DeploymentId): Promise<Deployment> {
  const found = await deploymentById(db, id)
  if (!found)
    throw new HttpNo(
      404,
      'not_found',
      `There is no deployment ${id}. GET /api/v1/procedures/{id}/deployments lists those of a procedure.`,
    )
  return found
}
