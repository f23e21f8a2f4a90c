// What of the record is chained, and the canonical form of each row: named fields as jsonb, written as PostgreSQL does (keys
// by length and then by bytes, a space after each colon and comma). The triggers of the migration make their digests of the
// same; it is said once more here, because whoever verifies must not ask what is to be verified.
import { type SQL, sql } from 'drizzle-orm'

/** SQL over a row `r`. `chain`: whose chain it is in. `owner`, `item`: its name in it. `found`: it is what entry `a` is of. */
export type AuditSource = {
  table: string
  chain: string
  owner: string
  item: string
  found: string
  fields: string
}

/** What is of no procedure: stations, access, the organisation's policy. */
export const organisationChain = '00000000-0000-0000-0000-000000000000'

const organisation = `'${organisationChain}'::uuid`
const at = `'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`

export const auditSources: AuditSource[] = [
  {
    table: 'events',
    chain: 'r.procedure_id',
    owner: 'r.rollout_id::text',
    item: 'r.sequence::bigint',
    found: 'r.procedure_id = a.procedure_id and r.rollout_id = a.owner::uuid and r.sequence = a.item',
    fields: `'rollout', r.rollout_id, 'sequence', r.sequence, 'type', r.type, 'body', r.body, ${at}`,
  },
  {
    table: 'verdicts',
    chain: 'r.procedure_id',
    owner: 'r.rollout_id::text',
    item: 'r.id',
    found: 'r.procedure_id = a.procedure_id and r.rollout_id = a.owner::uuid and r.id = a.item',
    fields: `'rollout', r.rollout_id, 'id', r.id, 'verdict', r.verdict, ${at}`,
  },
  {
    table: 'verdict_inputs',
    chain: 'r.procedure_id',
    owner: 'r.rollout_id::text',
    item: 'r.verdict_id',
    found: 'r.procedure_id = a.procedure_id and r.rollout_id = a.owner::uuid and r.verdict_id = a.item',
    fields: `'rollout', r.rollout_id, 'verdict', r.verdict_id, 'fixed', r.fixed_digest, 'digest', r.digest`,
  },
  {
    table: 'procedure_events',
    chain: 'r.procedure_id',
    owner: "''",
    item: 'r.id',
    found: 'r.procedure_id = a.procedure_id and r.id = a.item',
    fields: `'procedure', r.procedure_id, 'id', r.id, 'type', r.type, 'body', r.body, ${at}`,
  },
  {
    table: 'containment_sign_offs',
    chain: 'r.procedure_id',
    owner: 'r.rollout_id::text',
    item: 'r.id',
    found: 'r.procedure_id = a.procedure_id and r.rollout_id = a.owner::uuid and r.id = a.item',
    fields: `'rollout', r.rollout_id, 'id', r.id, 'by', r.by, 'note', r.note, 'units', r.units, 'passed', r.passed, 'failed', r.failed, 'open', r.open, 'digest', r.digest, ${at}`,
  },
  {
    table: 'policies',
    chain: `case r.scope when 'organisation' then ${organisation} else r.scope::uuid end`,
    owner: 'r.scope',
    item: 'r.version::bigint',
    found: 'r.scope = a.owner and r.version = a.item',
    fields: `'scope', r.scope, 'version', r.version, 'body', r.body, 'by', r.by, 'why', r.why, ${at}`,
  },
  {
    table: 'station_events',
    chain: organisation,
    owner: 'r.station_id::text',
    item: 'r.id',
    found: 'r.station_id = a.owner::uuid and r.id = a.item',
    fields: `'station', r.station_id, 'id', r.id, 'type', r.type, 'body', r.body, 'by', r.by, 'why', r.why, ${at}`,
  },
  {
    table: 'access_events',
    chain: organisation,
    owner: "''",
    item: 'r.id',
    found: 'r.id = a.item',
    fields: `'id', r.id, 'type', r.type, 'body', r.body, 'by', r.by, 'why', r.why, ${at}`,
  },
]

/** The canonical form of the row that entry `a` is of; null where it is gone. Each is found by its primary key. */
export function contentOfEntry(): SQL {
  const cases = auditSources.map(
    ({ table, fields, found }) =>
      `when '${table}' then (select jsonb_build_object('table', '${table}', ${fields})::text from ${table} r where ${found})`,
  )
  return sql.raw(`case a.source ${cases.join(' ')} end`)
}
