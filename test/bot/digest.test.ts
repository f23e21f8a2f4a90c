// One message a day for a channel that several procedures share.
import { describe, expect, it } from 'vitest'
import { procedureId, rolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { noon, uuid } from '../support/fixed-values.ts'
import { aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { aProcedure, fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const day = 86_400_000
const procedure = (number: number, name: string, in_ = channel) => ({
  id: procedureId.parse(uuid(4, number)),
  name,
  channel: in_,
  team: null,
  attemptRule: 'ever' as const,
})
const pcba = aRollout()
const ict = aPausedRollout({ id: rolloutId.parse(uuid(1, 2)), procedure: procedure(2, 'ICT-7') })
const elsewhere = aRollout({ id: rolloutId.parse(uuid(1, 3)), procedure: procedure(3, 'EOL', 'C0LINE2000') })

async function withRollouts(...rollouts: RolloutView[]) {
  const procedures = rollouts.map((view) => aProcedure(view.procedure))
  const service = fakeService({ rollouts, procedures })
  const open = await openBot({ service })
  open.clock.now = noon
  const digest = { kind: 'digest' as const, procedureId: pcba.procedure.id }
  const deliver = () => open.bot.deliver(digest)
  const messages = () => open.workspace.messages(channel)
  const becomes = (id: string, part: Partial<RolloutView>) => {
    service.rollouts = service.rollouts.map((each) => (each.id === id ? { ...each, ...part } : each))
  }
  return { ...open, service, digest, deliver, messages, becomes }
}

describe('the digest of a channel', () => {
  it('is not there while one procedure alone is live in it', async () => {
    const { deliver, messages } = await withRollouts(pcba, elsewhere)
    expect(await deliver()).toEqual({ delivered: true })
    expect(messages()).toEqual([])
  })

  it('has each live rollout in a line: stage, verdict, what it waits for, its page', async () => {
    const { deliver, messages } = await withRollouts(pcba, ict, elsewhere)
    await deliver()
    const text = messages()[0]?.text.replaceAll('\u00a0', ' ').split('\n')
    expect(text).toEqual([
      '*2 rollouts live here*',
      `<${ict.url}|ICT-7 2.4.1> paused, stage 2 of 4: *breach*, waits for 60 of 100 first attempts`,
      `<${pcba.url}|PCBA-FCT 2.4.1> active, stage 2 of 4: *healthy so far*, waits for 60 of 100 first attempts`,
    ])
  })

  it('is one message a day, changed at most once a minute', async () => {
    const { deliver, messages, becomes, clock } = await withRollouts(pcba, ict)
    await deliver()
    becomes(ict.id, { status: 'active' })
    clock.now += 20_000
    expect(await deliver()).toEqual({
      delivered: false,
      waitSeconds: 40,
      why: 'the digest was changed a moment ago',
    })
    clock.now += 40_000
    await deliver()
    expect(messages()).toHaveLength(1)
    expect(messages()[0]?.text).toContain('ICT-7 2.4.1> active')
    clock.now += day
    await deliver()
    expect(messages()).toHaveLength(2)
  })

  it('is left alone while it would say the same', async () => {
    const { deliver, clock, workspace } = await withRollouts(pcba, ict)
    await deliver()
    clock.now += 3_600_000
    await deliver()
    expect(workspace.calls().filter((call) => call.method === 'chat.update')).toEqual([])
  })

  it('says when fewer are live, until nothing is', async () => {
    const { deliver, messages, becomes, clock } = await withRollouts(pcba, ict)
    await deliver()
    becomes(ict.id, { status: 'completed', endedAt: noon })
    becomes(pcba.id, { status: 'completed', endedAt: noon })
    clock.now += 60_000
    await deliver()
    expect(messages().map((message) => message.text)).toEqual(['*No rollout is live here any more*'])
  })

  it('is posted once by two processes', async () => {
    const { bot, digest, messages, service, store, workspace } = await withRollouts(pcba, ict)
    const other = await openBot({ service, store, settings: { apiUrl: workspace.apiUrl } })
    other.clock.now = noon
    await Promise.all([bot.deliver(digest), other.bot.deliver(digest), bot.deliver(digest)])
    expect(messages()).toHaveLength(1)
  })

  it('that was deleted stays so for the day', async () => {
    const { deliver, messages, becomes, clock, workspace } = await withRollouts(pcba, ict)
    await deliver()
    workspace.faults.set({ kind: 'error', error: 'message_not_found', methods: ['chat.update'], times: 1 })
    becomes(ict.id, { status: 'active' })
    clock.now += 60_000
    expect(await deliver()).toEqual({ delivered: true })
    expect(messages()).toHaveLength(1)
  })
})
