// How a station asks what to run.
import { expect, test } from 'vitest'
import { assignmentWatch } from '../../clients/station/assignment-watch.ts'
import type { Answer } from '../../clients/station/http-client.ts'

/** Polls until the answers have run out; the pauses that it made in between. */
async function pausesAfter(answers: Partial<Extract<Answer, { kind: 'answer' }>>[]): Promise<number[]> {
  const end = new AbortController()
  const pauses: number[] = []
  const waiting = [...answers]
  const poll = assignmentWatch({
    name: 'ST-1',
    async request() {
      const next = waiting.shift()
      if (!next) end.abort()
      end.signal.throwIfAborted()
      return {
        kind: 'answer',
        status: 304,
        body: null,
        etag: null,
        retryAfterMs: null,
        pollAfterMs: null,
        ...next,
      }
    },
    pause: async (ms) => void pauses.push(ms),
    random: () => 0,
    log: { info: () => {}, warn: () => {} },
    etag: null,
    said: () => {},
  })
  await expect(poll(end.signal)).rejects.toThrow()
  return pauses
}

test('it asks again when the server says, and not sooner than twice a second', async () => {
  const [ended, usual, none] = await pausesAfter([
    { pollAfterMs: 12_345 },
    { pollAfterMs: 0 },
    { pollAfterMs: null },
  ])
  expect(ended).toBe(12_345)
  for (const pause of [usual, none]) {
    expect(pause).toBeGreaterThan(400)
    expect(pause).toBeLessThanOrEqual(500)
  }
})

const body = { assignments: [{ procedure_id: 'procedure', deployment: { id: 'd1', version: 'v1' } }] }

test('what is new it takes at once, and a server that refuses says when to come again', async () => {
  expect(await pausesAfter([{ status: 200, body, etag: 'W/"1"', pollAfterMs: 9_000 }])).toEqual([])
  expect(await pausesAfter([{ status: 429, retryAfterMs: 1_000 }])).toEqual([1_000])
})

test('a server without tags is not asked without a pause, and a refused key not before a minute', async () => {
  const [pause] = await pausesAfter([{ status: 200, body }])
  expect(pause).toBeGreaterThan(400)
  expect(await pausesAfter([{ status: 401, retryAfterMs: 1_000 }])).toEqual([45_000])
})
