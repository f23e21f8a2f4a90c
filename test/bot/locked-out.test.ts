// Slack does not let the bot in: the owner of the rollout hears of it once, in words that say what to do.
import { describe, expect, it } from 'vitest'
import { defaultChannels } from '../../demo/slack/state/directory.ts'
import { ines } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { openBot } from './support/open-bot.ts'

const outside = { id: 'C0ELSEWHERE', name: 'elsewhere', appIsMember: false }
const { procedure } = aRollout()
const rollout = aRollout({ procedure: { ...procedure, channel: outside.id }, owner: ines })
const card = { kind: 'card' as const, rolloutId: rollout.id, stageIndex: 1 }

async function lockedOut(view = rollout) {
  const service = fakeService({ rollouts: [view] })
  const open = await openBot({ service, workspace: { channels: [...defaultChannels, outside] } })
  return { ...open, service, told: () => open.workspace.messages(ines.id).map((message) => message.text) }
}

describe('a card that cannot be posted', () => {
  it('is told to the owner once, with how to let the bot in', async () => {
    const { bot, told, clock } = await lockedOut()
    expect(await bot.deliver(card)).toEqual({ delivered: false, waitSeconds: 600, why: 'not_in_channel' })
    clock.now += 600_000
    expect(await bot.deliver(card)).toMatchObject({ delivered: false })
    expect(told()).toHaveLength(1)
    expect(told()[0]).toContain('Slack does not let Firstpass post about your rollout of PCBA-FCT 2.4.1')
    expect(told()[0]).toContain('Write `/invite @Firstpass` in #elsewhere')
    expect(told()[0]).toContain(rollout.url)
  })

  it('is posted when the bot was let in', async () => {
    const { bot, workspace } = await lockedOut()
    await bot.deliver(card)
    workspace.changeChannel(outside.id, { appIsMember: true })
    expect(await bot.deliver(card)).toEqual({ delivered: true })
    expect(workspace.messages(outside.id)).toHaveLength(1)
  })

  it('of a rollout that a program started is told to nobody, and stands in the log', async () => {
    const program = { kind: 'program', id: 'ci', name: 'CI', door: 'api' } as const
    const { bot, workspace, logged } = await lockedOut({ ...rollout, owner: program })
    await bot.deliver(card)
    expect(workspace.calls().filter((call) => call.method === 'chat.postMessage' && call.ok)).toEqual([])
    expect(logged.some((line) => line.includes('does not let the bot write to channel C0ELSEWHERE'))).toBe(
      true,
    )
  })

  it('still waits when the owner cannot be told', async () => {
    const { bot, workspace, told } = await lockedOut()
    workspace.faults.set({ kind: 'error', error: 'restricted_action', methods: ['chat.postMessage'] })
    expect(await bot.deliver(card)).toMatchObject({ delivered: false, waitSeconds: 600 })
    expect(told()).toEqual([])
  })
})
