// Every shape of payload that Slack sends, with something wrong in it and signed all the same: answered in time, never as
// a fault, and nothing is decided on what does not exist or by nobody.

import fc from 'fast-check'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { ines, marek } from '../support/fixed-values.ts'
import { hostileText, written } from '../support/fuzz/hostile-values.ts'
import { spoiled } from '../support/fuzz/spoiled.ts'
import { aPausedRollout, ready } from '../support/rollout-view-builder.ts'
import { aBuild, fakeService } from './support/fake-service.ts'
import { channel, type OpenBot, openBot, signingSecret } from './support/open-bot.ts'
import { slackRequest } from './support/slack-request.ts'

/** One that stays, as for the routes. */
const seed = Number(process.env.FUZZ_SEED ?? 434_859)
const requests = Number(process.env.FUZZ_REQUESTS ?? 300)
const user = ines.id
const rollout = aPausedRollout({ readiness: ready })
/** Slack waits so long for an answer, in real milliseconds. */
const patienceMs = 3_000

type Shape = { type: string; body: string }

/** What Slack sends for each thing that a person can do, as the local workspace sends it. */
async function recorded(): Promise<{
  open: OpenBot
  service: ReturnType<typeof fakeService>
  shapes: Shape[]
}> {
  const shapes: Shape[] = []
  let to = ''
  const recorder = Fastify({ forceCloseConnections: true })
  recorder.removeAllContentTypeParsers()
  recorder.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  recorder.post('/slack/events', async (request, reply) => {
    const body = String(request.body)
    const type = String(request.headers['content-type'])
    shapes.push({ type, body })
    const signed = slackRequest(body, signingSecret, { contentType: type })
    const answer = await fetch(to, { method: 'POST', headers: signed.headers, body })
    return reply
      .code(answer.status)
      .type(answer.headers.get('content-type') ?? 'text/plain')
      .send(await answer.text())
  })
  await recorder.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => recorder.close())
  const service = fakeService({ rollouts: [rollout], deployments: [aBuild()] })
  const open = await openBot({
    service,
    workspace: {
      appUrl: () => `${recorder.listeningOrigin}/slack/events`,
      unfurlDomains: ['firstpass.example.com'],
      shortcuts: [
        { type: 'global', callbackId: 'start_rollout', name: 'Start' },
        { type: 'message', callbackId: 'start_from_message', name: 'Start of it' },
      ],
    },
  })
  to = open.appUrl
  await actOnce(open)
  return { open, service, shapes }
}

async function actOnce({ workspace, bot }: OpenBot): Promise<void> {
  await bot.deliver({ kind: 'card', rolloutId: rollout.id, stageIndex: rollout.stageIndex })
  const [card] = workspace.messages(channel)
  const ts = card?.ts ?? ''
  for (const text of ['status', 'pause for lunch', 'advance --override why', 'abort smoke', 'why', 'config'])
    await workspace.command({ user, channel, text })
  for (const actionId of ['resume', 'abort', 'acknowledge'])
    await workspace.click({ user, channel, ts, actionId }).catch(() => undefined)
  await workspace.waitFor(() => workspace.views(user).length > 0, 5_000)
  const viewId = workspace.views(user).at(-1)?.id ?? ''
  await workspace.submitView({ user, viewId, values: { reason: 'smoke' } }).catch(() => undefined)
  await workspace.command({ user: marek.id, channel, text: 'start' })
  await workspace.waitFor(() => workspace.views(marek.id).length > 0, 5_000)
  const form = workspace.views(marek.id).at(-1)?.id ?? ''
  await workspace.suggestOptions({ user: marek.id, viewId: form, actionId: 'start_procedure', value: '' })
  await workspace.click({ user: marek.id, viewId: form, actionId: 'start_preset', value: 'custom' })
  await workspace.submitView({ user: marek.id, viewId: form, values: {} }).catch(() => undefined)
  await workspace.closeView({ user: marek.id, viewId: form }).catch(() => undefined)
  await workspace.shortcut({ user, callbackId: 'start_rollout' })
  await workspace.shortcut({ user, callbackId: 'start_from_message', channel, ts })
  await workspace.openHome(user)
  await workspace.mention({ user, channel, text: 'hello' })
  await workspace.say({ user, channel, text: `see ${rollout.url}` })
}

