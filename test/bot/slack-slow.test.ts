// Slack answers slowly, not in time, or asks everybody for patience: one channel holds up no other, and no person.
import { expect, it } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import { ines, uuid } from '../support/fixed-values.ts'
import { anArm, aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

const user = ines.id
const card = (id: ReturnType<typeof rolloutId.parse>) => ({
  kind: 'card' as const,
  rolloutId: id,
  stageIndex: 1,
})
/** A rollout in each of so many channels. */
function rollouts(count: number) {
  const view = aRollout()
  return Array.from({ length: count }, (_, index) =>
    aRollout({
      id: rolloutId.parse(uuid(1, 100 + index)),
      procedure: { ...view.procedure, channel: index === 0 ? channel : `C0LINE${3000 + index}` },
    }),
  )
}
const placeOf = ({ procedure }: ReturnType<typeof aRollout>) => procedure.channel ?? ''
const channelsOf = (views: ReturnType<typeof rollouts>) =>
  views.map((view, index) => ({ id: placeOf(view), name: `line-${index}`, topic: '' }))

it('an answer that comes too late holds up nobody else, and its message may stand twice, one of them forgotten', async () => {
  const [late, slow, quick] = rollouts(3)
  if (!late || !slow || !quick) throw new Error('three rollouts expected')
  const service = fakeService({ rollouts: [late, slow, quick] })
  const open = await openBot({ service, workspace: { channels: channelsOf([late, slow, quick]) } })
  const { faults } = open.workspace
  const posting = { kind: 'slow' as const, methods: ['chat.postMessage'], times: 1 }
  faults.set({ ...posting, delayMs: 18_000, channels: [channel] })
  faults.set({ ...posting, delayMs: 10_000, channels: [placeOf(slow)] })

  const begun = performance.now()
  const hanging = open.deliverOnce(card(late.id))
  const slowly = open.deliverOnce(card(slow.id))
  expect(await open.deliverOnce(card(quick.id))).toEqual({ delivered: true })
  await open.workspace.command({ user, channel, text: 'help' })
  await answerTo(open, user, '/rollout help')
  expect(performance.now() - begun).toBeLessThan(8000)

  // Ten seconds are within our patience: it stands there once.
  expect(await slowly).toEqual({ delivered: true })
  expect(open.workspace.messages(placeOf(slow))).toHaveLength(1)
  expect(await hanging).toMatchObject({
    delivered: false,
    waitSeconds: 5,
    why: expect.stringContaining('Slack cannot be reached'),
  })
  expect(performance.now() - begun).toBeLessThan(18_000)
  expect(open.workspace.messages(channel)).toHaveLength(0)
  open.clock.now += 5000
  expect(await open.bot.deliver(card(late.id))).toEqual({ delivered: true })
  await open.workspace.waitFor(() => open.workspace.messages(channel).length === 2, 20_000)
  service.rollouts = [{ ...late, canaryArm: anArm({ units: 80 }), verdict: null }]
  open.clock.now += 4000
  expect(await open.bot.deliver(card(late.id))).toEqual({ delivered: true })
  const current = open.workspace.messages(channel).filter(({ text }) => text.includes('n 80 canary'))
  expect(current).toHaveLength(1)
  expect(open.workspace.messages(channel)).toHaveLength(2)
}, 60_000)

it('whoever clicks while Slack opens no form is acknowledged at once, and told what to type', async () => {
  const [view] = rollouts(1)
  if (!view) throw new Error('one rollout expected')
  const open = await openBot({ service: fakeService({ rollouts: [view] }) })
  await open.bot.deliver(card(view.id))
  open.workspace.faults.set({ kind: 'slow', delayMs: 10_000, methods: ['views.open'] })
  const [message] = open.workspace.messages(channel)
  const clicked = await open.workspace.click({ user, channel, ts: message?.ts ?? '', actionId: 'abort' })
  // Slack's own limit is in the stand-in: three seconds.
  expect(clicked).toMatchObject({ ok: true })
  await open.workspace.waitFor(() => open.workspace.ephemerals(user).length > 0, 20_000)
  expect(open.workspace.ephemerals(user).at(-1)?.text).toContain('type `/rollout abort`')
  expect(open.workspace.calls().filter(({ method }) => method === 'views.open').length).toBeLessThanOrEqual(2)
}, 60_000)

it('a storm of 429 over thirty channels is asked once a Retry-After in each, and ends with current cards', async () => {
  const views = rollouts(30)
  const service = fakeService({ rollouts: views })
  const open = await openBot({ service, workspace: { channels: channelsOf(views) } })
  for (const view of views) await open.bot.deliver(card(view.id))
  service.rollouts = views.map((each) => ({ ...each, canaryArm: anArm({ units: 80 }), verdict: null }))
  open.clock.now += 4000
  open.workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 30, methods: ['chat.update'] })
  const before = open.workspace.calls().length
  const end = open.clock.now + 120_000
  /** As the queue does, and impatiently: half of the jobs come every second, as changes of cards do. */
  const due = new Map(views.map(({ id }) => [id, open.clock.now]))
  for (; open.clock.now < end; open.clock.now += 1000)
    for (const [index, { id }] of views.entries()) {
      if (index % 2 === 0 && open.clock.now < (due.get(id) ?? 0)) continue
      const result = await open.deliverOnce(card(id))
      expect(result).toMatchObject({ delivered: false, why: 'Slack asks for fewer calls' })
      if (!result.delivered) due.set(id, open.clock.now + result.waitSeconds * 1000)
    }
  const asked = open.workspace.calls().slice(before)
  const inChannel = (at: string) => asked.filter(({ args }) => args.channel === at).length
  expect(views.map((view) => inChannel(placeOf(view)))).toEqual(views.map(() => 4))
  expect(asked).toHaveLength(4 * views.length)
  open.workspace.faults.clear()
  open.clock.now += 30_000
  for (const view of views) {
    expect(await open.bot.deliver(card(view.id))).toEqual({ delivered: true })
    expect(open.workspace.messages(placeOf(view))[0]?.text).toContain('n 80 canary')
  }
}, 60_000)
