// Plans as any client might send them: read or refused, never failing, and what was read reads to itself.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plan } from '../../server/domain/plan.ts'
import { spoiled } from '../support/fuzz/spoiled.ts'
import { aPlan } from '../support/plan-builder.ts'

const soak = fc.record({
  minutes: fc.double({ min: 0, max: 10_000, noNaN: true }),
  firstAttempts: fc.nat(1_000),
  shifts: fc.nat(300),
})
const share = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100)
const gates = fc.constantFrom<unknown[]>(
  [],
  [{ metric: 'error rate', alpha: 0.01 }],
  [{ metric: 'first-pass yield', stages: [0] }],
  [{ metric: 'telemetry', expression: 'gap_s < 10' }],
)
const anyPlan = fc
  .tuple(fc.uniqueArray(share, { maxLength: 6 }), soak, gates, fc.constantFrom('fleet', 'site'))
  .map(([shares, each, some, progression]) => ({
    preset: 'custom',
    stages: [...shares.toSorted((one, other) => one - other), 1].map((target) => ({
      target: { share: target },
      soak: each,
    })),
    gates: some,
    progression,
  }))

/** As it is kept in the database. */
const kept = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a plan that keeps the rules is read, and what is kept of it reads to the same plan', () => {
  fc.assert(
    fc.property(anyPlan, (body) => {
      const read = plan.parse(body)
      expect(plan.parse(kept(read))).toEqual(read)
    }),
    { numRuns: 300 },
  )
})

test('a plan with something wrong in it is refused with the place, or reads to itself', () => {
  let refused = 0
  fc.assert(
    fc.property(spoiled(fc.oneof(anyPlan, fc.constant(kept(aPlan())))), (body) => {
      const read = plan.safeParse(body)
      if (read.success) return void expect(plan.parse(kept(read.data))).toEqual(read.data)
      refused += 1
      expect(read.error.issues.every(({ message }) => message !== '')).toBe(true)
    }),
    { numRuns: 2_000 },
  )
  // Plans that are all taken, or all refused, would prove little.
  expect(refused).toBeGreaterThan(200)
  expect(refused).toBeLessThan(2_000)
})
