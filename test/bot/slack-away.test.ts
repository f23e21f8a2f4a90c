// Slack is away for an hour: nothing is lost, nothing is said twice, and what is shown then is how things are then.
import { expect, it } from 'vitest'
import type { Fault } from '../../demo/slack/state/faults.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { Delivery } from '../../server/service.ts'
import { firstpass, ines, noon } from '../support/fixed-values.ts'
import { aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const view = aRollout()
const gate = 'first-pass yield'
const events: RolloutEvent[] = [
  { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: noon - 1 },
  {
    type: 'BreachOpened',
    gate,
    mode: 'pause',
    severity: 'breach',
    logEvidence: 4,
    headline: 'first-pass yield 88.3 %',
    details: [],
    suspect: null,
    by: firstpass,
    at: noon,
  },
  { type: 'BreachAcknowledged', gate, logEvidence: 4, why: 'bad lot', evidence: [], by: ines, at: noon + 1 },
]
const minute = 60_000

it.each<[string, Fault]>([
  ['answers nothing', { kind: 'away' }],
  ['answers with faults', { kind: 'error500' }],
  ['asks for patience', { kind: 'ratelimited', retryAfterSeconds: 600 }],
])('when it %s', async (_how, fault) => {
  const record = events.map((event, index) => ({ ...event, sequence: index + 1 }))
  const service = fakeService({ rollouts: [view], record })
  const open = await openBot({ service })
  const card: Delivery = { kind: 'card', rolloutId: view.id, stageIndex: 1 }
  await open.bot.deliver(card)
  open.clock.now += minute

  open.workspace.faults.set(fault)
  service.rollouts = [aPausedRollout({ next: 'As of minute 0.' })]
  // Youngest first: the queue promises no order between jobs that come again.
  const told = [3, 2].map((sequence): Delivery => ({ kind: 'thread', rolloutId: view.id, sequence }))
  const jobs = [...told, card]
  for (const at of [0, 30, 60]) {
    for (const job of jobs) expect(await open.deliverOnce(job)).toMatchObject({ delivered: false })
    open.clock.now += 30 * minute
    service.rollouts = [aPausedRollout({ next: `As of minute ${at + 30}.` })]
  }
  expect(open.workspace.messages(channel)).toHaveLength(1)

  open.workspace.faults.clear()
  for (const job of [...jobs, ...jobs]) expect(await open.bot.deliver(job)).toEqual({ delivered: true })
  const [shown, ...others] = open.workspace.messages(channel)
  expect(others).toEqual([])
  expect(shown?.text).toContain('As of minute 90.')
  expect(shown?.text).toContain('paused')
  const [, breach, answer, ...more] = open.workspace.thread(channel, shown?.ts ?? '').map(({ text }) => text)
  expect(more).toEqual([])
  expect(breach).toContain('88.3 %')
  expect(answer).toContain('bad lot')
})
