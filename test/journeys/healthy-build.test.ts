// A healthy build on its way to every station: started, advanced and completed from Slack.
import { expect, test } from 'vitest'
import { buttons, ines, isReady, marek, pageLink, words } from './support/channel.ts'
import { journey } from './support/journey.ts'
import { until } from './support/until.ts'

test('a healthy build goes from one station to all, card by card, and completes by itself', async () => {
  const { channel, api, factory, warnings } = await journey({ stations: 6 })

  await channel.type(ines, 'start PCBA-FCT 2.4.1 --stages 1,3,100% tightened limits')
  await channel.told(ines, /started the rollout of PCBA-FCT 2\.4\.1/)

  const first = await channel.card(1, isReady, 60_000)
  expect(buttons(first)).toEqual(['advance', 'pause', 'abort'])
  expect(words(first)).toContain('*Next stage adds* 2 stations')
  await channel.advance(marek, 1)
  await channel.advance(ines, 2)

  const third = await channel.card(3, (card) => words(card).includes('*Completed* by Firstpass'))
  const rollout = await api.rollout()
  expect(rollout.status).toBe('completed')
  expect(rollout.stations.map((station) => station.status)).toEqual(Array(6).fill('confirmed'))
  const procedure = await api.procedure(factory.procedureId)
  expect(procedure).toMatchObject({
    activeDeploymentId: factory.candidate.id,
    formerDeploymentId: factory.base.id,
  })
  const baseRuns = () => factory.stats().byDeployment[factory.base.id]?.runs ?? 0
  const [onBase, onNew] = [baseRuns(), factory.stats().byDeployment[factory.candidate.id]?.runs ?? 0]
  await until(
    'the factory tests on',
    () => (factory.stats().byDeployment[factory.candidate.id]?.runs ?? 0) > onNew + 60,
  )
  expect(baseRuns()).toBe(onBase)

  const ended = await Promise.all(
    [1, 2, 3].map((stage) => channel.card(stage, (card) => buttons(card).length === 0)),
  )
  expect(words(ended[0] ?? third)).toMatch(/\*Advanced\* by Marek Nowak, <!date/)
  expect(words(ended[1] ?? third)).toMatch(/\*Advanced\* by Ines Duarte, <!date/)
  expect(channel.posts()).toHaveLength(3)
  await until('its last card shows a chart', () =>
    channel
      .posts()
      .at(-1)
      ?.blocks?.some((block) => block.type === 'image' && 'slack_file' in block),
  )
  await until('it is summed up', () => channel.summaries().length > 0)
  expect(channel.summaries().map(words)).toEqual([expect.stringContaining('completed on 6')])
  expect(ended.flatMap(channel.repliesTo)).toEqual([])

  const page = await fetch(pageLink(third))
  expect(page.status).toBe(200)
  const html = await page.text()
  expect(html).toContain('PCBA-FCT 2.4.1')
  expect(html).toMatch(/completed/i)
  expect(html.match(/<svg/g)?.length).toBeGreaterThan(0)
  expect(warnings).toEqual([])
})
