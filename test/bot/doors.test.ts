// Commands, events, clicks, forms and menus come through either door, and are answered alike.
import { describe, expect, it } from 'vitest'
import { ines } from '../support/fixed-values.ts'
import { aRollout, ready } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, type Door, openBot } from './support/open-bot.ts'

const card = { kind: 'card' as const, rolloutId: aRollout().id, stageIndex: 1 }

describe.each<Door>(['http', 'socket'])('over %s', (door) => {
  const open = () => openBot({ door, service: fakeService({ rollouts: [aRollout({ readiness: ready })] }) })

  it('a command is answered', async () => {
    const bot = await open()
    expect(await bot.workspace.command({ user: ines.id, channel, text: 'pause' })).toMatchObject({ ok: true })
    await answerTo(bot, ines.id, /pause/)
    expect(bot.service.commanded).toMatchObject([{ verb: { verb: 'pause' }, by: ines }])
  })

  it('an event is answered', async () => {
    const bot = await open()
    await bot.workspace.mention({ user: ines.id, channel, text: 'what can you do?' })
    await answerTo(bot, ines.id, '/rollout help')
  })

  it('a click decides', async () => {
    const bot = await open()
    await bot.bot.deliver(card)
    const ts = bot.workspace.messages(channel)[0]?.ts ?? ''
    expect(await bot.workspace.click({ user: ines.id, channel, ts, actionId: 'advance' })).toMatchObject({
      ok: true,
    })
    await bot.workspace.waitFor(
      () => JSON.stringify(bot.workspace.messages(channel)[0]).includes('Advanced to stage 3'),
      2000,
    )
    expect(bot.service.commanded).toMatchObject([{ verb: { verb: 'advance' } }])
  })

  it('a menu is filled, and a form that is wrong keeps what was typed and says what is wrong', async () => {
    const { workspace } = await open()
    const user = ines.id
    await workspace.command({ user, channel, text: 'start' })
    await workspace.waitFor(() => workspace.views(user).length === 1, 2000)
    const viewId = workspace.views(user)[0]?.id ?? ''
    const offered = await workspace.suggestOptions({ user, viewId, actionId: 'start_procedure', value: '' })
    expect(JSON.stringify(offered)).toContain('PCBA-FCT')
    await workspace.click({ user, viewId, actionId: 'start_preset', value: 'custom' })
    const submitted = await workspace.submitView({ user, viewId, values: { reason: 'half a sentence' } })
    expect(submitted).toMatchObject({ ok: false, errors: expect.anything() })
    expect(JSON.stringify(workspace.views(user)[0]?.values)).toContain('half a sentence')
  })
})
