// One station, for every door.
import type { DailyYields } from '../domain/daily-counts.ts'
import type { ProcedureId, StationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import type { StationRecord } from '../domain/station-record.ts'

export type YieldsOfStation = { procedure: { id: ProcedureId; name: string }; yields: DailyYields }

export type StationRecordService = {
  /** `before`: its runs that started earlier. Null when there is no such station. */
  stationRecord(id: StationId, before: Instant | null): Promise<StationRecord | null>
  /** The last eight weeks by day, for each procedure it is linked to. Null when there is no such station. */
  stationYields(id: StationId): Promise<YieldsOfStation[] | null>
}
