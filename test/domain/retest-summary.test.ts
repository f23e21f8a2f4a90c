// What the retests of a rollout come to, in numbers and words.
import { expect, test } from 'vitest'
import { summary } from '../../server/domain/retest-summary.ts'
import type { RetestPair } from '../../server/domain/retests.ts'
import { base, build } from '../support/plan-builder.ts'
import { donePair, pairOf, since } from '../support/retest-builder.ts'

const times = (count: number, pair: RetestPair) => Array.from({ length: count }, () => pair)
const [worse, better] = [donePair(true, false), donePair(false, true)]
const [bothPassed, bothFailed] = [donePair(true, true), donePair(false, false)]

test('pairs that differ are the evidence; (1 + 4 + 6 + 4) / (4 × 1) for three of them', () => {
  const { logEvidence, ...counts } = summary([...times(3, worse), ...times(7, bothFailed), bothPassed])
  expect(counts).toMatchObject({ asked: 11, done: 11, worse: 3, better: 0, concordant: 8, void: 0 })
  expect(Math.exp(logEvidence)).toBeCloseTo(3.75, 12)
})

test('a line engineer reads what happened and how much it proves', () => {
  const { headline, details } = summary([...times(8, worse), better, ...times(2, bothFailed), bothPassed])
  expect(headline).toBe(
    'of 12 matched pairs tested again, in 8 only base passed the unit that the new build had failed, and in 1 only the new build the one that base had failed: evidence 11 of 20 that the new build fails units that base passes',
  )
  expect(details).toEqual([
    'base failed 3 of 12 again that the new build had failed, the new build 10 of 12 that base had failed',
    'the new build failed all of them on ST-01: that may be the station as well as the build',
  ])
})

test('units that failed on several stations are no word against a station', () => {
  const elsewhere = {
    ...worse,
    canaryFailed: { ...worse.canaryFailed, failed: { ...worse.canaryFailed.failed, station: 'ST-04' } },
  }
  expect(summary([worse, elsewhere]).details).toHaveLength(1)
})

test('what is not done is no evidence: it is counted as still to be tested, or left out', () => {
  const waiting = pairOf([], [])
  const oneDone = pairOf([since(5, base, 'PASS')], [])
  const voided = pairOf([since(1, build, 'FAIL'), since(5, base, 'PASS')], [since(6, build, 'FAIL')])
  expect(summary([waiting, oneDone, voided])).toEqual({
    asked: 3,
    done: 0,
    worse: 0,
    better: 0,
    concordant: 0,
    void: 1,
    logEvidence: 0,
    headline: 'none of 3 matched pairs has been tested again yet',
    details: [
      '3 units are still to be tested',
      '1 matched pair left out: a unit was tested on another build first',
    ],
  })
})

test('nothing asked is said in words, without numbers that are none', () => {
  expect(summary([])).toMatchObject({
    asked: 0,
    logEvidence: 0,
    headline: 'no unit has been asked to be tested again on the other build',
    details: [],
  })
})

test('evidence short of enough never reads as enough, and a great deal of it stays a number', () => {
  const shown = (worseCount: number, betterCount: number) =>
    /evidence (.*) of 20/.exec(
      summary([...times(worseCount, worse), ...times(betterCount, better)]).headline,
    )?.[1]
  // 30.93, 19.57 and 6.97
  expect(shown(10, 1)).toBe('30')
  expect(shown(35, 15)).toBe('19')
  expect(shown(7, 1)).toBe('6.9')
  expect(shown(0, 40)).toBe('under 0.1')
  expect(shown(3000, 0)).toBe('over 1,000,000')
  expect(Number.isFinite(summary(times(3000, worse)).logEvidence)).toBe(true)
})
