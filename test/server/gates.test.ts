// Gates of every kind through the real service: what stations send over HTTP, and the word it leads to.
import { expect, test } from 'vitest'
import { type Bench, type RunSaid, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000
const hour = 60 * minute

/** What one run of a normal line looks like: a bit slower or faster, a settling time, two measurements. */
function usual(index: number): Partial<RunSaid> {
  return {
    outcome: index % 20 === 7 ? 'FAIL' : 'PASS',
    seconds: 40 + (index % 9),
    more: {
      part_number: 'PCB-1',
      metrics: { settle_ms: 200 + 5 * (index % 11), retries: index % 25 === 0 ? 1 : 0 },
      phases: phases(index % 20 === 7 ? 'rail_3v3' : null),
    },
  }
}

function phases(failing: string | null, names = ['rail_3v3', 'tx_power']) {
  const measurements = names.map((name) => ({
    name,
    outcome: name === failing ? 'FAIL' : 'PASS',
    measured_value: 3.3,
  }))
  return [{ name: 'power', outcome: failing ? 'FAIL' : 'PASS', measurements }]
}

type Story = {
  line: TestLine
  rollout: Awaited<ReturnType<typeof testRollout>>
  canary: Bench
  others: Bench[]
}

/** Four stations with 60 runs each on base, and one of them now on the new build. */
async function story(gates: object[], body: object = {}): Promise<Story> {
  const line = await testLine(service, { stations: 4 })
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from(
        { length: 60 },
        (_, index): RunSaid => ({
          station,
          deployment: line.base,
          start: -20 * hour + index * 10 * minute,
          ...usual(index),
        }),
      ),
    ),
  )
  const rollout = await testRollout(service, line, { gates, ...body })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(2 * hour)
  return { line, rollout, canary, others: line.benches.filter((bench) => bench !== canary) }
}

/** 40 runs each in the last hour and a half: usual ones on base, on the canary as they are changed. */
async function work(
  { line, canary, others }: Story,
  change: (index: number) => Partial<RunSaid> = () => ({}),
) {
  const runs = (station: Bench, deployment: typeof line.base, changed: typeof change) =>
    Array.from({ length: 40 }, (_, index): RunSaid => {
      const normal = usual(index)
      const other = changed(index)
      return {
        station,
        deployment,
        start: -100 * minute + index * 2 * minute,
        ...normal,
        ...other,
        more: { ...normal.more, ...other.more },
      }
    })
  await line.runs([
    ...runs(canary, line.next, change),
    ...others.flatMap((station) => runs(station, line.base, () => ({}))),
  ])
}

async function gateAfter({ line, rollout }: Story, name: string) {
  await service.judge(line.procedure)
  const view = await rollout.get()
  const gate = view.verdict.gates.find((each: { name: string }) => each.name === name)
  return { ...gate, status: view.status, breaches: view.breaches }
}

const settling = {
  metric: 'custom',
  name: 'settling time',
  statistic: 'quantile',
  read: 'settle_ms',
  shift_relative: 0.1,
}

test('duration: a build that takes half as long again is found by its passed runs', async () => {
  const slow = await story([{ metric: 'duration' }])
  await work(slow, (index) => ({ seconds: 62 + (index % 9) }))
  expect(await gateAfter(slow, 'duration')).toMatchObject({
    verdict: 'severe',
    unit: 'PASS runs',
    status: 'paused',
  })
})

test('duration: failed runs that end early, and a few per cent, stop nothing', async () => {
  const quick = await story([{ metric: 'duration' }])
  await work(quick, (index) => ({ seconds: index % 20 === 7 ? 2 : 42 + (index % 9) }))
  expect(await gateAfter(quick, 'duration')).toMatchObject({
    verdict: 'pass',
    canary: { n: 38 },
    status: 'active',
  })
})

test('a number of one’s own is judged against its station’s usual one', async () => {
  const moved = await story([settling])
  await work(moved, (index) => ({ more: { metrics: { settle_ms: 300 + 5 * (index % 11) } } }))
  expect(await gateAfter(moved, 'settling time')).toMatchObject({
    verdict: 'breach',
    canary: { n: 40, bad: 40 },
  })
  const level = await story([settling])
  await work(level)
  expect(await gateAfter(level, 'settling time')).toMatchObject({
    verdict: 'pass',
    canary: { n: 40, bad: 6 },
  })
})

test('a number that no run reports is no data, and holds', async () => {
  const misspelt = await story([{ ...settling, read: 'settle_sec' }, { metric: 'error rate' }])
  await work(misspelt)
  expect(await gateAfter(misspelt, 'settling time')).toMatchObject({
    verdict: 'no data',
    headline: expect.stringMatching(/no run reports it/),
  })
})

