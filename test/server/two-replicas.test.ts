// Two processes deliver the same jobs at the same time: Slack shows each card and each event once.
import pino from 'pino'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { slackApp } from '../../bot/slack-app.ts'
import { exclusively } from '../../db/exclusively.ts'
import { startSlackWorkspace } from '../../demo/slack/workspace.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { Delivery } from '../../server/service.ts'
import { slackStore } from '../../server/slack-store.ts'
import { fakeService } from '../bot/support/fake-service.ts'
import { botToken, channel, signingSecret } from '../bot/support/open-bot.ts'
import { firstpass, ines, noon, uuid } from '../support/fixed-values.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { aPausedRollout } from '../support/rollout-view-builder.ts'

const database = await openTestDatabase()
const locks: ReturnType<typeof exclusively>[] = []
afterAll(async () => {
  for (const each of locks) await each.close()
})

/** Processes of their own on PostgreSQL; the embedded database has one process, and its apps one set of locks. */
function lockOfReplica() {
  const [first] = locks
  if (first && database.engine.kind === 'pglite') return first
  const made = exclusively(database)
  locks.push(made)
  return made
}

const at = noon
const record: RolloutEvent[] = [
  { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: at - 1 },
  {
    type: 'BreachOpened',
    gate: 'first-pass yield',
    mode: 'pause',
    severity: 'breach',
    logEvidence: 4,
    headline: 'first-pass yield 88.3 %',
    details: [],
    suspect: null,
    by: firstpass,
    at,
  },
  { type: 'RolloutPaused', reason: 'breach', why: 'breach', by: firstpass, at },
  {
    type: 'BreachAcknowledged',
    gate: 'first-pass yield',
    logEvidence: 4,
    why: 'known bad lot',
    evidence: [],
    by: ines,
    at: at + 1,
  },
]

async function openReplicas(rollouts = [aPausedRollout()]) {
  const service = fakeService({
    rollouts,
    record: record.map((event, index) => ({ ...event, sequence: index + 1 })),
  })
  const workspace = await startSlackWorkspace({ signingSecret, botToken })
  const clock = { now: Date.now() }
  const replica = async () => {
    const connected = Promise.withResolvers<void>()
    const write = (line: string) => {
      if (line.includes('"Slack is connected"')) connected.resolve()
    }
    const store = slackStore({
      database,
      deliveries: { send: async () => {} },
      exclusively: lockOfReplica().exclusively,
    })
    const settings = { botToken, signingSecret, apiUrl: workspace.apiUrl }
    const app = slackApp({ service, store, settings, now: () => clock.now, log: pino({}, { write }) })
    app.start()
    onTestFinished(() => app.stop())
    await connected.promise
    return app
  }
  const replicas = await Promise.all([replica(), replica()])
  onTestFinished(() => workspace.close())
  /** As the queue does: again when the time has come, until it is done. */
  async function deliver(jobs: Delivery[]): Promise<void> {
    let waiting = jobs.flatMap((job) => replicas.map((each) => ({ job, each })))
    for (let turn = 0; waiting.length > 0; turn += 1) {
      if (turn > 50) throw new Error('deliveries wait for ever')
      const results = await Promise.all(waiting.map(({ job, each }) => each.deliver(job)))
      waiting = waiting.filter((_, index) => results[index]?.delivered === false)
      clock.now += 4000
    }
  }
  const posts = () => workspace.calls().filter((call) => call.method === 'chat.postMessage' && call.ok)
  return { workspace, service, deliver, posts }
}

test('a card is posted once, and every event is told once', async () => {
  const { workspace, deliver, posts } = await openReplicas()
  const [view] = [aPausedRollout()]
  const card: Delivery = { kind: 'card', rolloutId: view.id, stageIndex: 1 }
  const told = record.map(
    (_, index): Delivery => ({ kind: 'thread', rolloutId: view.id, sequence: index + 1 }),
  )
  await deliver([card, ...told, card, ...told])
  expect(workspace.messages(channel)).toHaveLength(1)
  const [{ ts } = { ts: '' }] = workspace.messages(channel)
  const texts = workspace.thread(channel, ts).map((message) => message.text)
  expect(texts.length).toBe(3)
  expect(new Set(texts).size).toBe(texts.length)
  expect(posts()).toHaveLength(texts.length)
})

test('many cards at once are each posted once, and nobody waits for ever', async () => {
  const rollouts = Array.from({ length: 12 }, (_, index) =>
    aPausedRollout({ id: rolloutId.parse(uuid(1, 100 + index)) }),
  )
  const { workspace, deliver } = await openReplicas(rollouts)
  await deliver(rollouts.map(({ id }) => ({ kind: 'card', rolloutId: id, stageIndex: 1 })))
  expect(workspace.messages(channel)).toHaveLength(12)
})
