// Deliveries to the local Slack workspace: repeated, refused, slowed down, and never lost.
import { describe, expect, it } from 'vitest'
import { rolloutCard } from '../../bot/blocks/rollout-card.ts'
import { ines, noon } from '../support/fixed-values.ts'
import { anArm, aPausedRollout, aRollout, aStage } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const rollout = aRollout()
const card = { kind: 'card' as const, rolloutId: rollout.id, stageIndex: 1 }

async function withRollout(view = rollout, workspace = {}) {
  const service = fakeService({ rollouts: [view] })
  const open = await openBot({ service, workspace })
  const posted = () => open.workspace.messages(channel)
  const calls = (method: string) => open.workspace.calls().filter((call) => call.method === method)
  const becomes = (part: Partial<typeof rollout>) => {
    service.rollouts = service.rollouts.map((each) => ({ ...each, ...part }))
  }
  return { ...open, service, posted, calls, becomes }
}

const later = { canaryArm: anArm({ units: 80 }), verdict: null }

describe('a card delivery', () => {
  it('posts the card once, however often it is repeated', async () => {
    const { bot, posted, calls } = await withRollout()
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(posted().map((message) => message.text)).toEqual([
      expect.stringContaining('PCBA-FCT 2.4.1, stage 2 of 4: active'),
    ])
    expect(calls('chat.update')).toEqual([])
    expect(calls('chat.postMessage')[0]?.args).toMatchObject({
      unfurl_links: expect.anything(),
      unfurl_media: expect.anything(),
    })
  })

  it('posts the card once when two come at the same time', async () => {
    const { bot, posted } = await withRollout()
    await Promise.all([bot.deliver(card), bot.deliver(card), bot.deliver(card)])
    expect(posted()).toHaveLength(1)
  })

  it('changes the card when the rollout has changed, at most every three seconds', async () => {
    const { bot, posted, clock, becomes } = await withRollout()
    await bot.deliver(card)
    becomes(later)
    clock.now += 1200
    expect(await bot.deliver(card)).toEqual({ delivered: false, waitSeconds: 2, why: 'changed a moment ago' })
    clock.now += 1800
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(posted()).toHaveLength(1)
    expect(posted()[0]?.text).toContain('n 80 canary')
  })

  it('gives the card of the stage before its last word, and takes its buttons', async () => {
    const { bot, posted, becomes, clock } = await withRollout()
    await bot.deliver(card)
    const decision = { what: 'advanced to stage 3', by: ines, at: noon, why: 'clean' }
    const stages = rollout.stages.map((stage) =>
      stage.index === 1
        ? aStage(1, { state: 'done', decision })
        : stage.index === 2
          ? aStage(2, { state: 'current' })
          : stage,
    )
    becomes({ stages, stageIndex: 2, version: 8 })
    clock.now += 4000
    expect(await bot.deliver({ ...card, stageIndex: 2 })).toEqual({ delivered: true })
    const [former, current] = posted()
    expect(former?.text).toContain('stage 2 of 4: done, advanced to stage 3 by Ines Duarte: clean')
    expect(JSON.stringify(former?.blocks)).not.toContain('"abort"')
    expect(current?.text).toContain('stage 3 of 4: active')
  })

  it('has the pending rollout’s card become the first stage’s', async () => {
    const { bot, posted, becomes, clock } = await withRollout(aRollout({ status: 'pending', stageIndex: -1 }))
    await bot.deliver({ ...card, stageIndex: -1 })
    becomes({
      status: 'active',
      stageIndex: 0,
      stages: [0, 1, 2, 3].map((index) =>
        aStage(index, { state: index === 0 ? 'current' : 'later', decision: null }),
      ),
    })
    clock.now += 4000
    await bot.deliver({ ...card, stageIndex: 0 })
    expect(posted()).toHaveLength(1)
    expect(posted()[0]?.text).toContain('stage 1 of 4: active')
  })

  it('is done when there is no such rollout or no channel to show it in', async () => {
    const gone = await withRollout()
    gone.service.rollouts = []
    expect(await gone.bot.deliver(card)).toEqual({ delivered: true })
    const silent = await withRollout(aRollout({ procedure: { ...rollout.procedure, channel: null } }))
    expect(await silent.bot.deliver(card)).toEqual({ delivered: true })
    expect(silent.posted()).toEqual([])
  })
})

describe('Slack in trouble', () => {
  it('that asks for fewer calls is left alone for as long as it says', async () => {
    const { bot, workspace, posted, clock } = await withRollout()
    workspace.faults.set({
      kind: 'ratelimited',
      retryAfterSeconds: 17,
      methods: ['chat.postMessage'],
      times: 1,
    })
    expect(await bot.deliver(card)).toMatchObject({ delivered: false, waitSeconds: 17 })
    clock.now += 17_000
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(posted()).toHaveLength(1)
  })

  it('that is down or away is tried again in a few seconds', async () => {
    const { bot, workspace, posted } = await withRollout()
    for (const fault of [{ kind: 'error500' as const }, { kind: 'away' as const }]) {
      workspace.faults.set(fault)
      expect(await bot.deliver(card)).toMatchObject({ delivered: false, waitSeconds: 5 })
      workspace.faults.clear()
    }
    await bot.deliver(card)
    expect(posted()).toHaveLength(1)
  })

  it.each(['not_in_channel', 'channel_not_found', 'is_archived'])(
    'that does not let the bot in (%s) is told once in the log, and waited for',
    async (error) => {
      const { bot, workspace, logged } = await withRollout()
      workspace.faults.set({ kind: 'error', error, methods: ['chat.postMessage'] })
      expect(await bot.deliver(card)).toEqual({ delivered: false, waitSeconds: 600, why: error })
      await bot.deliver(card)
      expect(
        logged.filter((line) => line.includes('does not let the bot write to channel C0ROLLOUTS')).length,
      ).toBe(1)
    },
  )

  it('that refuses the blocks gets the same words in the plainest block', async () => {
    const { bot, workspace, posted } = await withRollout()
    const times = 1 + (rolloutCard(rollout, 1).richer ?? []).length
    workspace.faults.set({ kind: 'error', error: 'invalid_blocks', methods: ['chat.postMessage'], times })
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(posted()[0]?.blocks).toMatchObject([
      { type: 'section', text: { text: expect.stringContaining('stage 2 of 4: active') } },
    ])
  })

  it('whose message was deleted gets the card anew', async () => {
    const { bot, workspace, posted, becomes, clock } = await withRollout()
    await bot.deliver(card)
    const before = posted()[0]?.ts
    becomes(later)
    clock.now += 4000
    workspace.faults.set({ kind: 'error', error: 'message_not_found', methods: ['chat.update'], times: 1 })
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(posted().at(-1)?.ts).not.toBe(before)
    becomes({ next: 'something else' })
    clock.now += 4000
    await bot.deliver(card)
    expect(posted().at(-1)?.text).toContain('something else')
  })

  it('whose fault nobody knows is an error, not a silence', async () => {
    const { bot, workspace } = await withRollout()
    workspace.faults.set({ kind: 'error', error: 'as_user_not_supported' })
    await expect(bot.deliver(card)).rejects.toThrow(/as_user_not_supported/)
  })
})

describe('a paused rollout', () => {
  it('stands on its card with the cause', async () => {
    const { bot, posted } = await withRollout(aPausedRollout())
    await bot.deliver(card)
    expect(posted()[0]?.text).toContain('Paused by Firstpass: first-pass yield 88.3 %')
  })
})
