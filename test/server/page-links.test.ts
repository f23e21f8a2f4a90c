// Links to pages: for one rollout, for one to two weeks, and for nothing when anything of them is changed.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import { day, minute } from '../../server/domain/instant.ts'
import { pageLinks } from '../../server/page-links.ts'
import { signing } from '../../server/signing.ts'
import { uuid } from '../support/fixed-values.ts'
import { testClock } from '../support/test-clock.ts'

const secret = 'link secret of the tests'
const id = rolloutId.parse(uuid(1, 1))
const other = rolloutId.parse(uuid(1, 2))

function linksAt(start?: string) {
  const clock = testClock(start)
  return {
    clock,
    links: pageLinks({
      publicUrl: () => 'https://fp.test/line-4',
      signing: signing([secret]),
      now: clock.now,
    }),
  }
}

function keyIn(link: string): string {
  return new URL(link).searchParams.get('key') ?? ''
}

describe('a link to a rollout’s page', () => {
  it('opens that page, in whatever letters its id is written', () => {
    const { links } = linksAt()
    const link = links.rollout(id)
    expect(link).toMatch(new RegExp(`^https://fp\\.test/line-4/rollouts/${id}\\?key=`))
    expect(links.open({ id, keys: [keyIn(link)] })).toMatchObject({ id })
    expect(links.open({ id: id.toUpperCase(), keys: [keyIn(link)] })).toMatchObject({ id })
  })

  it('opens it for one to two weeks, whenever it was made', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2120, 0) }), (made) => {
        const { links, clock } = linksAt(new Date(made).toISOString())
        const keys = [keyIn(links.rollout(id))]
        const opened = links.open({ id, keys })
        if (typeof opened === 'string') throw new Error(opened)
        const life = opened.until - made
        expect(life).toBeGreaterThan(7 * day)
        expect(life).toBeLessThanOrEqual(14 * day)
        clock.pass(life - 1)
        expect(links.open({ id, keys })).toEqual(opened)
        clock.pass(1)
        expect(links.open({ id, keys })).toBe('expired')
      }),
    )
  })

  it('stays the same for a week, so that a card is not drawn anew for its sake', () => {
    const { links, clock } = linksAt('2026-05-21T00:00:00Z')
    const first = links.rollout(id)
    clock.pass(7 * day - minute)
    expect(links.rollout(id)).toBe(first)
    clock.pass(minute)
    expect(links.rollout(id)).not.toBe(first)
  })

  it('is of no use for another rollout, nor twice in one address, nor under another secret', () => {
    const { links, clock } = linksAt()
    const key = keyIn(links.rollout(id))
    const elsewhere = pageLinks({
      publicUrl: () => 'https://fp.test',
      signing: signing([`${secret}.`]),
      now: clock.now,
    })
    expect(links.open({ id: other, keys: [key] })).toBe('not its key')
    expect(links.open({ id, keys: [key, key] })).toBe('not its key')
    expect(links.open({ id, keys: [] })).toBe('not its key')
    expect(elsewhere.open({ id, keys: [key] })).toBe('not its key')
  })

  it('cannot be given a longer life', () => {
    const { links } = linksAt()
    const [until = '', signed] = keyIn(links.rollout(id)).split('.')
    const later = (Number.parseInt(until, 36) + 365 * day).toString(36)
    expect(links.open({ id, keys: [`${later}.${signed}`] })).toBe('not its key')
  })

  it('is worth nothing with any one character changed, left out or added', () => {
    const { links } = linksAt()
    const key = keyIn(links.rollout(id))
    fc.assert(
      fc.property(
        fc.nat(key.length - 1),
        fc.constantFrom('change', 'leave out', 'add'),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, how, character) => {
          const rest = key.slice(how === 'add' ? at : at + 1)
          const altered = `${key.slice(0, at)}${how === 'leave out' ? '' : character}${rest}`
          fc.pre(altered !== key)
          expect(links.open({ id, keys: [altered] })).toBe('not its key')
        },
      ),
    )
  })

  it('of before links expired is told apart, and opens nothing', () => {
    const { links } = linksAt()
    const former = createHmac('sha256', secret).update(`rollout/${id}`).digest('base64url').slice(0, 24)
    expect(links.open({ id, keys: [former] })).toBe('formerly made')
  })
})