test('behaviour: runs of which an expression does not hold are counted as bad', async () => {
  const retries = { metric: 'custom', name: 'no retries', statistic: 'behaviour', expression: 'retries == 0' }
  const retrying = await story([retries])
  await work(retrying, (index) => ({ more: { metrics: { retries: index % 2 } } }))
  expect(await gateAfter(retrying, 'no retries')).toMatchObject({
    verdict: 'severe',
    canary: { n: 40, bad: 20 },
  })
})

test('coverage: a build that measures less than before is found though everything passes', async () => {
  const lean = await story([{ metric: 'measurement coverage' }])
  await work(lean, () => ({ outcome: 'PASS', more: { phases: phases(null, ['rail_3v3']) } }))
  expect(await gateAfter(lean, 'measurement coverage')).toMatchObject({
    verdict: 'severe',
    canary: { n: 40, bad: 40 },
  })
})

test('rise: a yield that is far better than these stations ever had is stopped and looked into', async () => {
  const line = await testLine(service, { stations: 4 })
  const runs = (
    station: Bench,
    deployment: typeof line.base,
    start: number,
    failing: (index: number) => boolean,
  ) =>
    Array.from(
      { length: 120 },
      (_, index): RunSaid => ({
        station,
        deployment,
        start: start + index * minute,
        outcome: failing(index) ? 'FAIL' : 'PASS',
      }),
    )
  const third = (index: number) => index % 3 === 0
  await line.runs(line.benches.flatMap((station) => runs(station, line.base, -10 * hour, third)))
  const rollout = await testRollout(service, line, {
    stages: [{ target: { share: 0.5 } }, { target: { share: 1 } }],
  })
  await rollout.confirm()
  const canaries = await rollout.canaries()
  clock.pass(3 * hour)
  await line.runs(
    line.benches.flatMap((station) =>
      canaries.includes(station)
        ? runs(station, line.next, -2.5 * hour, () => false)
        : runs(station, line.base, -2.5 * hour, third),
    ),
  )
  const gate = await gateAfter({ line, rollout, canary: line.bench(0), others: [] }, 'first-pass yield rise')
  expect(gate).toMatchObject({ verdict: 'breach', status: 'paused' })
  expect(gate.breaches).toMatchObject([{ gate: 'first-pass yield rise' }])
})

test('an objective is judged without base: so much and no more', async () => {
  const objective = {
    metric: 'first-pass yield',
    name: 'yield objective',
    comparison: 'absolute',
    objective: 0.99,
    burn: 2,
  }
  const burning = await story([objective])
  await work(burning, (index) => ({ outcome: index % 4 === 0 ? 'FAIL' : 'PASS' }))
  expect(await gateAfter(burning, 'yield objective')).toMatchObject({
    verdict: 'severe',
    tolerated_rate: expect.closeTo(0.02, 9),
    base: { n: expect.any(Number) },
  })
})

test('a failure that base has never shown opens a breach and names it; observed, it stops nothing', async () => {
  const odd = await story([{ metric: 'new failure mode', mode: 'observe' }])
  await work(odd, (index) =>
    index % 13 === 1
      ? { outcome: 'FAIL', more: { failure_mode: 'rf / lock timeout', phases: phases(null) } }
      : {},
  )
  const gate = await gateAfter(odd, 'new failure mode')
  expect(gate).toMatchObject({
    verdict: 'breach',
    details: [expect.stringMatching(/^rf \/ lock timeout: 3 or more|^rf \/ lock timeout: \d/)],
    status: 'active',
  })
  expect(gate.breaches).toMatchObject([{ gate: 'new failure mode', mode: 'observe', closed: null }])
})

test('a known bad unit that passes is severe at once, and counts in no yield', async () => {
  const escaping = await story([{ metric: 'reference samples' }, { metric: 'first-pass yield' }])
  await work(escaping)
  await escaping.line.run({
    station: escaping.canary,
    deployment: escaping.line.next,
    unit: 'BAD-7',
    outcome: 'PASS',
    start: -5 * minute,
    more: { sample: 'failing' },
  })
  const gate = await gateAfter(escaping, 'reference samples')
  expect(gate).toMatchObject({
    verdict: 'severe',
    status: 'paused',
    details: [`known bad BAD-7: PASS on ${escaping.canary.name}`],
  })
  expect(await gateAfter(escaping, 'first-pass yield')).toMatchObject({ canary: { n: 40 } })
})

test('runs of a third build on a canary station are mixed builds', async () => {
  const mixed = await story([{ metric: 'mixed builds' }])
  const third = await mixed.line.build('v3')
  await work(mixed)
  await mixed.line.runs(
    Array.from(
      { length: 5 },
      (_, index): RunSaid => ({
        station: mixed.canary,
        deployment: third,
        start: -15 * minute + index * minute,
      }),
    ),
  )
  expect(await gateAfter(mixed, 'mixed builds')).toMatchObject({ verdict: 'breach', canary: { bad: 5 } })
})

