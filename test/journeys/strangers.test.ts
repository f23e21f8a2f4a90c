// People who may not decide: guests, and people of another company in a shared channel.
import { expect, test } from 'vitest'
import { guest, ines, stranger, words } from './support/channel.ts'
import { journey } from './support/journey.ts'

const who = [
  ['a guest', guest, 'Guests may not use rollouts'],
  ['a person of another company', stranger, 'Only people of this workspace may use rollouts'],
] as const

test.each(who)(
  '%s clicks and types: refused in private, and nothing changes',
  async (_who, user, refusal) => {
    const { channel, api, slack } = await journey({ stations: 4, speed: 60 })

    await channel.type(user, 'start PCBA-FCT 2.4.1 --preset hot-fix')
    await channel.told(user, refusal)
    expect(await api.rollouts()).toEqual([])

    await channel.type(user, 'start')
    await slack.waitFor(() => (slack.views(user)[0]?.callback_id ?? '') === 'refused', 10_000)
    expect(slack.views(user)[0]?.submit).toBeUndefined()

    await channel.type(ines, 'start PCBA-FCT 2.4.1 --preset hot-fix')
    const card = await channel.card(1, (shown) => words(shown).includes('active'))
    const heard = slack.ephemerals(user).length
    await channel.press(user, card, 'pause')
    await channel.press(user, card, 'abort')
    if (slack.views(user).at(-1)?.callback_id === 'abort_reason') {
      const viewId = slack.views(user).at(-1)?.id ?? ''
      const sent = await slack.submitView({ user, viewId, values: { reason: 'I would rather not' } })
      expect(slack.views(user).at(-1)?.errors.reason ?? JSON.stringify(sent)).toContain(refusal)
    }
    await channel.type(user, 'abort I would rather not')
    await slack.waitFor(() => slack.ephemerals(user).length >= heard + 2, 10_000)
    expect(slack.ephemerals(user).slice(heard).map(words).join('\n')).toContain(refusal)

    const decided = (await api.events()).filter((event) => event.by.id === user)
    expect(decided).toEqual([])
    expect((await api.rollout()).status).toBe('active')
    expect(channel.posts()).toHaveLength(1)
  },
)
