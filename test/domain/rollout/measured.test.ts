// Which parts of a time without the service are proven by runs that came later.
import { describe, expect, it } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import { measuredSpans, without } from '../../../server/domain/rollout/measured.ts'

const stretch = { from: 0, to: 360 * minute }
const span = (from: number, to: number) => ({ from: from * minute, to: to * minute })
const ran = (first: number, last: number, ...pauses: [number, number][]) => ({
  longestPauseMs: 30 * minute,
  runs: {
    first: first * minute,
    last: last * minute,
    pauses: pauses.map(([from, to]) => span(from, to)),
  },
})
const silent = { longestPauseMs: 30 * minute, runs: null }

describe('a time without the service', () => {
  it.each([
    ['in which every station ran is proven', [ran(10, 340), ran(1, 350)], [span(0, 360)]],
    [
      'is proven from the first run to the last where they are far from its ends',
      [ran(60, 200)],
      [span(60, 200)],
    ],
    [
      'is not proven in pauses that are longer than usual',
      [ran(0, 360, [50, 90])],
      [span(0, 50), span(90, 360)],
    ],
    ['is proven through a pause that is usual', [ran(0, 360, [50, 80])], [span(0, 360)]],
    ['is proven only where all stations ran', [ran(0, 200), ran(150, 350)], [span(150, 200)]],
    ['in which one station was silent is not proven', [ran(0, 360), silent], []],
    ['of a stage without stations is not proven', [], []],
  ])('%s', (_how, stations, proven) => {
    expect(measuredSpans(stretch, stations)).toEqual(proven)
  })

  it('asks a slow station for as much as is usual for it', () => {
    const slow = { ...ran(0, 300, [0, 300]), longestPauseMs: 400 * minute }
    expect(measuredSpans(stretch, [slow])).toEqual([stretch])
  })
})

it('a stretch without another is what lies before and after it', () => {
  const parts = [span(0, 10), span(20, 30)]
  expect(without(parts, span(5, 25))).toEqual([span(0, 5), span(25, 30)])
  expect(without(parts, span(10, 20))).toEqual(parts)
  expect(without(parts, span(-5, 50))).toEqual([])
})