/** A payload with one or two things wrong in it, in the form that it came in. */
function mutated({ type, body }: Shape): fc.Arbitrary<Shape> {
  if (type.includes('json'))
    return spoiled(fc.constant(JSON.parse(body))).map((each) => ({ type, body: written(each) }))
  const form = Object.fromEntries(new URLSearchParams(body))
  const inside = form.payload === undefined ? null : JSON.parse(form.payload)
  if (inside !== null)
    return spoiled(fc.constant(inside)).map((each) => ({
      type,
      body: new URLSearchParams({ payload: written(each) }).toString(),
    }))
  return fc
    .tuple(fc.constantFrom(...Object.keys(form)), fc.option(hostileText, { freq: 5 }))
    .map(([key, text]) => {
      const { [key]: _gone, ...rest } = form
      const fields = text === null ? rest : { ...rest, [key]: text.toWellFormed() }
      return { type, body: new URLSearchParams(fields).toString() }
    })
}

test(`${requests} payloads, FUZZ_SEED=${seed}`, { timeout: 300_000 }, async () => {
  const { open, service, shapes } = await recorded()
  const kinds = [...new Map(shapes.map((shape) => [kindOf(shape), shape])).entries()]
  expect(kinds.map(([kind]) => kind)).toEqual(expect.arrayContaining(everyKind))
  const strays: unknown[] = []
  const stray = (error: unknown) => strays.push(error)
  process.on('unhandledRejection', stray)
  onTestFinished(() => void process.off('unhandledRejection', stray))
  const before = decisions(service).length
  const faults: string[] = []
  const samples = kinds.map(([, shape], index) =>
    fc.sample(mutated(shape), { seed: seed + index, numRuns: Math.ceil(requests / kinds.length) }),
  )
  for (let number = 0; number < requests; number++) {
    const shape = samples[number % kinds.length]?.[Math.floor(number / kinds.length)]
    if (!shape) continue
    const status = await answered(open, shape)
    const kind = kinds[number % kinds.length]?.[0]
    if (status === null) faults.push(`${kind}: no answer within 3 s to ${told(shape)}`)
    else if (status >= 500) faults.push(`${kind}: ${status} to ${told(shape)}`)
  }
  expect(faults).toEqual([])
  expect(strays).toEqual([])
  const known = [ines.id, marek.id]
  for (const decision of decisions(service).slice(before)) {
    expect(known).toContain(decision.by.id)
    if ('id' in decision) expect(decision.id).toBe(rollout.id)
  }
})

const everyKind = [
  '/rollout',
  'block_actions',
  'view_submission',
  'block_suggestion',
  'shortcut',
  'message_action',
  'app_home_opened',
  'app_mention',
  'link_shared',
]

function kindOf({ type, body }: Shape): string {
  if (type.includes('json')) return String(JSON.parse(body).event?.type)
  const form = new URLSearchParams(body)
  const payload = form.get('payload')
  return payload === null ? (form.get('command') ?? '') : String(JSON.parse(payload).type)
}

async function answered(open: OpenBot, { type, body }: Shape): Promise<number | null> {
  const late = Promise.withResolvers<null>()
  const patience = setTimeout(() => late.resolve(null), patienceMs)
  const reply = open.server.inject(slackRequest(body, signingSecret, { contentType: type }))
  try {
    return await Promise.race([reply.then(({ statusCode }) => statusCode), late.promise])
  } finally {
    clearTimeout(patience)
  }
}

function decisions(service: ReturnType<typeof fakeService>) {
  return [...service.commanded, ...service.started, ...service.superseded, ...service.retestsAsked]
}

function told({ body }: Shape): string {
  return decodeURIComponent(body).slice(0, 700)
}
