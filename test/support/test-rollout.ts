// A started rollout of a test line, moved by its verbs over HTTP.
import { expect } from 'vitest'
import type { RolloutId } from '../../server/domain/ids.ts'
import { type Bench, bareStages, type TestLine } from './test-line.ts'
import type { Answer, TestService } from './test-service.ts'

export type TestRollout = Awaited<ReturnType<typeof testRollout>>

/** Started with stages that ask for nothing, unless the body says otherwise. */
export async function testRollout(service: TestService, line: TestLine, body: Record<string, unknown> = {}) {
  const started = await line.start({ stages: bareStages, reason: 'the new build', ...body })
  expect(started.body).toMatchObject({ did: expect.any(String) })
  expect(started.status).toBe(201)
  return rolloutOf(service, line, started.body.rollout.id as RolloutId)
}

export function rolloutOf(service: TestService, line: TestLine, id: RolloutId) {
  const { ask, clock } = service
  const get = async () => (await ask('GET', `/api/v1/rollouts/${id}`)).body
  const verb = (name: string, body: Record<string, unknown> = {}): Promise<Answer> =>
    ask('POST', `/api/v1/rollouts/${id}/${name}`, { body })
  /** Stations that have, or are to have, the new build, in the rollout's order. */
  const canaries = async (): Promise<Bench[]> =>
    (await get()).stations
      .filter((each: { status: string }) => ['pinned', 'pulled', 'confirmed'].includes(each.status))
      .map((each: { id: string }) => line.benchOf(each.id))
  return {
    id,
    get,
    verb,
    canaries,
    events: async (): Promise<Record<string, unknown>[]> =>
      (await ask('GET', `/api/v1/rollouts/${id}/events`)).body.data,
    eventTypes: async (): Promise<string[]> =>
      (await ask('GET', `/api/v1/rollouts/${id}/events`)).body.data.map(
        (event: { type: string }) => event.type,
      ),
    station: async (bench: Bench) =>
      (await get()).stations.find((each: { id: string }) => each.id === bench.id),
    /** Every pinned station says that it runs the new build; the judge hears it. */
    async confirm(): Promise<void> {
      clock.pass(1_000)
      for (const bench of await canaries())
        expect((await line.pickup(bench, (await get()).deployment.id)).status).toBe(204)
      await service.judge(line.procedure)
    },
    /** On to the next stage, whatever is missing. */
    async onward(): Promise<void> {
      const answer = await verb('advance', { override: true, reason: 'moved on by the test' })
      expect(answer.body).toMatchObject({ did: expect.any(String) })
    },
  }
}
