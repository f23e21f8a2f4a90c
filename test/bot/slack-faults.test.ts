// Slack misbehaves in ways that only a person, or time, can mend: what is said waits or is said anew, and nothing floods.
import { describe, expect, it } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import { firstpass, ines, noon, uuid } from '../support/fixed-values.ts'
import { anArm, aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot, signingSecret } from './support/open-bot.ts'
import { slackRequest } from './support/slack-request.ts'
import { threadStory } from './support/thread-story.ts'

const view = aRollout({ owner: ines })
const card = { kind: 'card' as const, rolloutId: view.id, stageIndex: 1 }
const elsewhere = 'C0LINE2000'
const day = 24 * 3_600_000

/** Rests of the service, each told in the thread by itself. */
function rests(count: number): RolloutEvent[] {
  return Array.from({ length: count }, (_, index): RolloutEvent => {
    const at = noon + index
    return index % 2 === 0
      ? { type: 'RolloutPaused', reason: 'blind', why: `rest ${index + 1}`, by: firstpass, at }
      : { type: 'RolloutResumed', why: `rest ${index + 1}`, by: firstpass, at }
  })
}
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: noon - 1 }

async function told(...events: RolloutEvent[]) {
  const open = await threadStory(view, started, ...events)
  const calls = (method: string) => open.workspace.calls().filter((call) => call.method === method)
  const said = () => open.replies().map(({ text }) => /rest \d+/.exec(text)?.[0])
  return { ...open, calls, said }
}

describe('Slack that was away for a day', () => {
  it('gets each event once and in its order, whatever the order of the jobs, and the card drawn once', async () => {
    const { card: draw, thread, deliverOnce, becomes, workspace, clock, calls, said, grows } = await told()
    await draw()
    workspace.faults.set({ kind: 'away' })
    grows(...rests(40))
    clock.now += day
    const jobs = Array.from({ length: 40 }, (_, index) => thread(41 - index))
    for (const job of jobs)
      expect(await deliverOnce(job)).toMatchObject({ delivered: false, waitSeconds: expect.any(Number) })
    becomes({ canaryArm: anArm({ units: 80 }), verdict: null })

    workspace.faults.clear()
    const asked = workspace.calls().length
    const updates = calls('chat.update').length
    // As the queue does: each job comes again when it said it would.
    let due = [{ kind: 'card' as const, rolloutId: view.id, stageIndex: 1 }, ...jobs].map((job) => ({
      job,
      at: clock.now,
    }))
    while (due.length > 0) {
      const [next] = due.toSorted((a, b) => a.at - b.at)
      if (!next) break
      due = due.filter((each) => each !== next)
      clock.now = Math.max(clock.now, next.at)
      const result = await deliverOnce(next.job)
      if (!result.delivered) due.push({ job: next.job, at: clock.now + result.waitSeconds * 1000 })
    }
    expect(said()).toEqual(Array.from({ length: 40 }, (_, index) => `rest ${index + 1}`))
    expect(calls('chat.update')).toHaveLength(updates + 1)
    expect(workspace.calls().length - asked).toBeLessThan(50)
    expect(workspace.messages(channel)).toHaveLength(1)
  })
})

describe('a card that somebody deleted', () => {
  it('is posted anew for what is to be said under it, though nothing else has changed', async () => {
    const { card: draw, deliver, workspace, said } = await told(...rests(2))
    await draw()
    const before = workspace.messages(channel)[0]?.ts ?? ''
    workspace.deleteMessage(channel, before)
    expect(await deliver(2)).toEqual({ delivered: true })
    expect(await deliver(3)).toEqual({ delivered: true })
    expect(workspace.messages(channel)).toHaveLength(1)
    expect(workspace.messages(channel)[0]?.ts).not.toBe(before)
    expect(said()).toEqual(['rest 1', 'rest 2'])
  })
})

