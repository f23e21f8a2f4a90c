import { expect, test } from 'vitest'
import type { HistoryRun } from '../../../server/domain/backtest/history.ts'
import { pastAt } from '../../../server/domain/backtest/past-at.ts'
import { defaultGates, gates } from '../../../server/domain/gates/gate.ts'
import { day, minute } from '../../../server/domain/instant.ts'
import { base, station } from '../../support/plan-builder.ts'
import { from } from './synthetic-history.ts'

const at = from + 20 * day

function run(minutesBefore: number, what: Partial<HistoryRun> = {}): HistoryRun {
  const startedAt = at - minutesBefore * minute
  return {
    stationId: station(1),
    deploymentId: base,
    outcome: 'PASS',
    startedAt,
    endedAt: startedAt + 40_000,
    product: null,
    shift: 0,
    measurementCount: null,
    metrics: {},
    isFirstAttempt: true,
    ...what,
  }
}

function past(runs: HistoryRun[], asked: Parameters<typeof gates.parse>[0] = defaultGates) {
  const ordered = runs.toSorted((a, b) => a.startedAt - b.startedAt)
  const frozen = pastAt(
    { at, stations: [{ id: station(1), site: 'Lyon', line: 'L1', runs: ordered }] },
    gates.parse(asked),
  )
  return Object.fromEntries(frozen.pasts.map(({ metric, n, bad, usual }) => [metric, { n, bad, usual }]))
}

test('the past is what started in the 14 days before, without the moment of the start', () => {
  const inside = [run(1), run(14 * 24 * 60, { outcome: 'FAIL' })]
  const outside = [run(0), run(14 * 24 * 60 + 1), run(-1)]
  expect(past([...inside, ...outside])['first-pass yield']).toEqual({ n: 2, bad: 1, usual: null })
})

test('retests count as runs, not for yield', () => {
  const counts = past([
    run(3, { outcome: 'ERROR' }),
    run(2, { outcome: 'ERROR', isFirstAttempt: false }),
    run(1, { isFirstAttempt: false }),
  ])
  expect(counts['first-pass yield']).toMatchObject({ n: 1, bad: 1 })
  expect(counts['error rate']).toMatchObject({ n: 3, bad: 2 })
})

test('at most the last 2,000 first attempts and the last 2,000 runs count, and 500 for a gate of one’s own', () => {
  const early = Array.from({ length: 1500 }, (_, index) => run(5001 + index, { outcome: 'ERROR' }))
  const late = Array.from({ length: 3000 }, (_, index) => run(1 + index, { isFirstAttempt: index % 2 === 0 }))
  const own = { metric: 'custom', name: 'retries', statistic: 'rate', read: 'retries' } as const
  const counts = past(
    [...early, ...late].map((each) => ({ ...each, metrics: { retries: 1 } })),
    [...defaultGates, own],
  )
  expect(counts['first-pass yield']).toMatchObject({ n: 2000, bad: 500 })
  expect(counts['error rate']).toMatchObject({ n: 2000, bad: 0 })
  expect(counts.retries).toMatchObject({ n: 500, bad: 500 })
})

test('the usual duration is the median of the station’s own passes, and needs five of them', () => {
  const seconds = [30, 40, 50, 60, 70].map((each, index) =>
    run(index + 1, { endedAt: at - (index + 1) * minute + each * 1000 }),
  )
  const failed = run(10, { outcome: 'FAIL' })
  expect(past([...seconds, failed]).duration).toEqual({ n: 5, bad: 2, usual: 50_000 })
  expect(past([...seconds.slice(1), failed]).duration).toEqual({ n: 0, bad: 0, usual: null })
})