test('telemetry that fails for five minutes is a breach, for one minute it is not', async () => {
  const watched = await story([
    { metric: 'telemetry', name: 'no drops', expression: 'drops == 0', comparison: 'absolute' },
  ])
  await work(watched)
  const beat = (station: Bench, drops: number) =>
    ask('POST', '/api/v1/stations/me/heartbeats', {
      token: station.key,
      body: { busy: false, telemetry: { drops } },
    })
  expect((await beat(watched.canary, 3)).status).toBe(204)
  expect(await gateAfter(watched, 'no drops')).toMatchObject({ verdict: 'wait', status: 'active' })
  clock.pass(minute)
  await beat(watched.canary, 4)
  expect(await gateAfter(watched, 'no drops')).toMatchObject({ verdict: 'wait' })
  clock.pass(5 * minute)
  await beat(watched.canary, 9)
  expect(await gateAfter(watched, 'no drops')).toMatchObject({
    verdict: 'breach',
    status: 'paused',
    details: [expect.stringContaining(watched.canary.name)],
  })
})

test('one bad station of three is suspected before the build, and named in the breach', async () => {
  const worn = await story([{ metric: 'first-pass yield' }], {
    stages: [{ target: { stations: 3 } }, { target: { share: 1 } }],
  })
  const { line, rollout } = worn
  const canaries = await rollout.canaries()
  const [bad] = canaries
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from(
        { length: 60 },
        (_, index): RunSaid => ({
          station,
          deployment: canaries.includes(station) ? line.next : line.base,
          start: -100 * minute + index * minute,
          outcome: station === bad ? (index % 5 === 0 ? 'PASS' : 'FAIL') : index % 20 === 7 ? 'FAIL' : 'PASS',
        }),
      ),
    ),
  )
  const gate = await gateAfter(worn, 'first-pass yield')
  expect(['breach', 'severe']).toContain(gate.verdict)
  expect(gate.suspect).toMatchObject({ station_id: bad?.id, is_suspected: true })
  expect(gate.breaches).toMatchObject([{ suspect: { station_id: bad?.id, is_suspected: true } }])
})

test('blind: canary stations that report a tenth of their share rest the rollout, and it goes on by itself', async () => {
  const hidden = await story([{ metric: 'first-pass yield' }])
  const { line, rollout, others, canary } = hidden
  const some = (stations: Bench[], deployment: typeof line.base, count: number) =>
    line.runs(
      stations.flatMap((station) =>
        Array.from(
          { length: count },
          (_, index): RunSaid => ({
            station,
            deployment,
            start: -100 * minute + (index * 90 * minute) / count,
            ...usual(index),
          }),
        ),
      ),
    )
  await some(others, line.base, 60)
  await some([canary], line.next, 3)
  expect(await gateAfter(hidden, 'first-pass yield')).toMatchObject({ verdict: 'blind', status: 'paused' })
  expect((await rollout.get()).pause).toMatchObject({ reason: 'blind', by: { kind: 'service' } })
  await some([canary], line.next, 58)
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('active')
})

test('a declared drop is tolerated, the same drop undeclared is not', async () => {
  const drop = (index: number): Partial<RunSaid> => ({ outcome: index % 5 === 0 ? 'FAIL' : 'PASS' })
  const verdictOf = async (body: object) => {
    const told = await story([{ metric: 'first-pass yield', alpha: 0.05 }], body)
    await work(told, drop)
    return gateAfter(told, 'first-pass yield')
  }
  const undeclared = await verdictOf({})
  const declared = await verdictOf({ expected_yield_change: -0.2 })
  expect(declared.log_evidence).toBeLessThan(undeclared.log_evidence - 1)
  expect(declared.tolerated_rate).toBeGreaterThan(undeclared.tolerated_rate + 0.15)
})

test('the watch after completion alarms, tells it once and takes nothing back', async () => {
  const line = await testLine(service, { stations: 2 })
  const all = (
    deployment: typeof line.base,
    start: number,
    count: number,
    failing: (index: number) => boolean,
  ) =>
    line.runs(
      line.benches.flatMap((station) =>
        Array.from(
          { length: count },
          (_, index): RunSaid => ({
            station,
            deployment,
            start: start + index * minute,
            outcome: failing(index) ? 'FAIL' : 'PASS',
          }),
        ),
      ),
    )
  await all(line.base, -10 * hour, 200, (index) => index % 20 === 7)
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }] })
  await rollout.confirm()
  await rollout.verb('advance', { override: true, reason: 'known good' })
  expect((await rollout.get()).status).toBe('completed')
  clock.pass(3 * hour)
  await all(line.next, -2 * hour, 100, (index) => index % 2 === 0)
  await service.judge(line.procedure)
  await service.judge(line.procedure)
  const view = await rollout.get()
  expect(view.status).toBe('completed')
  expect(view.alarms).toMatchObject([{ gate: 'first-pass yield', severity: 'severe' }])
  expect((await rollout.eventTypes()).filter((type) => type === 'WatchAlarmed')).toHaveLength(1)
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.next)
})
