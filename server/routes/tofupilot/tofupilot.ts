// The routes of TofuPilot's interface, so that stations keep their code and change their server's address alone.
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Database } from '../../../db/client.ts'
import type { Deliveries } from '../../apply-command.ts'
import type { ProcedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import type { Service } from '../../service.ts'
import type { UploadLinks } from '../../upload-links.ts'
import { cliPullRoutes } from './cli-pull.ts'
import { foreignErrors, nothingThere } from './errors.ts'
import type { Keys } from './keys.ts'
import { oldRunRoutes } from './old-runs.ts'
import { foreignProcedureRoutes } from './procedures.ts'
import { foreignRunRoutes } from './runs.ts'
import { foreignStationRoutes } from './stations.ts'
import type { TakeRun } from './take-run.ts'
import { uploadRoutes } from './uploads.ts'

type Deps = {
  database: Database
  service: Service
  keys: Keys
  taking: TakeRun
  links: UploadLinks
  deliveries: Deliveries
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const megabyte = 1_048_576

export function tofuPilotRoutes(deps: Deps): FastifyPluginAsync {
  return async (scope) => {
    foreignErrors(scope)
    foreignRunRoutes(scope, { ...deps, bodyLimit: 8 * megabyte })
    foreignStationRoutes(scope, deps)
    foreignProcedureRoutes(scope, deps)
    cliPullRoutes(scope, deps)
    oldRunRoutes(scope, deps)
    uploadRoutes(scope, deps)
    for (const prefix of ['/api/v2', '/api/cli']) await scope.register(missing, { prefix })
  }
}

async function missing(scope: FastifyInstance): Promise<void> {
  scope.setNotFoundHandler(async (request) => {
    throw nothingThere(request)
  })
}
