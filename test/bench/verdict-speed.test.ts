import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const bench = (...flags: string[]) =>
  spawnSync(process.execPath, ['bench/verdict-speed.ts', ...flags], { encoding: 'utf8' })

const figure = z.number().gt(0)
const report = z.object({
  verdict_20_ms: figure,
  verdict_2000_ms: figure,
  verdict_2000_without_past_ms: figure,
  suspected_2000_ms: figure,
  reference_ms: figure,
  quick: z.literal(true),
  rows: z.array(
    z.object({
      work: z.enum(['verdict', 'suspected station']),
      stations: figure,
      canary: figure,
      base: z.number().min(0),
      past: z.enum(['own', 'none']),
      ms: figure,
      ratio: figure,
    }),
  ),
})

describe('the measurement of a verdict', () => {
  test('prints one object of finite times and ratios, for 20 and for 2,000 stations', () => {
    const { stdout, status } = bench('--quick', '--json')
    const { rows, ...summary } = report.parse(JSON.parse(stdout))
    expect(status).toBe(0)
    expect(rows.map(({ canary, base, past }) => `${canary} + ${base} ${past}`)).toEqual(
      ['5 + 15 own', '100 + 100 own', '1000 + 1000 own', '2000 + 0 own', '2000 + 0 none'].flatMap((arms) => [
        arms,
        arms,
      ]),
    )
    const verdicts = rows.filter(({ work }) => work === 'verdict')
    expect(summary.verdict_20_ms).toBe(verdicts[0]?.ms)
    expect(summary.verdict_2000_ms).toBe(Math.max(verdicts[2]?.ms ?? 0, verdicts[3]?.ms ?? 0))
    expect(summary.verdict_2000_without_past_ms).toBe(verdicts[4]?.ms)
    for (const { ms, ratio } of rows) expect(ratio).toBeCloseTo(ms / summary.reference_ms, 9)
  })

  test('refuses a flag that it does not know', () => {
    const { stderr, status } = bench('--slow')
    expect(stderr).toContain('--slow')
    expect(stderr).toContain('npm run bench -- [flags]')
    expect(status).toBe(2)
  })
})
