// What Homes show, read from the real service.
import { expect, test } from 'vitest'
import { homeFacts } from '../../bot/deliveries/home-facts.ts'
import type { Workspace, Workspaces } from '../../bot/workspaces/workspace.ts'
import { firstpass } from '../../server/domain/actor.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const day = 86_400_000

/** Two workspaces; `T0FACTORY1` is the one the app was set up with. */
const workspaces = {
  of: async (team) => ({ teamId: team ?? 'T0FACTORY1' }) as Workspace,
} as Workspaces

const facts = (teamId = 'T0FACTORY1') =>
  homeFacts({ service: service.service, workspaces, teamId, now: service.clock.now() })

test('the Home names what runs, what has ended and what is frozen, each in its own workspace only', async () => {
  const line = await testLine(service, { stations: 2 })
  const runs = await testRollout(service, line)
  const other = await testLine(service, { stations: 2 })
  const ended = await testRollout(service, other)
  await ended.verb('abort', { reason: 'yield fell' })
  const until = new Date(service.clock.now() + day).toISOString()
  await service.service.freeze(line.procedure, { until, why: 'inventory', sites: [] }, firstpass)
  await service.service.freeze('organisation', { until: null, why: 'audit', sites: [] }, firstpass)

  const seen = await facts()
  expect(seen.live.map(({ id }) => id)).toEqual([runs.id])
  expect(seen.unread).toBe(0)
  expect(seen.recent.map(({ id }) => id)).toEqual([ended.id])
  expect(seen.freezes.map(({ of, why, inForce }) => [of === 'everything', why, inForce])).toEqual([
    [true, 'audit', true],
    [false, 'inventory', true],
  ])

  const elsewhere = await facts('T0OTHER001')
  expect(elsewhere).toMatchObject({ live: [], recent: [], unread: 0 })
  expect(elsewhere.freezes.map(({ why }) => why)).toEqual(['audit'])

  service.clock.pass(2 * day)
  expect((await facts()).freezes.map(({ why }) => why)).toEqual(['audit'])
  service.clock.pass(6 * day)
  expect((await facts()).recent).toEqual([])
})
