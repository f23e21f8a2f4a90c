// Behaviour and telemetry gates, and metrics of a model, through the whole service: from what a station sends to the pause.
import { expect, test } from 'vitest'
import { type Bench, type RunSaid, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000
const hour = 60 * minute

const modelGates = [
  {
    metric: 'custom',
    name: 'latency',
    statistic: 'quantile',
    quantile: 0.95,
    read: 'latency.p95',
    shift_relative: 0.1,
  },
  { metric: 'custom', name: 'hallucinations', statistic: 'rate', read: 'answers / hallucinated' },
  { metric: 'custom', name: 'drift', statistic: 'mean', read: 'drift score', shift_by: 0.1 },
]

/** One evaluation of a model, as a run: a nested metric, a measurement that two phases have, a number of the metadata. */
function evaluation(index: number, worse = { latency: 0, hallucinated: false, drift: 0 }): Partial<RunSaid> {
  const noise = Object.fromEntries(Array.from({ length: 300 }, (_, place) => [`noise ${place}`, place]))
  return {
    outcome: 'PASS',
    more: {
      metrics: { ...noise, latency: { p95: 300 + (index % 20) + worse.latency } },
      phases: ['questions', 'answers'].map((name) => ({
        name,
        outcome: 'PASS',
        measurements: [
          {
            name: 'hallucinated',
            outcome: 'PASS',
            measured_value: name === 'answers' && (worse.hallucinated || index % 30 === 0),
          },
        ],
      })),
      metadata: { 'drift score': 0.1 + (index % 10) / 100 + worse.drift },
    },
  }
}

async function lineWithPast(said: (index: number) => Partial<RunSaid>) {
  const line = await testLine(service, { stations: 4 })
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from(
        { length: 60 },
        (_, index): RunSaid => ({
          station,
          deployment: line.base,
          start: -20 * hour + index * 10 * minute,
          ...said(index),
        }),
      ),
    ),
  )
  return line
}

test('latency, hallucination rate and drift of a model are gated, whatever else its runs report', async () => {
  const line = await lineWithPast(evaluationsOf)
  // The policy's gates are read by runs too, before any rollout has a plan.
  const rollout = await testRollout(service, line, { gates: modelGates })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  clock.pass(2 * hour)
  const worse = { latency: 120, hallucinated: true, drift: 0.5 }
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from({ length: 40 }, (_, index): RunSaid => {
        const isCanary = station === canary
        return {
          station,
          deployment: isCanary ? line.next : line.base,
          start: -100 * minute + index * 2 * minute,
          ...evaluation(index, isCanary ? worse : undefined),
        }
      }),
    ),
  )
  await service.judge(line.procedure)
  const { verdict, status } = await rollout.get()
  expect(status).toBe('paused')
  for (const name of ['latency', 'hallucinations', 'drift']) {
    const gate = verdict.gates.find((each: { name: string }) => each.name === name)
    expect(gate).toMatchObject({ canary: { n: 40, bad: 40 } })
    expect(['breach', 'severe']).toContain(gate.verdict)
  }

  function evaluationsOf(index: number) {
    // 302 numbers a run: those of the past are kept by name only while they are among the first 200.
    const { more, ...rest } = evaluation(index)
    const metrics = { latency: { p95: 300 + (index % 20) } }
    return { ...rest, more: { ...more, metrics } }
  }
})

test('a gap that is too long pauses the rollout, told of as it was written', async () => {
  const line = await lineWithPast(() => ({}))
  const expression = 'gap < 10s && drops == 0 && acceptance_suite_passed'
  const gates = [{ metric: 'telemetry', name: 'link', expression, for_minutes: 1, comparison: 'absolute' }]
  const rollout = await testRollout(service, line, { gates })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  const beat = (station: Bench, gap_ms: number) =>
    ask('POST', '/api/v1/stations/me/heartbeats', {
      token: station.key,
      body: {
        busy: false,
        telemetry: { gap_ms, drops: 0, connected: true },
        checks: { acceptance_suite_passed: true },
      },
    })
  const link = async () => {
    await service.judge(line.procedure)
    const { verdict, status } = await rollout.get()
    return { ...verdict.gates.find((each: { name: string }) => each.name === 'link'), status }
  }
  await beat(canary, 9_999)
  expect(await link()).toMatchObject({ verdict: 'pass', status: 'active' })
  await beat(canary, 10_000)
  expect(await link()).toMatchObject({ verdict: 'wait', status: 'active' })
  clock.pass(2 * minute)
  await beat(canary, 12_000)
  expect(await link()).toMatchObject({
    verdict: 'breach',
    status: 'paused',
    headline: `link: 1 of 1 canary stations fail ${expression}`,
  })
})

test('a wrong expression is refused with its column', async () => {
  const line = await testLine(service, { stations: 2 })
  const start = (expression: string) =>
    line.start({
      stages: [{ target: { share: 1 } }],
      gates: [{ metric: 'telemetry', name: 'link', expression }],
    })
  const refused = await start('gap < 10s && drops = 0')
  expect(refused.status).toBe(422)
  expect(refused.body.message).toContain('cannot be read from column 20 on, "= 0": to compare, write ==')
  expect((await start('gap < 10m')).body.message).toContain('(at column 7): for minutes, write min')
})
