// Duration and measurement coverage: a run is bad beyond what is usual on its own station.
import { describe, expect, test } from 'vitest'
import { judgedBy, line, type Pair, together } from '../../support/gate-question.ts'

const gate = { metric: 'duration', alpha: 0.01 } as const
const coverage = { metric: 'measurement coverage', alpha: 0.01 } as const
/** Half of the runs of base are over the median of their station. */
const half = { past: [1000, 500], base: [100, 50] } as const
const slow = (counted: Pair, asked: object = {}) =>
  judgedBy({ ...gate, ...asked }, line([counted], { key: 'duration', ...half }))

describe('duration', () => {
  test('passes while no more runs are over the limit of canary than over the median of base', () => {
    expect(slow([100, 2])).toMatchObject({ verdict: 'pass', unit: 'PASS runs' })
    expect(slow([100, 50]).verdict).toBe('pass')
    expect(slow([100, 2]).toleratedRate).toBe(slow([100, 2]).expectedRate)
  })

  test('waits, and does not pass, where it leans to a longer time without a proof', () => {
    expect(slow([100, 60]).verdict).toBe('wait')
    expect(slow([100, 70]).verdict).toBe('wait')
  })

  test('is breached by a build that takes longer', () => {
    expect(slow([100, 80]).verdict).toBe('breach')
    expect(slow([20, 20])).toMatchObject({ verdict: 'breach' })
  })

  test('is severe only where the gate says how far that is: twice a half is all', () => {
    expect(slow([200, 198]).verdict).toBe('breach')
  })

  test('says which runs it counts', () => {
    expect(slow([100, 80]).headline).toBe(
      "duration, runs 10 % over their station's usual time 80.0 % against expected 50.0 %, +30.0 points on 100 PASS runs",
    )
    expect(slow([100, 80], { shiftRelative: 0, shiftBy: 500 }).headline).toMatch(/runs 500 over their/)
    expect(slow([100, 80], { shiftBy: 500, direction: 'decrease' }).headline).toMatch(
      /runs 10 % and 500 under their/,
    )
    expect(slow([100, 80], { shiftRelative: 0 }).headline).toMatch(/runs over their/)
  })

  test('is not judged on canary stations without a past, and holds no rollout up for it', () => {
    const noPast = line([[0, 0]], { key: 'duration', past: [0, 0], base: [100, 50] })
    const counted = together(noPast, line([[40, 0]], { past: [0, 0] }))
    expect(judgedBy(gate, counted)).toMatchObject({
      verdict: 'pass',
      headline: expect.stringContaining('no past to compare with'),
    })
    const canaryLess = together(noPast, line([[0, 0]], { past: [0, 0] }))
    expect(judgedBy(gate, canaryLess).verdict).toBe('no data')
  })

  test('has no data where the canary stations have a past, and no run of theirs passes', () => {
    const failing = together(line([[0, 0]], { key: 'duration', ...half }), line([[40, 40]]))
    expect(judgedBy(gate, failing).verdict).toBe('no data')
  })
})

describe('duration in either direction', () => {
  const both = { ...gate, direction: 'either' } as const
  const either = (up: Pair, down: Pair) =>
    judgedBy(
      both,
      together(
        line([up], { key: 'duration, increase', ...half }),
        line([down], { key: 'duration, decrease', ...half }),
      ),
    )

  test('is breached by longer and by shorter runs', () => {
    expect(either([100, 80], [100, 10])).toMatchObject({ verdict: 'breach', canary: { bad: 80 } })
    expect(either([100, 10], [100, 80])).toMatchObject({ verdict: 'breach', canary: { bad: 80 } })
    expect(either([100, 20], [100, 20]).verdict).toBe('pass')
  })

  test('spends half of its alpha on each, and shows the whole', () => {
    const gateOne = either([100, 80], [100, 10])
    expect(gateOne.alpha).toBe(0.01)
    expect(gateOne.logThreshold).toBeCloseTo(Math.log(200), 12)
    // 75 of 100 are evidence of e^6.4: more than 1 / 0.005, and enough for neither half of an alpha of 0.002.
    expect(either([100, 75], [100, 10]).verdict).toBe('breach')
    const strict = judgedBy(
      { ...both, alpha: 0.002 },
      together(
        line([[100, 75]], { key: 'duration, increase', ...half }),
        line([[100, 10]], { key: 'duration, decrease', ...half }),
      ),
    )
    expect(strict.verdict).not.toBe('breach')
  })

  test('shows the direction that speaks louder where both say the same', () => {
    expect(either([100, 90], [100, 80]).canary.bad).toBe(90)
    expect(either([100, 80], [100, 90]).canary.bad).toBe(90)
    expect(either([0, 0], [100, 20]).verdict).toBe('no data')
  })

  test('says so', () => {
    expect(either([100, 80], [100, 10]).headline).toMatch(/runs 10 % off their station's usual time/)
  })
})

describe('measurement coverage', () => {
  const full = { key: 'measurement coverage', past: [1000, 0], base: [100, 0] } as const

  test('is breached by runs that measure less than usual, and severe at once where all do', () => {
    expect(judgedBy(coverage, line([[100, 0]], full))).toMatchObject({ verdict: 'pass', unit: 'PASS runs' })
    expect(judgedBy(coverage, line([[100, 40]], full))).toMatchObject({
      verdict: 'severe',
      headline: expect.stringContaining('runs that measure less than usual 40.0 %'),
    })
  })

  test('can be proven to hold', () => {
    expect(judgedBy(coverage, line([[1500, 0]], full), { passes: 'proven' }).verdict).toBe('pass')
  })

  test('that only the base reports is missing: the new build does not measure', () => {
    const silent = together(line([[0, 0]], full), line([[40, 0]]))
    expect(judgedBy(coverage, silent).verdict).toBe('no data')
  })

  test('that nobody ever reported is not judged', () => {
    const none = together(line([[0, 0]], { ...full, past: [0, 0], base: [0, 0] }), line([[40, 0]]))
    expect(judgedBy(coverage, none)).toMatchObject({
      verdict: 'pass',
      headline: expect.stringContaining('not judged'),
    })
  })
})
