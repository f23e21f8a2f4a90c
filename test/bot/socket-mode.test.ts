// Socket Mode, for installations that Slack cannot reach: the same listeners, a connection that comes back.
import Fastify from 'fastify'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { slackApp } from '../../bot/slack-app.ts'
import { ines } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { memoryStore } from './support/memory-store.ts'
import { socketSlack } from './support/socket-slack.ts'

const bot = { ok: true, bot_id: 'B1', user_id: 'U0BOT', team_id: 'T1' }
const person = { ok: true, user: { id: ines.id, team_id: 'T1', real_name: ines.name } }
const hello = { type: 'hello' }

async function openSocket(answers: Record<string, object> = {}) {
  const slack = await socketSlack({ 'auth.test': bot, 'users.info': person, ...answers })
  const service = fakeService({ rollouts: [aRollout()] })
  const gaps: number[] = []
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const write = (line: string) => {
    lines.push(line)
    for (const check of [...waiting]) check()
  }
  /** Resolves when the log has said this so many times. */
  const said = (text: string, times = 1) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (lines.filter((line) => line.includes(text)).length < times) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  const app = slackApp({
    service,
    store: memoryStore(),
    settings: { botToken: 'xoxb-test', signingSecret: '', appToken: 'xapp-test', apiUrl: slack.apiUrl },
    now: Date.now,
    log: pino({ level: 'debug' }, { write }),
    wait: async (ms) => void gaps.push(ms),
  })
  app.start()
  onTestFinished(() => app.stop())
  const connect = async (connections = 1) => {
    await slack.until(() => slack.sockets.length === connections)
    slack.send(hello)
  }
  return { app, slack, service, gaps, lines, said, connect }
}

describe('an app with an app-level token', () => {
  it('answers commands that come over the socket', async () => {
    const { app, slack, service, connect, said } = await openSocket()
    await connect()
    await said('Socket Mode connection to Slack is open')
    expect(app.status()).toEqual({ state: 'connected', reason: null })
    const payload = {
      command: '/rollout',
      text: 'pause',
      user_id: ines.id,
      team_id: 'T1',
      channel_id: 'C1',
      trigger_id: '1.2',
    }
    slack.send({ type: 'slash_commands', envelope_id: 'e1', payload, accepts_response_payload: true })
    await slack.until(() => slack.messages.some((text) => text.includes('"envelope_id":"e1"')))
    await slack.until(() => slack.received.some(({ method }) => method === 'chat.postEphemeral'))
    expect(service.commanded).toMatchObject([{ verb: { verb: 'pause' }, by: ines }])
  })

  it('takes no requests over HTTP', async () => {
    const { app } = await openSocket()
    const server = Fastify()
    await server.register(app.routes)
    expect(await server.inject({ method: 'POST', url: '/slack/events' })).toMatchObject({ statusCode: 404 })
  })

  it('comes back when the connection is lost, and says so meanwhile', async () => {
    const { app, slack, connect, said } = await openSocket()
    await connect()
    await said('Socket Mode connection to Slack is open')
    slack.drop()
    await said('was closed: reconnecting')
    expect(app.status()).toMatchObject({ state: 'connecting' })
    await connect(2)
    await said('Socket Mode connection to Slack is open', 2)
    expect(app.status()).toEqual({ state: 'connected', reason: null })
  })

  it('survives a refused app token, trying again with growing gaps', async () => {
    const { app, slack, gaps, said, connect } = await openSocket({
      'apps.connections.open': { ok: false, error: 'invalid_auth' },
    })
    await said('"attempt":3')
    expect(gaps.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(app.status().state).toBe('connecting')
    delete slack.answers['apps.connections.open']
    await connect()
    await said('Socket Mode connection to Slack is open')
  })
})
