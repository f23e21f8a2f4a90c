import { expect, test } from 'vitest'
import { gates } from '../../../server/domain/gates/gate.ts'
import { metricsRead } from '../../../server/domain/gates/metrics-read.ts'

test('the metrics that gates read are those that are named, whatever the way', () => {
  const own = { metric: 'custom', direction: 'increase' }
  const plan = gates.parse([
    { metric: 'first-pass yield' },
    { ...own, name: 'latency', statistic: 'quantile', quantile: 0.95, read: 'latency.p95 / cold start' },
    { metric: 'custom', name: 'hallucinations', statistic: 'rate', read: 'hallucinated' },
    {
      metric: 'custom',
      name: 'behaves',
      statistic: 'behaviour',
      expression:
        'settle < 2s && metrics["drift score"] < 0.3 && (!has(metrics.retries) || metrics.retries == 0)',
    },
  ])
  const read = metricsRead(plan)
  for (const name of [
    'latency.p95 / cold start',
    'hallucinated',
    'settle',
    'settle_ms',
    'drift score',
    'retries',
  ])
    expect(read).toContain(name)
  expect(read).not.toContain('first-pass yield')
})

test('the metric of a gate may have a long name', () => {
  const read = 'x'.repeat(100)
  expect(gates.parse([{ metric: 'custom', name: 'long', statistic: 'mean', read }])).toMatchObject([{ read }])
})
