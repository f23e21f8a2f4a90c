// How the app meets Slack: signatures, an absent Slack, an unset secret.
import Fastify from 'fastify'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { type SlackSettings, slackApp } from '../../bot/slack-app.ts'
import { ines } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { memoryStore } from './support/memory-store.ts'
import { answerTo, botToken, channel, openBot, signingSecret } from './support/open-bot.ts'
import { slackRequest } from './support/slack-request.ts'

const command = new URLSearchParams({
  command: '/rollout',
  text: 'help',
  user_id: ines.id,
  team_id: 'T1',
  channel_id: channel,
  trigger_id: '1.2',
}).toString()

describe('a request of Slack', () => {
  it('with a valid signature is acknowledged', async () => {
    const { server } = await openBot()
    expect(await server.inject(slackRequest(command, signingSecret))).toMatchObject({ statusCode: 200 })
  })

  it.each([
    ['another secret', slackRequest(command, 'another-secret')],
    ['a signature of yesterday', slackRequest(command, signingSecret, { at: Date.now() - 86_400_000 })],
    ['no signature', { method: 'POST' as const, url: '/slack/events', payload: command }],
  ])('with %s is refused', async (_what, request) => {
    const service = fakeService({ rollouts: [aRollout()] })
    const { server } = await openBot({ service })
    const body = { ...request, payload: request.payload }
    expect(await server.inject(body)).toMatchObject({ statusCode: 401 })
    expect(service.commanded).toEqual([])
  })

  it('that is not readable is answered with 400', async () => {
    const { server } = await openBot()
    const request = slackRequest('{not json', signingSecret, { contentType: 'application/json' })
    expect(await server.inject(request)).toMatchObject({ statusCode: 400 })
  })

  it('that nothing listens for is told so at once, instead of being left without an answer', async () => {
    const { server } = await openBot()
    for (const body of [
      'command=%2Fother&user_id=U0TESTENG1&team_id=T0FACTORY1',
      'payload=%7B%22type%22%3A%22no%22%7D',
      'payload=%7B%22type%22%3A%22shortcut%22%7D',
    ]) {
      const reply = await server.inject(slackRequest(body, signingSecret))
      expect([reply.statusCode, reply.json()]).toEqual([400, { error: 'nothing here takes this payload' }])
    }
  })

  it('that is JSON but no object is answered with 400', async () => {
    const { server } = await openBot()
    for (const body of ['null', '[]', '17']) {
      const reply = await server.inject(
        slackRequest(body, signingSecret, { contentType: 'application/json' }),
      )
      expect(reply.statusCode).toBe(400)
      const form = `payload=${encodeURIComponent(body)}`
      expect((await server.inject(slackRequest(form, signingSecret))).statusCode).toBe(400)
    }
  })

  it('to verify the address gets its challenge back', async () => {
    const { workspace } = await openBot()
    expect(await workspace.verifyUrl()).toBe(true)
  })

  it('leaves the body parsers of the rest of the service alone', async () => {
    const { server } = await openBot()
    const rest = Fastify()
    rest.post('/runs', async (request) => request.body)
    const app = slackApp({
      service: fakeService(),
      store: memoryStore(),
      settings: { botToken, signingSecret },
      now: Date.now,
      log: pino({ level: 'silent' }),
    })
    await rest.register(app.routes)
    expect((await rest.inject({ method: 'POST', url: '/runs', payload: { a: 1 } })).json()).toEqual({ a: 1 })
    await rest.close()
    expect(server.hasContentTypeParser('application/x-www-form-urlencoded')).toBe(false)
  })
})

describe('Slack, away when the service starts', () => {
  it('is asked again with growing gaps, and the app works as soon as it answers', async () => {
    const gaps: number[] = []
    const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const asked = turns.map(() => Promise.withResolvers<void>())
    const wait = async (ms: number) => {
      asked[gaps.push(ms) - 1]?.resolve()
      await turns[gaps.length - 1]?.promise
    }
    const service = fakeService({ rollouts: [aRollout()] })
    const { bot, server, logged } = await openBot({ service, wait, connecting: true, away: true })
    await asked[0]?.promise
    expect(bot.status()).toMatchObject({ state: 'connecting', reason: expect.stringContaining('500') })
    const refused = await server.inject(slackRequest(command, signingSecret))
    expect(refused).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } })
    turns[0]?.resolve()
    await asked[1]?.promise
    expect(gaps).toEqual([1000, 2000])
    expect(logged.filter((line) => line.includes('Slack is not connected')).length).toBe(2)
    const stopped = bot.stop()
    turns[1]?.resolve()
    await stopped
  })

  it('and then back, gets its commands answered', async () => {
    const waiting = Promise.withResolvers<void>()
    const back = Promise.withResolvers<void>()
    const wait = async () => {
      waiting.resolve()
      await back.promise
    }
    const open = await openBot({ wait, connecting: true, away: true })
    await waiting.promise
    expect(await open.workspace.command({ user: ines.id, channel, text: 'help' })).toMatchObject({
      ok: false,
    })
    open.workspace.faults.clear()
    back.resolve()
    await open.connected
    expect(open.bot.status()).toEqual({ state: 'connected', reason: null })
    await open.workspace.command({ user: ines.id, channel, text: 'help' })
    await answerTo(open, ines.id, '/rollout help')
  })

  it('that refuses the token says so, in the log and in the status', async () => {
    const seen = Promise.withResolvers<void>()
    const wait = async (_ms: number, signal: AbortSignal) => {
      seen.resolve()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    }
    const { bot } = await openBot({ wait, connecting: true, settings: { botToken: 'xoxb-of-another-app' } })
    await seen.promise
    expect(bot.status()).toEqual({ state: 'connecting', reason: 'Slack refused the bot token: invalid_auth' })
  })
})

describe('an app without its settings', () => {
  it.each<[string, Partial<SlackSettings>, string]>([
    ['no bot token', { botToken: '' }, 'SLACK_BOT_TOKEN is not set'],
    ['no signing secret', { signingSecret: '' }, 'SLACK_SIGNING_SECRET is not set'],
  ])('%s: is disabled, takes no requests and holds no delivery up', async (_what, missing, reason) => {
    const settings = { botToken, signingSecret, ...missing }
    const app = slackApp({
      service: fakeService(),
      store: memoryStore(),
      settings,
      now: Date.now,
      log: pino({ level: 'silent' }),
    })
    const server = Fastify()
    await server.register(app.routes)
    app.start()
    expect(app.status()).toEqual({ state: 'disabled', reason: expect.stringContaining(reason) })
    expect(await server.inject(slackRequest(command, 'x'))).toMatchObject({ statusCode: 404 })
    expect(await app.deliver({ kind: 'card', rolloutId: aRollout().id, stageIndex: 0 })).toEqual({
      delivered: true,
    })
    await app.stop()
    await server.close()
  })
})
