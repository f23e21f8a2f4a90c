// What a message of a webhook tells: the row that it was queued for, with the names of what it is about.
import { sql } from 'drizzle-orm'
import { type Db, rows } from './client.ts'
import type { WebhookMessage } from './webhook-messages.ts'

/** Under the names that the row has inside. Null: the row is gone. */
export async function factsOf(db: Db, message: WebhookMessage): Promise<Record<string, unknown> | null> {
  const { procedureId, owner, item } = message
  const procedure = sql`(select jsonb_build_object('id', p.id, 'name', p.name) from procedures p where p.id = ${procedureId}::uuid)`
  const rollout = sql`(select jsonb_build_object('id', o.id, 'deploymentId', o.deployment_id, 'version', d.version)
    from rollouts o join deployments d on d.id = o.deployment_id where o.id = r.rollout_id and o.procedure_id = r.procedure_id)`
  const ofStation = (id: ReturnType<typeof sql>) =>
    sql`(select jsonb_build_object('id', s.id, 'name', s.name, 'site', s.site, 'line', s.line) from stations s where s.id = ${id})`
  const statements: Record<string, ReturnType<typeof sql>> = {
    events: sql`select jsonb_build_object('procedure', ${procedure}, 'rollout', ${rollout}, 'sequence', r.sequence,
        'event', r.body) as facts
      from events r where r.procedure_id = ${procedureId}::uuid and r.rollout_id = ${owner}::uuid and r.sequence = ${item}`,
    procedure_events: sql`select jsonb_build_object('procedure', ${procedure}, 'event', r.body || jsonb_build_object('id', r.id,
        'type', r.type)) as facts
      from procedure_events r where r.procedure_id = ${procedureId}::uuid and r.id = ${item}`,
    containment_sign_offs: sql`select jsonb_build_object('procedure', ${procedure}, 'rollout', ${rollout},
        'signOff', jsonb_build_object('id', r.id, 'by', r.by, 'note', r.note, 'units', r.units, 'passed', r.passed,
          'failed', r.failed, 'open', r.open, 'digest', r.digest)) as facts
      from containment_sign_offs r where r.procedure_id = ${procedureId}::uuid and r.rollout_id = ${owner}::uuid and r.id = ${item}`,
    policies: sql`select jsonb_build_object('procedure', ${procedure}, 'policy', jsonb_build_object('scope', r.scope,
        'version', r.version, 'body', r.body, 'by', r.by, 'why', r.why)) as facts
      from policies r where r.scope = ${owner} and r.version = ${item}`,
    station_events: sql`select jsonb_build_object('station', ${ofStation(sql`r.station_id`)}, 'event', r.body || jsonb_build_object(
        'id', r.id, 'type', r.type, 'by', r.by, 'why', r.why)) as facts
      from station_events r where r.station_id = ${owner}::uuid and r.id = ${item}`,
    access_events: sql`select jsonb_build_object('event', r.body || jsonb_build_object('id', r.id, 'type', r.type, 'by', r.by,
        'why', r.why)) as facts
      from access_events r where r.id = ${item}`,
    // As it was opened: how it closed is told by a message of its own.
    station_alarms: sql`select jsonb_build_object('procedure', ${procedure}, 'station', ${ofStation(sql`r.station_id`)},
        'alarm', jsonb_build_object('id', r.id, 'kind', r.kind, 'since', r.since, 'detail', r.detail,
          'deploymentId', r.deployment_id, 'rolloutId', r.rollout_id, 'openedAt', r.opened_at)
          || case when ${message.type} = 'alarm.closed' then jsonb_build_object('closedAt', r.closed_at,
            'closedHow', r.closed_how, 'acknowledged', r.acknowledged) else '{}'::jsonb end) as facts
      from station_alarms r where r.procedure_id = ${procedureId}::uuid and r.id = ${item}`,
    test: sql`select jsonb_build_object('message', 'Firstpass reaches this endpoint.') as facts`,
  }
  const statement = statements[message.source]
  if (statement === undefined) return null
  const [found] = await rows<{ facts: Record<string, unknown> }>(db, statement)
  return found?.facts ?? null
}
