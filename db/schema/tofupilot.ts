// Procedures whose runs and station deployments stay in TofuPilot: which is which there, what it was told and what it said.
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Actor } from '../../server/domain/actor.ts'
import type { DeploymentId, ProcedureId, StationId } from '../../server/domain/ids.ts'
import { instant } from './columns.ts'
import { deployments, procedures } from './procedures.ts'
import { stations } from './stations.ts'

/** A procedure that is in here is backed by TofuPilot, the others are not. */
export const tofupilotProcedures = pgTable(
  'tofupilot_procedures',
  {
    procedureId: uuid('procedure_id')
      .$type<ProcedureId>()
      .primaryKey()
      .references(() => procedures.id),
    foreignId: text('foreign_id').notNull(),
    linkedAt: instant('linked_at').notNull(),
    linkedBy: jsonb('linked_by').$type<Actor>().notNull(),
    /** Runs that TofuPilot had stored by then, by its own clock, have been read. */
    readThrough: instant('read_through'),
    /** All there was to read had been read then. */
    readAt: instant('read_at'),
    /** Until then what was read counts as the present. */
    heardUntil: instant('heard_until'),
    /** When it was last known of every station what TofuPilot gives it. */
    lookedAt: instant('looked_at'),
    failingSince: instant('failing_since'),
    error: text('error'),
    /** Runs that could not be taken over: of no station, or not as a run is. */
    passedOver: integer('passed_over').notNull().default(0),
  },
  (table) => [uniqueIndex('tofupilot_procedures_foreign').on(table.foreignId)],
)

export const tofupilotStations = pgTable(
  'tofupilot_stations',
  {
    stationId: uuid('station_id')
      .$type<StationId>()
      .primaryKey()
      .references(() => stations.id),
    foreignId: text('foreign_id').notNull(),
  },
  (table) => [uniqueIndex('tofupilot_stations_foreign').on(table.foreignId)],
)

export const tofupilotDeployments = pgTable(
  'tofupilot_deployments',
  {
    deploymentId: uuid('deployment_id')
      .$type<DeploymentId>()
      .primaryKey()
      .references(() => deployments.id),
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    foreignId: text('foreign_id').notNull(),
  },
  (table) => [
    uniqueIndex('tofupilot_deployments_foreign').on(table.foreignId),
    index('tofupilot_deployments_procedure').on(table.procedureId),
  ],
)

/** How far the present pin of a station has come: what is wanted is the pin itself. */
export const tofupilotPins = pgTable(
  'tofupilot_pins',
  {
    procedureId: uuid('procedure_id').$type<ProcedureId>().notNull(),
    stationId: uuid('station_id').$type<StationId>().notNull(),
    /** The last that TofuPilot has taken. */
    taken: uuid('taken').$type<DeploymentId>(),
    takenAt: instant('taken_at'),
    /** Nobody else sends this station's pin before that. */
    heldUntil: instant('held_until'),
    /** Until then a request that nobody answered may still arrive. */
    strayUntil: instant('stray_until'),
    /** Sent once more then. */
    againAt: instant('again_at'),
    /** What came to nothing last: the tries, the next of them and the error are of that. */
    tried: uuid('tried').$type<DeploymentId>(),
    tries: integer('tries').notNull().default(0),
    nextAt: instant('next_at'),
    error: text('error'),
    /** What TofuPilot gives the station, as it said when it was last asked. */
    foundSha: text('found_sha'),
    foundSince: instant('found_since'),
    foundAt: instant('found_at'),
  },
  (table) => [primaryKey({ columns: [table.procedureId, table.stationId] })],
)
