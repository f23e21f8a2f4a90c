// How a simulated station asks what to run.
import { expect, test } from 'vitest'
import { assignmentWatch } from '../../../demo/factory/assignment-watch.ts'
import type { Answer } from '../../../demo/factory/http-client.ts'
import type { StationLink } from '../../../demo/factory/station-link.ts'

/** Polls until the answers have run out; the pauses that it made in between. */
async function pausesAfter(answers: Partial<Extract<Answer, { kind: 'answer' }>>[]): Promise<number[]> {
  const end = new AbortController()
  const pauses: number[] = []
  const waiting = [...answers]
  const link: Pick<StationLink, 'request'> = {
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
  }
  const watch = assignmentWatch({
    stationName: 'ST-1',
    procedureId: 'procedure',
    link: link as StationLink,
    pause: async (ms) => void pauses.push(ms),
    spread: 0,
    log: { info: () => {}, warn: () => {} },
    changed: () => {},
  })
  await expect(watch.poll(end.signal)).rejects.toThrow()
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

test('what is new it takes at once, and a server that refuses says when to come again', async () => {
  const body = { assignments: [{ procedure_id: 'procedure', deployment: { id: 'd1', version: 'v1' } }] }
  expect(await pausesAfter([{ status: 200, body, pollAfterMs: 9_000 }])).toEqual([])
  expect(await pausesAfter([{ status: 429, retryAfterMs: 1_000 }])).toEqual([1_000])
})
