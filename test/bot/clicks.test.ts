// Clicks by people who may not, on buttons that are old, made up or clicked twice: the buttons carry no authority.
import { WebClient } from '@slack/web-api'
import { describe, expect, it, vi } from 'vitest'
import { buttonIds } from '../../bot/blocks/card-buttons.ts'
import { drawnFor, readValue, writeValue } from '../../bot/button-value.ts'
import { deploymentId, rolloutId } from '../../server/domain/ids.ts'
import { ines, marek, uuid } from '../support/fixed-values.ts'
import { aPausedRollout, aRollout, ready } from '../support/rollout-view-builder.ts'
import { aBuild, fakeService } from './support/fake-service.ts'
import { answerTo, botToken, channel, type Door, openBot } from './support/open-bot.ts'

const rollout = aPausedRollout({ readiness: ready })
const onlyMarek = { groups: [], users: [marek.id] }
const actionIds = Object.values(buttonIds)

/** A message of the app's own with every button of a card, whatever they carry. */
async function withButtons(value = writeValue(drawnFor(rollout, 'first-pass yield')), door: Door = 'http') {
  const service = fakeService({ rollouts: [rollout], deployments: [aBuild()] })
  const open = await openBot({ service, door })
  const client = new WebClient(botToken, { slackApiUrl: open.workspace.apiUrl })
  const text = { type: 'plain_text' as const, text: 'x' }
  const elements = actionIds.map((action_id) => ({ type: 'button' as const, action_id, value, text }))
  const posted = await client.chat.postMessage({
    channel,
    text: 'x',
    blocks: [{ type: 'actions', elements }],
  })
  const click = (actionId: string, user = ines.id) =>
    open.workspace.click({ user, channel, ts: posted.ts ?? '', actionId })
  const modal = async (user = ines.id) => {
    await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
    return open.workspace.views(user).at(-1)
  }
  const untouched = () =>
    expect([service.commanded, service.started, service.superseded, service.retestsAsked]).toEqual([
      [],
      [],
      [],
      [],
    ])
  return { ...open, service, click, modal, untouched }
}

describe.each(['http', 'socket'] as const)('over %s', (door) => {
  it('Ask for retest lists the units, each with the build it is tested on, and says where the list is', async () => {
    const open = await withButtons(undefined, door)
    await open.click('retest')
    await answerTo(open, ines.id, 'Asked for retests of 10 pairs', 'retests?format=csv')
    expect(open.service.retestsAsked).toEqual([{ id: rollout.id, count: 10, withErrors: false, by: ines }])
  })

  it('Supersede opens the form of a start', async () => {
    const open = await withButtons(undefined, door)
    await open.click('supersede')
    expect((await open.modal())?.callback_id).toBe('start_rollout')
    open.untouched()
  })

  it.each(['pause', 'resume', 'advance', 'approve', 'retest'])(
    '%s is refused to who may not',
    async (actionId) => {
      const open = await withButtons(undefined, door)
      open.service.policies.onlyFor({ decide: onlyMarek, stop: onlyMarek, approve: onlyMarek })
      await open.click(actionId)
      await answerTo(open, ines.id, 'You tried to', `That is for <@${marek.id}>`)
      open.untouched()
    },
  )

  it.each(['abort', 'acknowledge'])(
    '%s is refused under the field, in plain text, and keeps what was typed',
    async (actionId) => {
      const open = await withButtons(undefined, door)
      open.service.policies.onlyFor({ decide: onlyMarek, stop: onlyMarek })
      await open.click(actionId)
      const view = await open.modal()
      await open.workspace.submitView({ user: ines.id, viewId: view?.id ?? '', values: { reason: 'smoke' } })
      const still = open.workspace.views(ines.id).at(-1)
      expect(still?.errors?.reason).toMatch(/^You tried to .+ That is for Marek Nowak\. Ask one of them\./)
      expect(JSON.stringify(still?.values)).toContain('smoke')
      open.untouched()
    },
  )
})

it('a right that is taken between the card and the click counts at the click', async () => {
  const open = await withButtons()
  open.service.policies.onlyFor({ stop: { groups: [], users: [ines.id] } })
  await open.click('pause')
  await vi.waitFor(() => expect(open.service.commanded).toHaveLength(1), 2000)
  open.service.policies.onlyFor({ stop: onlyMarek })
  await open.click('pause')
  await answerTo(open, ines.id, 'You tried to pause')
  expect(open.service.commanded).toHaveLength(1)
})