describe('a channel that was archived', () => {
  it('is told to the owner although its card is there already, holds no other up, and gets all when it is back', async () => {
    const other = aRollout({
      id: rolloutId.parse(uuid(1, 2)),
      procedure: { ...view.procedure, channel: elsewhere },
    })
    const service = fakeService({ rollouts: [view, other] })
    const open = await openBot({ service })
    await open.bot.deliver(card)
    open.workspace.changeChannel(channel, { isArchived: true })
    service.rollouts = service.rollouts.map((each) => ({
      ...each,
      canaryArm: anArm({ units: 80 }),
      verdict: null,
    }))
    open.clock.now += 4000
    expect(await open.bot.deliver(card)).toEqual({ delivered: false, waitSeconds: 600, why: 'is_inactive' })
    expect(open.workspace.messages(ines.id).map(({ text }) => text)).toEqual([
      expect.stringMatching(/is archived, so Firstpass cannot write there\. Unarchive it/),
    ])
    expect(await open.bot.deliver({ ...card, rolloutId: other.id })).toEqual({ delivered: true })
    open.workspace.changeChannel(channel, { isArchived: false })
    expect(await open.bot.deliver(card)).toEqual({ delivered: true })
    expect(open.workspace.messages(channel)[0]?.text).toContain('n 80 canary')
  })

  it.each(['restricted_action_read_only_channel', 'access_denied', 'restricted_action'])(
    'or closed to the bot (%s) waits for a person, who hears of it',
    async (error) => {
      const open = await openBot({ service: fakeService({ rollouts: [view] }) })
      open.workspace.faults.set({ kind: 'error', error, methods: ['chat.postMessage'], channels: [channel] })
      expect(await open.bot.deliver(card)).toEqual({ delivered: false, waitSeconds: 600, why: error })
      expect(open.workspace.messages(ines.id)).toHaveLength(1)
    },
  )
})

describe('a bot token that Slack refuses', () => {
  it.each(['token_revoked', 'account_inactive', 'invalid_auth'])(
    '(%s) is asked with once and not for each message, is said in log and status, and goes on when it works',
    async (error) => {
      const open = await openBot({ service: fakeService({ rollouts: [view] }) })
      await open.bot.deliver(card)
      open.service.rollouts = [{ ...view, canaryArm: anArm({ units: 80 }), verdict: null }]
      open.clock.now += 4000
      open.workspace.faults.set({ kind: 'error', error })
      const before = open.workspace.calls().length
      for (let turn = 0; turn < 100; turn += 1)
        expect(await open.deliverOnce(card)).toMatchObject({ delivered: false })
      // The message, and the question whether the token works at all.
      expect(open.workspace.calls().length - before).toBeLessThanOrEqual(2)
      expect(open.bot.status()).toEqual({ state: 'refused', reason: expect.stringContaining(error) })
      expect(open.logged.filter((line) => line.includes('does not let the bot write'))).toHaveLength(1)
      open.workspace.faults.clear()
      open.clock.now += 600_000
      expect(await open.bot.deliver(card)).toEqual({ delivered: true })
      expect(open.bot.status()).toEqual({ state: 'connected', reason: null })
      expect(open.workspace.messages(channel)[0]?.text).toContain('n 80 canary')
    },
  )
})

describe('a form whose trigger has expired', () => {
  it('is not opened, and the person reads what to type instead', async () => {
    const open = await openBot({ service: fakeService({ rollouts: [view] }) })
    await open.bot.deliver(card)
    open.workspace.faults.set({ kind: 'error', error: 'expired_trigger_id', methods: ['views.open'] })
    const [message] = open.workspace.messages(channel)
    await open.workspace.click({ user: ines.id, channel, ts: message?.ts ?? '', actionId: 'abort' })
    expect(await answerTo(open, ines.id, 'type `/rollout abort`')).toContain(
      'Look at the card before you try again',
    )
    expect(open.service.commanded).toEqual([])
    await open.workspace.command({ user: ines.id, channel, text: 'start' })
    await answerTo(open, ines.id, /\/rollout/)
  })
})

describe('a clock of this machine that is six minutes off', () => {
  it.each([
    ['ahead', -6],
    ['behind', 6],
  ])('(%s) has Slack refused, and the log says so in words', async (which, minutes) => {
    const { server, logged } = await openBot()
    const request = slackRequest('command=%2Frollout', signingSecret, { at: Date.now() + minutes * 60_000 })
    expect(await server.inject(request)).toMatchObject({ statusCode: 401 })
    expect(logged.find((line) => line.includes('a request was refused'))).toContain(
      `the clock of this machine is 6 min ${which}: set it right`,
    )
  })
})
