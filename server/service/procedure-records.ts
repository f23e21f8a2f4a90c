// One procedure, for every door.
import type { DailyYields } from '../domain/daily-counts.ts'
import type { ProcedureId } from '../domain/ids.ts'
import type { ProcedureRecord } from '../domain/procedure-record.ts'

export type ProcedureRecordService = {
  /** Null when there is no such procedure. */
  procedureRecord(id: ProcedureId): Promise<ProcedureRecord | null>
  /** The last eight weeks by day and build; of a large fleet fewer. Null when there is no such procedure. */
  procedureYields(id: ProcedureId): Promise<DailyYields | null>
}
