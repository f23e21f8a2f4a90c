// A card in the channel: one for however many processes, and never lost because a workspace takes no tables.
import { describe, expect, it } from 'vitest'
import { aRollout } from '../support/rollout-view-builder.ts'
import { channel } from './support/open-bot.ts'
import { threadStory } from './support/thread-story.ts'

const view = aRollout()
const card = { kind: 'card' as const, rolloutId: view.id, stageIndex: 1 }

describe('a card', () => {
  it('is posted once by two processes', async () => {
    const story = await threadStory(view)
    const other = await story.replica()
    await Promise.all([story.card(), other.bot.deliver(card), story.card(), other.bot.deliver(card)])
    expect(story.workspace.messages(channel)).toHaveLength(1)
  })

  it('that was deleted is posted anew once by two processes', async () => {
    const story = await threadStory(view)
    const other = await story.replica()
    await story.card()
    story.becomes({ next: 'something else' })
    for (const { clock } of [story, other]) clock.now += 4000
    story.workspace.faults.set({
      kind: 'error',
      error: 'message_not_found',
      methods: ['chat.update'],
      times: 2,
    })
    await Promise.all([story.card(), other.bot.deliver(card)])
    expect(story.workspace.messages(channel)).toHaveLength(2)
  })

  it('has its numbers in a table where the workspace takes one', async () => {
    const { card: draw, workspace } = await threadStory(view)
    await draw()
    expect(workspace.messages(channel)[0]?.blocks?.map((block) => block.type)).toContain('table')
  })

  it('has its numbers in fields where the table is refused, and its buttons all the same', async () => {
    const { card: draw, workspace } = await threadStory(view)
    workspace.faults.set({ kind: 'error', error: 'invalid_blocks', methods: ['chat.postMessage'], times: 1 })
    expect(await draw()).toEqual({ delivered: true })
    const blocks = workspace.messages(channel)[0]?.blocks ?? []
    expect(blocks.map((block) => block.type)).not.toContain('table')
    expect(blocks.find((block) => block.block_id === 'numbers')).toMatchObject({ type: 'section' })
    expect(JSON.stringify(blocks)).toContain('"action_id":"advance"')
  })
})
