// Whether the bot can write to a channel, said before somebody waits for a card there.
import { WebClient } from '@slack/web-api'
import { expect, it } from 'vitest'
import { channelState } from '../../bot/workspaces/channel-state.ts'
import { defaultChannels } from '../../demo/slack/state/directory.ts'
import { botToken, channel, openBot } from './support/open-bot.ts'

const channels = [
  ...defaultChannels,
  { id: 'C0ELSEWHERE', name: 'elsewhere', appIsMember: false },
  { id: 'C0PRIVATE01', name: 'private', isPrivate: true, appIsMember: false },
]

async function asking() {
  const { workspace } = await openBot({ workspace: { channels } })
  const options = { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } }
  const clients = { interactive: new WebClient(botToken, options) }
  return { workspace, state: (id: string) => channelState({ clients }, id) }
}

it('says nothing of a channel that the bot is in', async () => {
  const { state } = await asking()
  expect(await state(channel)).toBeNull()
})

it('says how to let the bot in where it is not', async () => {
  const { state } = await asking()
  expect(await state('C0ELSEWHERE')).toBe(
    'Firstpass is not in #elsewhere, so its cards cannot appear there. Write `/invite @Firstpass` in #elsewhere, or choose another channel.',
  )
  for (const hidden of ['C0PRIVATE01', 'C0NOWHERE01'])
    expect(await state(hidden)).toContain(`no channel ${hidden}: it is gone, or it is private`)
})

it('says that a channel is archived', async () => {
  const { state, workspace } = await asking()
  workspace.changeChannel(channel, { isArchived: true })
  expect(await state(channel)).toContain('#pcba-rollouts is archived')
})

it('says nothing when Slack cannot be asked', async () => {
  const { state, workspace } = await asking()
  workspace.faults.set({ kind: 'error500' })
  expect(await state('C0ELSEWHERE')).toBeNull()
})
