// Two people decide at the same moment: one of them moves the rollout, the other is told who did.
import { expect, test } from 'vitest'
import { buttons, ines, isReady, marek, words } from './support/channel.ts'
import { journey } from './support/journey.ts'
import { readyToStay } from './support/ready-to-stay.ts'

test('two people click Advance at once: the rollout advances once, and the slower one is told', async () => {
  const place = await journey({ stations: 4 })
  const { channel, api, slack } = place
  await channel.type(ines, 'start PCBA-FCT 2.4.1 --preset hot-fix')
  await channel.card(1)
  await readyToStay(place)
  const card = await channel.card(1, isReady)

  await Promise.all([channel.press(ines, card, 'advance'), channel.press(marek, card, 'advance')])

  const second = await channel.card(2)
  const advanced = (await api.events()).filter((event) => event.type === 'StageAdvanced')
  expect(advanced).toHaveLength(1)
  const winner = advanced[0]?.by.id
  const [slower, name] = winner === ines ? [marek, 'Ines Duarte'] : [ines, 'Marek Nowak']
  const told = await channel.told(slower, `The rollout has moved on: ${name} advanced to stage 2`)
  expect(words(told)).toContain('Look at the current card, then decide again.')
  expect(slack.ephemerals(winner ?? '').filter((each) => words(each).includes('moved on'))).toEqual([])
  const first = await channel.card(1, (shown) => buttons(shown).length === 0)
  expect(words(first)).toContain(`*Advanced* by ${name}`)
  expect(channel.posts().map((post) => post.ts)).toEqual([first.ts, second.ts])
  expect([slack.notices(ines), slack.notices(marek)].flat()).toEqual([])
})
