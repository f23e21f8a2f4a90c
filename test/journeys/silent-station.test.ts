// A canary station that is not heard of again after it took the new build.
import { expect, test } from 'vitest'
import { ines, isReady, marek, words } from './support/channel.ts'
import { journey } from './support/journey.ts'
import { until } from './support/until.ts'

test('a station that goes silent never counts as healthy; waived with a reason, the rollout goes on', async () => {
  const { channel, api, factory, slack } = await journey({ scenario: 'silent', stations: 4 })
  await channel.type(ines, 'start PCBA-FCT 2.4.1 --stages 2,100%')
  const [silent = ''] = await until('a station loses its network', () =>
    factory.offlineNames().length > 0 ? factory.offlineNames() : null,
  )

  const card = await channel.card(1, (shown) =>
    words(shown).includes(`${silent} (pulled, no run yet, stale: no run for`),
  )
  const station = async () => (await api.rollout()).stations.find((each) => each.name === silent)
  expect(await station()).toMatchObject({ status: 'pulled', trouble: { kind: 'stale' }, canaryUnits: 0 })
  await until('the other station has its samples', async () => {
    const { readiness } = await api.rollout()
    return readiness.items.find((item) => item.kind === 'samples')?.met
  })
  const { readiness } = await api.rollout()
  expect(readiness.ready).toBe(false)
  expect(readiness.items).toContainEqual(
    expect.objectContaining({
      kind: 'stations',
      met: false,
      text: '1 of 2 stations confirmed on the new build',
    }),
  )
  expect(readiness.items.find((item) => item.kind === 'soak')?.done).toBe(0)

  await channel.type(marek, 'why')
  const why = await channel.told(marek, 'is active')
  expect(words(why)).toContain(`Waits for: ${silent} (stale: no run for`)
  await channel.press(marek, card, 'advance')
  await slack.waitFor(() => slack.views(marek).length > 0, 10_000)
  expect(words({ ts: '', text: '', blocks: slack.views(marek)[0]?.blocks })).toContain(
    '1 of 2 stations confirmed',
  )
  await slack.closeView({ user: marek, viewId: slack.views(marek)[0]?.id ?? '' })
  expect((await api.rollout()).stageIndex).toBe(0)

  await channel.type(marek, `waive ${silent}`)
  await channel.told(marek, 'A waiver needs a reason')
  await channel.type(marek, `waive ${silent} switched off for repair`)
  const ready = await channel.card(1, isReady, 60_000)
  expect(words(ready)).toContain('waived by Marek Nowak')
  await channel.advance(ines, 1)

  await until('it completes', async () => (await api.rollout()).status === 'completed', { ms: 60_000 })
  expect(await station()).toMatchObject({
    status: 'pulled',
    canaryUnits: 0,
    waived: { by: { id: marek }, why: 'switched off for repair' },
  })
})
