// Figures for Prometheus: what they count, what they say without a database, and that rules, dashboard and docs name no other.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../demo/factory/free-port.ts'
import { serviceMetrics } from '../../server/telemetry/metrics.ts'
import { isHere } from '../support/is-here.ts'
import { scratchFolder } from '../support/scratch-folder.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service

/** What stands at a figure now, by its labels as they are written. Others may ask just before: the database is asked anew. */
async function figures(token: string | null): Promise<(name: string) => number | undefined> {
  const { body } = await ask('GET', '/metrics', { token })
  const lines = new Map(
    String(body)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
  return (name) => lines.get(name)
}

test('what people decide, stations ask and report, and gates say is counted; the gauges say how live rollouts stand', async () => {
  const name = 'Board of the "figures"'
  const line = await testLine(service, { name, stations: 4 })
  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  if (!canary) return expect.fail('no canary')
  const unit = 'SN-COUNTED'
  const body = line.runBody({ unit, deployment: line.next, start: -60_000 })
  for (const _ of [1, 2]) await ask('POST', '/api/v1/runs', { token: canary.key, body })
  await ask('POST', '/api/v1/runs', { token: canary.key, body: { ...body, procedure_id: rollout.id } })
  await line.assignments(canary)
  await ask('GET', '/api/v1/stations/me/assignments', { token: 'fps_nobody' })
  await rollout.verb('advance')
  await rollout.confirm()
  await rollout.verb('abort', { reason: 'enough' })
  await rollout.verb('abort', { reason: 'enough' })
  clock.pass(3 * 3_600_000)

  const at = await figures(adminToken)
  expect({
    started: at('firstpass_decisions_total{command="start",outcome="done"}'),
    tooEarly: at('firstpass_decisions_total{command="advance",outcome="not ready"}'),
    aborted: at('firstpass_decisions_total{command="abort",outcome="done"}'),
    stored: at('firstpass_runs_total{outcome="stored"}'),
    repeated: at('firstpass_runs_total{outcome="repeated"}'),
    refused: at('firstpass_runs_total{outcome="refused"}'),
    polled: at('firstpass_polls_total{status="200"}'),
    nobody: at('firstpass_polls_total{status="401"}'),
    judged: at('firstpass_work_seconds_count{work="judging"}'),
    up: at('firstpass_database_up'),
    aborting: at('firstpass_rollouts{status="aborting"}'),
    overdue: at('firstpass_overdue_aborts'),
    waiting: at('firstpass_runs_waiting'),
  }).toEqual({
    started: 1,
    tooEarly: 1,
    aborted: 1,
    stored: 1,
    repeated: 1,
    refused: 1,
    polled: 1,
    nobody: 1,
    judged: 1,
    up: 1,
    aborting: 1,
    overdue: 1,
    waiting: 0,
  })
  expect(at('firstpass_rollout_stations{procedure="Board of the \\"figures\\"",state="reverting"}')).toBe(1)
})

test('names of procedures are for who may read: an open scrape adds them up, and a token that opens nothing is refused', async () => {
  const open = await figures(null)
  expect(open('firstpass_rollout_stations{procedure="",state="reverting"}')).toBe(1)
  expect((await ask('GET', '/metrics', { token: null })).body).not.toContain('Board of the')
  expect((await ask('GET', '/metrics', { token: 'fpt_nobody' })).status).toBe(401)
  const reading = { name: 'prometheus', scopes: ['read'] }
  const { token } = (await ask('POST', '/api/v1/tokens', { body: reading })).body
  expect((await ask('GET', '/metrics', { token })).body).toContain('Board of the')
  const other = await testLine(service, { stations: 0 })
  const limited = { name: 'limited', scopes: ['read'], procedures: [other.procedure] }
  const { token: little } = (await ask('POST', '/api/v1/tokens', { body: limited })).body
  expect((await ask('GET', '/metrics', { token: little })).body).not.toContain('Board of the')
})

test('no label is a station or a unit', async () => {
  const { body } = await ask('GET', '/metrics')
  const own = String(body)
    .split('\n')
    .filter((line) => line.startsWith('firstpass_'))
  const labels = new Set(own.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label)))
  expect([...labels].sort()).toEqual(
    expect.arrayContaining(['command', 'kind', 'outcome', 'pool', 'procedure', 'state', 'status', 'work']),
  )
  for (const label of labels)
    expect([
      'command',
      'kind',
      'le',
      'metric',
      'outcome',
      'pool',
      'procedure',
      'state',
      'status',
      'verdict',
      'work',
    ]).toContain(label)
})

