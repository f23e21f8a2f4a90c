// Columns that many tables have alike.
import { bigint, customType, integer, timestamp } from 'drizzle-orm/pg-core'

export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 6, mode: 'date' })

export const counts = () => ({
  units: integer('units').notNull().default(0),
  passed: integer('passed').notNull().default(0),
  runs: integer('runs').notNull().default(0),
  errors: integer('errors').notNull().default(0),
  timeouts: integer('timeouts').notNull().default(0),
  passRuns: integer('pass_runs').notNull().default(0),
  passMs: bigint('pass_ms', { mode: 'number' }).notNull().default(0),
})
