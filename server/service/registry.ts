// What the pages of the registry read: rollouts at a glance, the fleet, procedures, stations and builds.
import type { BuildDetailService } from './build-details.ts'
import type { FleetService } from './fleet.ts'
import type { OverviewService } from './overview.ts'
import type { ProcedureRecordService } from './procedure-records.ts'
import type { StationRecordService } from './station-records.ts'

export type RegistryService = OverviewService &
  FleetService &
  ProcedureRecordService &
  StationRecordService &
  BuildDetailService
