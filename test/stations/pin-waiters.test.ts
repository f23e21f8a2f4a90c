// The room in which long polls wait.
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { pinWaiters } from '../../server/pin-waiters.ts'

const response = () => Object.assign(new EventEmitter(), { destroyed: false })
const minute = 60_000

test('a wait ends when its station is woken, and no other does', async () => {
  const waiters = pinWaiters()
  const woken = waiters.wait('a', minute, response())
  const other = waiters.wait('b', minute, response())
  waiters.wake('a')
  expect(await woken).toBe('changed')
  expect(waiters.count()).toBe(1)
  waiters.stop()
  expect(await other).toBe('stopping')
})

test('a wait ends when its time is over, or when whoever asks has gone', async () => {
  const waiters = pinWaiters()
  expect(await waiters.wait('a', 1, response())).toBe('over')
  const gone = response()
  const wait = waiters.wait('a', minute, gone)
  gone.emit('close')
  expect(await wait).toBe('over')
  expect(gone.listenerCount('close')).toBe(0)
  expect(await waiters.wait('a', minute, Object.assign(response(), { destroyed: true }))).toBe('over')
  expect(waiters.count()).toBe(0)
})

test('of a station that waits ever more often the oldest wait ends', async () => {
  const waiters = pinWaiters()
  const waits = Array.from({ length: 10 }, () => waiters.wait('a', minute, response()))
  const other = waiters.wait('b', minute, response())
  expect(await Promise.all(waits.slice(0, 2))).toEqual(['crowded', 'crowded'])
  expect(waiters.count()).toBe(9)
  waiters.wake('a')
  expect(new Set(await Promise.all(waits.slice(2)))).toEqual(new Set(['changed']))
  waiters.wake('b')
  expect(await other).toBe('changed')
})

test('stopping ends every wait at once, and those that come later', async () => {
  const waiters = pinWaiters()
  const waits = ['a', 'a', 'b'].map((id) => waiters.wait(id, minute, response()))
  waiters.stop()
  expect(await Promise.all(waits)).toEqual(['stopping', 'stopping', 'stopping'])
  expect(await waiters.wait('a', minute, response())).toBe('stopping')
})
