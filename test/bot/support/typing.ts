// A line of /rollout, typed in the local Slack workspace against a service that remembers what it was asked.
import { expect } from 'vitest'
import { deploymentId } from '../../../server/domain/ids.ts'
import { ines, uuid } from '../../support/fixed-values.ts'
import { aDeployment, aPausedRollout, aRollout, baseBuild } from '../../support/rollout-view-builder.ts'
import { aBuild, aProcedure, type FakeService, fakeService } from './fake-service.ts'
import { answerTo, channel, type Door, openBot } from './open-bot.ts'

export const procedure = aProcedure()
export const fresh = aBuild(
  aDeployment({ id: deploymentId.parse(uuid(2, 7)), version: '2.4.2', sha: '777777777' }),
)
export const good = aBuild({
  ...aDeployment({ id: deploymentId.parse(uuid(2, 8)), version: '2.3.9', sha: '888888888' }),
  isKnownGood: true,
})
const active = aBuild({ ...baseBuild, isKnownGood: true, notEligible: 'already runs on every station' })
export const builds = [aBuild(), fresh, good, active]
export const live = { rollouts: [aPausedRollout()], procedures: [procedure], deployments: builds }
export const idle = { rollouts: [], procedures: [procedure], deployments: builds }
export const ended = { ...idle, rollouts: [aRollout({ status: 'aborted', endedAt: 5 })] }

export async function typing(
  door: Door,
  text: string,
  given: Parameters<typeof fakeService>[0],
  prepare: (service: FakeService) => unknown = () => {},
) {
  const service = fakeService(given)
  prepare(service)
  const open = await openBot({ service, door })
  const outcome = await open.workspace.command({ user: ines.id, channel, text })
  expect(outcome).toMatchObject({ ok: true })
  return { ...open, service, says: (...parts: (string | RegExp)[]) => answerTo(open, ines.id, ...parts) }
}
