// Whatever happens to requests on their way, TofuPilot ends up with what was wanted last.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DeploymentId, deploymentId, stationId } from '../../../server/domain/ids.ts'
import {
  asking,
  failed,
  holdMs,
  isSettled,
  nextDueAt,
  type PinDelivery,
  strayMs,
  tookIt,
  toSend,
} from '../../../server/domain/tofupilot/pin-delivery.ts'
import { uuid } from '../../support/fixed-values.ts'

const build = (n: number) => deploymentId.parse(uuid(4, n))
const t0 = Date.parse('2026-11-30T12:00:00Z')
const pin = (part: Partial<PinDelivery> = {}): PinDelivery => ({
  ...{ stationId: stationId.parse(uuid(3, 1)), wanted: build(1), isBack: false, since: t0 },
  ...{
    taken: null,
    takenAt: null,
    heldUntil: null,
    strayUntil: null,
    againAt: null,
    tried: null,
    tries: 0,
    nextAt: null,
    error: null,
  },
  ...part,
})
const away = { arrived: 'unknown' as const, why: 'no answer in time', waitMs: null }

/** What becomes of a request: it arrives at once or a while later, or never; and it is answered, or not, or the process dies. */
type Fate = { arrivesAfterMs: number | null; answer: 'taken' | 'refused' | 'none' | 'death' }
const fate: fc.Arbitrary<Fate> = fc.record({
  arrivesAfterMs: fc.option(fc.integer({ min: 0, max: strayMs - 1_000 })),
  answer: fc.constantFrom('taken', 'refused', 'none', 'death'),
})
const step = fc.oneof(
  fc.record({ want: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ waitMs: fc.integer({ min: 1, max: 90_000 }) }),
  fc.record({ fate }),
)

test('whatever is lost, late, refused or cut off, the last wish is what TofuPilot has in the end', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let own = pin()
      let now = t0
      let there: DeploymentId | null = null
      let underWay: { at: number; build: DeploymentId }[] = []
      const arrive = () => {
        for (const each of underWay.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at))
          there = each.build
        underWay = underWay.filter(({ at }) => at > now)
      }
      const send = ({ arrivesAfterMs, answer }: Fate) => {
        if (toSend([own], now).length === 0) return
        own = asking(own, now)
        const sent = own.wanted
        // An answer says what became of it: only without one is that open.
        if (answer === 'taken') there = sent
        else if (answer !== 'refused' && arrivesAfterMs !== null)
          underWay.push({ at: now + arrivesAfterMs, build: sent })
        if (answer === 'taken') own = tookIt(own, sent, now)
        if (answer === 'refused') own = failed(own, sent, { ...away, arrived: 'no' }, now)
        if (answer === 'none') own = failed(own, sent, away, now)
      }
      for (const each of steps) {
        if ('want' in each) own = { ...own, wanted: build(each.want), since: now }
        if ('waitMs' in each) now += each.waitMs
        arrive()
        if ('fate' in each) send(each.fate)
      }
      for (let round = 0; round < 20 && !isSettled(own); round++) {
        now = Math.max(now, nextDueAt([own]) ?? now)
        arrive()
        send({ arrivesAfterMs: 0, answer: 'taken' })
      }
      now += strayMs
      arrive()
      expect(isSettled(own)).toBe(true)
      expect(there).toBe(own.wanted)
    }),
    { numRuns: 2_000 },
  )
})

test('what takes a build back is sent first, then whatever has waited longest', () => {
  const order = toSend([pin({ since: t0 - 2 }), pin({ since: t0 - 3 }), pin({ since: t0, isBack: true })], t0)
  expect(order.map(({ since, isBack }) => [since - t0, isBack])).toEqual([
    [0, true],
    [-3, false],
    [-2, false],
  ])
})

test('a pin that somebody is sending is left to them, until they must have died', () => {
  const held = asking(pin(), t0)
  expect(toSend([held], t0 + holdMs - 1)).toEqual([])
  expect(toSend([held], t0 + holdMs)).toHaveLength(1)
})

test('another wish does not wait for the time of one that failed, and the same wish waits longer each time', () => {
  const once = failed(asking(pin(), t0), build(1), away, t0)
  expect(toSend([once], t0 + 999)).toEqual([])
  expect(toSend([once], t0 + 1_000)).toHaveLength(1)
  const twice = failed(asking(once, t0), build(1), away, t0)
  expect(nextDueAt([twice])).toBe(t0 + 2_000)
  expect(toSend([{ ...twice, wanted: build(2) }], t0)).toHaveLength(1)
})

test('TofuPilot is not asked again before the time that it has named', () => {
  const later = failed(asking(pin(), t0), build(1), { ...away, arrived: 'no', waitMs: 30_000 }, t0)
  expect(nextDueAt([later])).toBe(t0 + 30_000)
})

test('after a request without an answer the next wish is sent twice', () => {
  const lost = failed(asking(pin(), t0), build(1), away, t0)
  const other = asking({ ...lost, wanted: build(2) }, t0 + 1_000)
  const taken = tookIt(other, build(2), t0 + 1_000)
  expect(isSettled(taken)).toBe(false)
  expect(nextDueAt([taken])).toBe(t0 + strayMs)
  const again = tookIt(asking(taken, t0 + strayMs), build(2), t0 + strayMs)
  expect(isSettled(again)).toBe(true)
})
