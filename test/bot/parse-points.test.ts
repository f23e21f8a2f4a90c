// A declared change of yield, as people type it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePoints } from '../../bot/forms/parse-points.ts'

describe('a number of points', () => {
  it.each([
    ['-0.8', -0.008],
    ['−0.8 points', -0.008],
    ['–0.8 pts', -0.008],
    [' +1.1 point ', 0.011],
    ['0', 0],
    ['-0', 0],
    ['- 2', -0.02],
  ])('%s is read', (typed, change) => {
    expect(parsePoints(typed)).toEqual({ change })
  })

  it.each([
    ['0.8 %', 'points, got a percentage'],
    ['-0.8 percent', 'points, got a percentage'],
    ['0.8', 'Write −0.8 for a fall, or +0.8 for a rise'],
    ['-0,8', 'write -0.8'],
    ['-100', 'less than 100 points'],
    ['', 'a number of points'],
    ['a bit', 'a number of points'],
    ['-0.8 -0.9', 'a number of points'],
    ['1e-3', 'a number of points'],
    ['-0.8 points in Power', 'a number of points'],
    ['-.8', 'a number of points'],
    ['-Infinity', 'a number of points'],
  ])('%s is refused, and it says what to write', (typed, says) => {
    expect(parsePoints(typed)).toEqual({ error: expect.stringContaining(says) })
  })

  it('is the number that was typed, divided by a hundred, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.boolean(), (hundredths, falls) => {
        const typed = `${falls ? '−' : '+'}${(hundredths / 100).toFixed(2)}`
        expect(parsePoints(typed)).toEqual({
          change: expect.closeTo(((falls ? -1 : 1) * hundredths) / 10_000, 9),
        })
      }),
    )
  })
})
