// A button of a card that was drawn for an earlier state.
import { expect, test } from 'vitest'
import { buttons, ines, isReady, marek, words } from './support/channel.ts'
import { journey } from './support/journey.ts'
import { readyToStay } from './support/ready-to-stay.ts'

test('a card whose button comes too late says who moved the rollout, and is drawn again', async () => {
  const place = await journey({ stations: 4 })
  const { channel, api, slack } = place
  await channel.type(ines, 'start PCBA-FCT 2.4.1 --preset hot-fix')
  await channel.card(1)
  await readyToStay(place)
  const card = await channel.card(1, isReady)
  const { id } = await api.rollout()

  // Slack does not take changes of messages for a while, so the card stays as it is while the program moves on.
  slack.faults.set({ kind: 'error500', methods: ['chat.update', 'chat.postMessage'] })
  const advanced = await api.ask('POST', `/api/v1/rollouts/${id}/advance`, { reason: 'by the night shift' })
  expect(advanced.status).toBe(200)
  const { at } = (await api.rollout()).lastDecision
  expect(buttons(await channel.card(1))).toContain('advance')
  slack.faults.clear()
  await channel.press(marek, card, 'advance')

  const told = await channel.told(marek, /moved on: .* advanced to stage 2/)
  expect(words(told)).toContain(`<!date^${Math.floor(at / 1000)}^`)
  const redrawn = await channel.card(1, (shown) => buttons(shown).length === 0)
  expect(words(redrawn)).toMatch(/\*Advanced\* by .*: by the night shift/)
  await channel.card(2)
  expect(channel.posts()).toHaveLength(2)
  const events = await api.events()
  expect(events.filter((event) => event.type === 'StageAdvanced')).toHaveLength(1)
})
