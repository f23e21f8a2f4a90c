// Many rows as the parameters of one statement: an array for each column.
import { type SQL, sql } from 'drizzle-orm'

export type ColumnType =
  | 'uuid'
  | 'text'
  | 'timestamptz'
  | 'boolean'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'float8'
  | 'jsonb'

/**
 * A table for FROM, called `name`, with the columns that are named and their values of each row, in the order of the
 * rows. `timestamptz` wants ISO text, `jsonb` any value. PostgreSQL reads arrays some six times faster than
 * `jsonb_to_recordset` reads the same rows (384 tallies of metrics: 0.7 against 4.2 ms), and less is sent.
 */
export function recordset<Row extends object>(
  name: string,
  rows: readonly Row[],
  columns: { [Column in keyof Row & string]?: ColumnType },
): SQL {
  const typed = Object.entries(columns) as [keyof Row & string, ColumnType][]
  const arrays = typed.map(
    ([column, type]) =>
      sql`${arrayText(
        rows.map((row) => row[column]),
        type,
      )}::text::${sql.raw(type)}[]`,
  )
  const names = typed.map(([column]) => sql.identifier(column))
  return sql`unnest(${sql.join(arrays, comma)}) as ${sql.identifier(name)} (${sql.join(names, comma)})`
}

const comma = sql`, `

/** As PostgreSQL writes an array. */
export function arrayText(values: readonly unknown[], type: ColumnType): string {
  const written = type === 'text' ? quoted : type === 'jsonb' ? quotedJson : String
  return `{${values.map((value) => (value === null || value === undefined ? 'NULL' : written(value))).join(',')}}`
}

/** Of the other types no value holds a character that means something in an array. */
function quoted(value: unknown): string {
  return `"${String(value).replace(special, '\\$&')}"`
}

function quotedJson(value: unknown): string {
  return quoted(JSON.stringify(value))
}

const special = /["\\]/g
