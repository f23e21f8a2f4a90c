// A build that breaks the test: stopped by its gates, taken back by a person.
import { expect, test } from 'vitest'
import { buttons, ines, priya, words } from './support/channel.ts'
import { journey } from './support/journey.ts'
import { until } from './support/until.ts'

test('a bad build is paused by its gate, asked about in a thread, and taken back from every station', async () => {
  const { channel, api, factory, slack } = await journey({ scenario: 'broken', stations: 4 })
  await channel.type(ines, 'start PCBA-FCT 2.4.1 --stages 2,100% new limits')

  const card = await channel.card(1, (shown) => words(shown).includes('*Paused* by Firstpass'), 60_000)
  const { gate, headline } = await until('a breach is open', async () => (await api.rollout()).breaches[0])
  const alert = await channel.reply(card, `reach: ${gate}`)
  expect(words(alert)).toMatch(/[\d.]+ % against expected [\d.]+ %/)
  expect(headline).toMatch(/ on \d+ /)
  expect(words(alert)).toContain(`<@${ines}>: acknowledge it with a reason, or abort.`)
  expect(words(alert)).toContain('paused: no further station gets the build')
  expect(buttons(alert).filter((id) => id !== 'retest')).toEqual(['acknowledge', 'abort'])
  expect(buttons(card)).not.toContain('pause')

  const sent = await channel.pressAndSay(priya, alert, 'abort', 'it crashes on every tenth board')
  expect(sent).toMatchObject({ ok: true })
  expect(slack.views(priya)).toEqual([])
  await until('the abort is finished', async () => (await api.rollout()).status === 'aborted')

  const rollout = await api.rollout()
  expect(rollout.abort).toMatchObject({ why: 'it crashes on every tenth board', by: { id: priya } })
  const exposed = rollout.stations.filter((station) => station.stageIndex === 0)
  expect(exposed.map((station) => station.status)).toEqual(['reverted', 'reverted'])
  const ran = (id: string) => factory.stats().byDeployment[id]?.runs ?? 0
  const [onNew, onBase] = [ran(factory.candidate.id), ran(factory.base.id)]
  await until('the factory tests on', () => ran(factory.base.id) > onBase + 40)
  expect(ran(factory.candidate.id)).toBe(onNew)
  expect(await api.procedure(factory.procedureId)).toMatchObject({ activeDeploymentId: factory.base.id })

  const ended = await channel.card(1, (shown) => words(shown).includes('*Aborted* by Priya Raman'))
  expect(buttons(ended)).toEqual([])
  expect(words(ended)).toContain('*Way back* 2 of 2 stations proven back')
  await channel.reply(ended, 'the abort is finished, every station that had the build is back on base')
  const alerts = channel.repliesTo(ended).filter((each) => words(each).includes('*Done*'))
  for (const each of alerts) expect(words(each)).toContain('Ended: aborted by Priya Raman')
  expect(alerts.flatMap(buttons)).toEqual([])
  const replies = channel.repliesTo(ended).map((each) => each.text)
  expect(new Set(replies).size).toBe(replies.length)
  expect(channel.posts()).toHaveLength(1)
  await until('it is summed up', () => channel.summaries().length > 0)
  expect(channel.summaries().map(words)).toEqual([expect.stringContaining('aborted: 2')])
})
