// What the Slack app keeps: people, events, installations, and one piece of work per key at a time.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { exclusively } from '../../db/exclusively.ts'
import { slackEvents } from '../../db/schema/doors.ts'
import type { Delivery } from '../../server/service.ts'
import { slackStore } from '../../server/slack-store.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const database = await openTestDatabase()
const queued: Delivery[] = []
let queueFails = false
const deliveries = {
  send: async (_tx: unknown, job: Delivery) => {
    if (queueFails) throw new Error('the queue is away')
    queued.push(job)
  },
}
const locks = exclusively(database)
const store = slackStore({ database, deliveries, exclusively: locks.exclusively })
afterAll(() => locks.close())
const day = 86_400_000

describe('people', () => {
  test('hear of nothing directly until they ask for it, each in their own workspace', async () => {
    expect(await store.people.find('T1', 'U1')).toEqual({ direct: false })
    await store.people.setDirect('T1', 'U1', true)
    expect(await store.people.find('T1', 'U1')).toEqual({ direct: true })
    expect(await store.people.find('T2', 'U1')).toEqual({ direct: false })
    await store.people.setDirect('T1', 'U1', false)
    expect(await store.people.find('T1', 'U1')).toEqual({ direct: false })
  })

  test('look at their Home from when they last opened it, whatever else they asked for', async () => {
    await store.people.setDirect('T1', 'U2', true)
    await store.people.openedHome('T1', 'U2', 10 * day)
    await store.people.openedHome('T1', 'U3', 9 * day)
    expect(await store.people.lookingAtHome(10 * day)).toEqual([{ team: 'T1', user: 'U2' }])
    expect(await store.people.find('T1', 'U2')).toEqual({ direct: true })
    await store.people.openedHome('T1', 'U3', 11 * day)
    expect(await store.people.lookingAtHome(10 * day)).toHaveLength(2)
  })
})

describe('events', () => {
  beforeEach(() => {
    queued.length = 0
    queueFails = false
  })

  test('are taken and queued once, however often they come', async () => {
    const body = { type: 'event_callback', event_id: 'Ev1' }
    const taken = await Promise.all([1, 2, 3].map(() => store.events.take('Ev1', body, 20 * day)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect(queued).toEqual([{ kind: 'event', eventId: 'Ev1', body }])
  })

  test('that cannot be queued are not taken, so that their repetition is', async () => {
    queueFails = true
    await expect(store.events.take('Ev2', {}, 20 * day)).rejects.toThrow('the queue is away')
    queueFails = false
    expect(await store.events.take('Ev2', {}, 20 * day)).toBe(true)
  })

  test('are forgotten after some days', async () => {
    await store.events.take('Ev3', {}, 20 * day)
    await store.events.take('Ev4', {}, 24 * day)
    const kept = (await database.db.select().from(slackEvents)).map((row) => row.id)
    expect(kept).toEqual(['Ev4'])
  })
})

describe('installations', () => {
  const made = { team: 'T1', teamName: 'Factory', sealed: 'one', installedBy: 'U1', installedAt: 5 }

  test('are kept until they end, and begin anew when the app is installed again', async () => {
    expect(await store.installations.find('T1')).toBeNull()
    await store.installations.save(made)
    expect(await store.installations.find('T1')).toEqual({ ...made, ended: null })
    expect(await store.installations.end('T1', 'uninstalled', 9)).toBe(true)
    expect(await store.installations.end('T1', 'tokens revoked', 10)).toBe(false)
    expect((await store.installations.find('T1'))?.ended).toEqual({ at: 9, why: 'uninstalled' })
    const again = { ...made, sealed: 'two', installedAt: 20 }
    await store.installations.save(again)
    expect(await store.installations.find('T1')).toEqual({ ...again, ended: null })
  })

  test('are one that goes without saying while there is no other', async () => {
    const other = { ...made, team: 'T2', installedAt: 30 }
    await store.installations.save({ ...made, installedAt: 30 })
    expect((await store.installations.only())?.team).toBe('T1')
    await store.installations.save(other)
    expect(await store.installations.only()).toBeNull()
    await store.installations.end('T1', 'uninstalled', 40)
    expect((await store.installations.only())?.team).toBe('T2')
    await store.installations.end('T2', 'uninstalled', 40)
    expect(await store.installations.only()).toBeNull()
  })

  test('are sealed anew unless they were installed anew meanwhile', async () => {
    await store.installations.save({ ...made, installedAt: 50, sealed: 'old' })
    await store.installations.reseal('T1', 'older', 'wrong')
    expect((await store.installations.find('T1'))?.sealed).toBe('old')
    await store.installations.reseal('T1', 'old', 'new')
    expect((await store.installations.find('T1'))?.sealed).toBe('new')
  })

  test('are not ended by word of an end that was before them', async () => {
    await store.installations.save({ ...made, installedAt: 30 })
    expect(await store.installations.end('T1', 'uninstalled', 25)).toBe(false)
    expect(await store.installations.end('T9', 'uninstalled', 25)).toBe(false)
  })
})

describe('work under one key', () => {
  test('is done one after another, and other keys do not wait', async () => {
    const first = Promise.withResolvers<void>()
    const order: string[] = []
    const one = store.posts.exclusively('card', async () => {
      await first.promise
      order.push('first')
      return 1
    })
    const two = store.posts.exclusively('card', async () => order.push('second'))
    expect(await store.posts.exclusively('other', async () => 3)).toBe(3)
    expect(order).toEqual([])
    first.resolve()
    expect([await one, await two]).toEqual([1, 2])
    expect(order).toEqual(['first', 'second'])
  })

  test('that fails hands its error on and does not hold up the next', async () => {
    const failing = store.posts.exclusively('card', async () => {
      throw new Error('Slack hung up')
    })
    await expect(failing).rejects.toThrow('Slack hung up')
    expect(await store.posts.exclusively('card', async () => 'next')).toBe('next')
  })

  test('may need the database, however many keys are worked on', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `card ${index}`)
    const found = keys.map((key) => store.posts.exclusively(key, () => store.posts.find(key)))
    expect(await Promise.all(found)).toEqual(keys.map(() => null))
  })

  test.runIf(database.engine.kind === 'postgres')(
    'of another process is waited for, and given up after a while without doing anything',
    async () => {
      const other = exclusively(database, { patienceMs: 200 })
      const here = exclusively(database)
      const hold = Promise.withResolvers<void>()
      const held = Promise.withResolvers<void>()
      const holding = here.exclusively('card', async () => {
        held.resolve()
        await hold.promise
      })
      await held.promise
      let worked = 0
      expect(await other.exclusively('card', async () => ++worked)).toBeNull()
      expect(worked).toBe(0)
      const waiting = other.exclusively('card', async () => ++worked)
      hold.resolve()
      await holding
      expect(await waiting).toBe(1)
      await Promise.all([other.close(), here.close()])
    },
  )

  test.runIf(database.engine.kind === 'postgres')(
    'that hangs loses its lock to the next process, and what it did in the end stays done',
    async () => {
      const slow = exclusively(database, { longestMs: 50 })
      const other = exclusively(database)
      const held = Promise.withResolvers<void>()
      const next = Promise.withResolvers<void>()
      const hanging = slow.exclusively('card', async () => {
        held.resolve()
        await next.promise
        return 'late'
      })
      await held.promise
      expect(await other.exclusively('card', async () => 'next')).toBe('next')
      next.resolve()
      expect(await hanging).toBe('late')
      expect(await slow.exclusively('card', async () => 'again')).toBe('again')
      await Promise.all([slow.close(), other.close()])
    },
  )
})