it('an override needs its own right beside that to advance', async () => {
  const service = fakeService({ rollouts: [aRollout()] })
  service.policies.onlyFor({ override: onlyMarek })
  const open = await openBot({ service })
  await open.bot.deliver({ kind: 'card', rolloutId: aRollout().id, stageIndex: 1 })
  const { ts } = open.workspace.messages(channel)[0] ?? { ts: '' }
  await open.workspace.click({ user: ines.id, channel, ts, actionId: 'advance' })
  await open.workspace.waitFor(() => open.workspace.views(ines.id).length > 0, 2000)
  const viewId = open.workspace.views(ines.id).at(-1)?.id ?? ''
  await open.workspace.submitView({ user: ines.id, viewId, values: { reason: 'dirty fixture' } })
  expect(open.workspace.views(ines.id).at(-1)?.errors?.reason).toContain('You tried to override')
  expect(service.commanded).toEqual([])
})

describe('a value that was made up', () => {
  it.each([
    ['no JSON', 'advance everything'],
    ['no ids', JSON.stringify({ r: 'x', s: 0, d: 'y', v: 1 })],
    ['a list', '[]'],
    ['a nested bomb', '['.repeat(500)],
    ['nothing', '{}'],
  ])('%s is acknowledged and decides nothing', async (_kind, value) => {
    const open = await withButtons(value)
    for (const actionId of actionIds) expect(await open.click(actionId)).toMatchObject({ ok: true })
    expect(open.workspace.views(ines.id)).toEqual([])
    open.untouched()
  })

  it('of another rollout asks for the rights of that one’s procedure, and of none that there is not', async () => {
    const nowhere = { ...drawnFor(rollout), rolloutId: rolloutId.parse(uuid(1, 77)) }
    const open = await withButtons(writeValue(nowhere))
    await open.click('pause')
    await answerTo(open, ines.id, 'There is no such rollout')
    await open.click('retest')
    await answerTo(open, ines.id, 'There is no such rollout any more')
    expect(open.service.retestsAsked).toEqual([])
  })

  it('with an older version is refused with who was faster', async () => {
    const open = await withButtons(writeValue({ ...drawnFor(rollout), version: rollout.version - 1 }))
    for (const actionId of ['pause', 'resume', 'advance', 'approve']) await open.click(actionId)
    await answerTo(open, ines.id, rollout.lastDecision.by.name, 'Look at the card as it is now')
    expect(open.service.rollouts[0]?.version).toBe(rollout.version)
  })

  it('carries the build that is to take its place, or nothing', () => {
    const next = deploymentId.parse(uuid(2, 9))
    const value = { ...drawnFor(rollout), next }
    expect(readValue(writeValue(value))).toEqual(value)
    expect(readValue(writeValue(value).replace(next, 'x'))).toBeNull()
  })
})

it('two clicks at once are one decision, and the second is told of the first', async () => {
  const open = await withButtons()
  await Promise.all([open.click('pause', ines.id), open.click('pause', marek.id)])
  await vi.waitFor(() => expect(open.service.commanded).toHaveLength(2), 2000)
  expect(open.service.rollouts[0]?.version).toBe(rollout.version + 1)
  const [first, second] = open.service.commanded
  expect(first?.commandId).not.toBe(second?.commandId)
})

it('whoever stops may while Slack is silent about a group they were seen in; whoever resumes may not', async () => {
  const leads = { id: 'S0LEADS001', handle: 'line-leads', name: 'Line leads', users: [ines.id] }
  const inLeads = { groups: [leads.id], users: [] }
  const service = fakeService({ rollouts: [aRollout()] })
  service.policies.onlyFor({ stop: inLeads, decide: inLeads })
  const open = await openBot({ service, workspace: { userGroups: [leads] } })
  await open.workspace.command({ user: ines.id, channel, text: 'pause checking' })
  await answerTo(open, ines.id, 'did pause')
  open.clock.now += 61_000
  open.workspace.faults.set({
    kind: 'ratelimited',
    retryAfterSeconds: 20,
    methods: ['usergroups.users.list', 'users.info'],
  })
  await open.workspace.command({ user: ines.id, channel, text: 'abort smoke' })
  await answerTo(open, ines.id, 'did abort')
  await open.workspace.command({ user: ines.id, channel, text: 'resume fixed' })
  await answerTo(open, ines.id, 'Slack cannot be asked who you are')
  expect(service.commanded.map((each) => each.verb.verb)).toEqual(['pause', 'abort'])
})