test('many scrapes at once ask the database once', async () => {
  let asked = 0
  const db = new Proxy(database.db, {
    get(target, name) {
      if (name === 'transaction') asked += 1
      const found = Reflect.get(target, name, target)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
  const metrics = serviceMetrics({ database: { db, load: database.load }, now: clock.now })
  await Promise.all(Array.from({ length: 50 }, () => metrics.scrape(false)))
  expect(asked).toBe(1)
})

test('while the database is away a scrape says so, tells what the process knows, and nothing from before', async () => {
  const away = new Proxy(database.db, {
    get: (target, name) =>
      name === 'transaction' ? () => Promise.reject(new Error('ECONNREFUSED')) : Reflect.get(target, name),
  })
  const metrics = serviceMetrics({ database: { db: away, load: database.load }, now: clock.now })
  metrics.observer.runs('stored', 3)
  const text = await metrics.scrape(false)
  expect(text).toContain('firstpass_database_up 0')
  expect(text).toContain('firstpass_runs_total{outcome="stored"} 3')
  expect(text).not.toMatch(/^firstpass_(rollouts|rollout_stations|deliveries_waiting)\{/m)
})

test('rules, dashboard and docs name figures that there are, and the docs name all of ours', async () => {
  const text = String((await ask('GET', '/metrics')).body)
  const there = new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    ),
  )
  const named = (path: string) => [
    ...new Set(readFileSync(path, 'utf8').match(/\b(firstpass|nodejs|process)_[a-z0-9_]+\b/g)),
  ]
  const files = ['ops/alerts.yaml', 'ops/grafana-dashboard.json', 'docs/operation.md']
  for (const path of files) {
    expect([path, named(path).length > 5]).toEqual([path, true])
    expect([path, named(path).filter((name) => !there.has(name))]).toEqual([path, []])
  }
  const own = [...there].filter((name) => name.startsWith('firstpass_') && !/_(bucket|count|sum)$/.test(name))
  expect(own.filter((name) => !named('docs/operation.md').includes(name))).toEqual([])
  const alerts = [...readFileSync('ops/alerts.yaml', 'utf8').matchAll(/alert: (\w+)/g)].map(
    ([, name]) => name,
  )
  expect(alerts.length).toBeGreaterThan(10)
  expect(alerts.filter((name) => !readFileSync('docs/operation.md', 'utf8').includes(`\`${name}\``))).toEqual(
    [],
  )
})

/** What Prometheus answers, of its rules and of a query. */
type Told = {
  status: string
  data: { groups: { rules: { name: string; health: string }[] }[]; result: { value: [number, string] }[] }
}

test.skipIf(!isHere('prometheus', '--version'))(
  'a real Prometheus scrapes them, takes the rules, and answers each question of the dashboard (not where there is none)',
  { timeout: 90_000 },
  async () => {
    const target = new URL(await service.app.listen({ host: '127.0.0.1', port: 0 })).host
    const folder = scratchFolder('firstpass-prometheus-')
    const config = {
      global: { scrape_interval: '250ms', scrape_timeout: '250ms', evaluation_interval: '250ms' },
      rule_files: [resolve('ops/alerts.yaml')],
      scrape_configs: [
        {
          job_name: 'firstpass',
          authorization: { credentials: adminToken },
          static_configs: [{ targets: [target] }],
        },
      ],
    }
    // JSON is YAML too.
    writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(config))
    const port = await freePort()
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${folder}/prometheus.json`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    )
    try {
      const asked = async (path: string): Promise<Told> =>
        (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()
      const rules = async () => (await asked('rules')).data.groups.flatMap((group) => group.rules)
      await expect
        .poll(rules, { timeout: 20_000, interval: 250 })
        .toSatisfy(
          (all: { health: string }[]) => all.length > 10 && all.every(({ health }) => health === 'ok'),
        )
      const query = async (text: string) => asked(`query?query=${encodeURIComponent(text)}`)
      await expect
        .poll(async () => (await query('up{job="firstpass"}')).data.result[0]?.value[1], { timeout: 20_000 })
        .toBe('1')
      const dashboard = readFileSync('ops/grafana-dashboard.json', 'utf8')
      const questions = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)+)"/g)].map(([, text]) =>
        String(JSON.parse(`"${text}"`)).replaceAll('$procedure', '.*'),
      )
      expect(questions.length).toBeGreaterThan(20)
      for (const question of questions)
        expect([question, (await query(question)).status]).toEqual([question, 'success'])
      const now = await query('max(firstpass_database_up)')
      expect(now.data.result[0]?.value[1]).toBe('1')
    } finally {
      prometheus.kill()
      await once(prometheus, 'exit')
      rmSync(folder, { recursive: true })
    }
  },
)
