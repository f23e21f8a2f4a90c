// A server that commits each run by itself: one INSERT and the same tallies, one transaction a request. Its tables,
// indexes and durability are those of the service; its statements are prepared and sent without waiting for each other.
import { createHash } from 'node:crypto'
import Fastify from 'fastify'
import postgres from 'postgres'
import { z } from 'zod'
import { deploymentId, procedureId, stationId } from '../../../server/domain/ids.ts'
import { makeRunId } from '../../../server/run-id.ts'

/** Twice the service's own: with more the rows that all want are waited for longer. */
const sql = postgres(process.env.DATABASE_URL ?? '', { max: 20, onnotice: () => {} })

const said = z.object({
  procedure_id: procedureId,
  deployment_id: deploymentId,
  serial_number: z.string(),
  outcome: z.enum(['PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED']),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
})

const keys = new Map(
  (await sql<{ hash: string; id: string }[]>`select hash, station_id::text as id from station_keys`).map(
    ({ hash, id }) => [hash, stationId.parse(id)] as const,
  ),
)
/** Any: the tallies of a rollout are told apart by it alone. */
const rollout = '00000000-0000-4000-8000-00000000beef'

const app = Fastify()
app.get('/ready', async () => ({ ready: true }))
app.post('/runs', async (request, reply) => {
  const key = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const station = keys.get(createHash('sha256').update(key).digest('hex'))
  if (station === undefined) return reply.code(401).send()
  const run = said.parse(request.body)
  const unit = run.serial_number.toLowerCase()
  const startedAt = Date.parse(run.started_at)
  const id = makeRunId({ stationId: station, procedureId: run.procedure_id, unit, startedAt })
  const [pass, error] = [run.outcome === 'PASS' ? 1 : 0, run.outcome === 'ERROR' ? 1 : 0]
  const passMs = pass * (Date.parse(run.ended_at) - startedAt)
  const hour = new Date(startedAt - (startedAt % 3_600_000))
  await sql.begin((tx) => [
    tx`insert into runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome, started_at, ended_at, received_at)
       values (${run.procedure_id}, ${id}, ${station}, ${run.deployment_id}, 'body', ${run.serial_number}, ${unit}, ${run.outcome},
         ${run.started_at}, ${run.ended_at}, now())`,
    tx`insert into first_attempts (procedure_id, unit, run_id, station_id, deployment_id, started_at, passed)
       values (${run.procedure_id}, ${unit}, ${id}, ${station}, ${run.deployment_id}, ${run.started_at}, ${pass === 1})`,
    tx`insert into hourly_tallies as t (procedure_id, deployment_id, station_id, hour, units, passed, runs, errors, pass_runs, pass_ms)
       values (${run.procedure_id}, ${run.deployment_id}, ${station}, ${hour}, 1, ${pass}, 1, ${error}, ${pass}, ${passMs})
       on conflict (procedure_id, deployment_id, station_id, hour) do update set units = t.units + 1, passed = t.passed + excluded.passed,
         runs = t.runs + 1, errors = t.errors + excluded.errors, pass_runs = t.pass_runs + excluded.pass_runs,
         pass_ms = t.pass_ms + excluded.pass_ms`,
    tx`insert into arm_tallies as t (procedure_id, rollout_id, arm, station_id, units, passed, runs, errors, pass_runs, pass_ms)
       values (${run.procedure_id}, ${rollout}, 'base', ${station}, 1, ${pass}, 1, ${error}, ${pass}, ${passMs})
       on conflict (procedure_id, rollout_id, arm, station_id) do update set units = t.units + 1, passed = t.passed + excluded.passed,
         runs = t.runs + 1, errors = t.errors + excluded.errors, pass_runs = t.pass_runs + excluded.pass_runs,
         pass_ms = t.pass_ms + excluded.pass_ms`,
    tx`insert into metric_tallies as t (procedure_id, rollout_id, arm, station_id, metric, shift, n, bad, expected)
       values (${run.procedure_id}, ${rollout}, 'base', ${station}, 'first_pass_yield', 0, 1, ${1 - pass}, 0),
         (${run.procedure_id}, ${rollout}, 'base', ${station}, 'error_rate', 0, 1, ${error}, 0),
         (${run.procedure_id}, ${rollout}, 'base', ${station}, 'timeout_rate', 0, 1, 0, 0)
       on conflict (procedure_id, rollout_id, arm, station_id, metric, shift) do update set n = t.n + excluded.n,
         bad = t.bad + excluded.bad, expected = t.expected + excluded.expected`,
  ])
  return { id }
})
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
