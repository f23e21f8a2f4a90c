// Slack moves or loses a Socket Mode connection: the app comes back and answers as before.
import { describe, expect, it, vi } from 'vitest'
import { ines } from '../support/fixed-values.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

const patiently = { timeout: 3000, interval: 5 }

async function open() {
  const bot = await openBot({ door: 'socket' })
  const opened = () =>
    bot.logged.filter((line) => line.includes('the Socket Mode connection to Slack is open')).length
  const isBack = () =>
    vi.waitFor(() => {
      expect(opened()).toBe(2)
      expect(bot.bot.status()).toEqual({ state: 'connected', reason: null })
    }, patiently)
  return { ...bot, isBack }
}

describe('a connection', () => {
  it.each(['refresh_requested', 'link_disabled'] as const)(
    'that Slack ends with %s is opened anew',
    async (reason) => {
      const bot = await open()
      bot.workspace.sockets.disconnect(reason)
      await bot.isBack()
      expect(await bot.workspace.command({ user: ines.id, channel, text: 'help' })).toMatchObject({
        ok: true,
      })
      await answerTo(bot, ines.id, '/rollout help')
    },
  )

  it('that is lost without a word is opened anew', async () => {
    const bot = await open()
    bot.workspace.sockets.drop()
    await bot.isBack()
    expect(bot.logged.some((line) => line.includes('was closed: reconnecting'))).toBe(true)
    await bot.workspace.mention({ user: ines.id, channel, text: 'still there?' })
    await answerTo(bot, ines.id, '/rollout help')
  })

  it('is closed when the app stops, and takes nothing more', async () => {
    const bot = await open()
    await bot.bot.stop()
    await vi.waitFor(() => expect(bot.workspace.sockets.count()).toBe(0), patiently)
    expect(await bot.workspace.command({ user: ines.id, channel, text: 'help' })).toMatchObject({ ok: false })
  })
})
