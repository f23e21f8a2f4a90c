// The form of /rollout config: filled with what holds, saved by who may, for all procedures or for one.
import type { ViewOutput } from '@slack/bolt'
import { describe, expect, it } from 'vitest'
import { readConfigForm } from '../../bot/forms/config-form.ts'
import type { ProcedurePolicy } from '../../server/domain/policy.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { aProcedure, type FakeService, fakeService } from './support/fake-service.ts'
import { answerTo, type Door, openBot } from './support/open-bot.ts'

const procedure = aProcedure()
const user = ines.id
const channel = 'C0ROLLOUTS'
const leads = { id: 'S0LEADS001', handle: 'line-leads', name: 'Line leads', users: [ines.id] }
const night = { id: 'S0NIGHT001', handle: 'night', name: 'Night shift', users: [marek.id] }
const justLeads = { groups: [leads.id], users: [] }
type Values = Record<string, string | string[] | null>

async function openSettings(
  text: string,
  prepare: (service: FakeService) => void = () => {},
  { door = 'http' as Door, appIsMember = true, as = user } = {},
) {
  const service = fakeService({ procedures: [procedure] })
  prepare(service)
  const channels = [
    { id: channel, name: 'pcba-rollouts' },
    { id: 'C0LINE2000', name: 'line-2', appIsMember },
  ]
  const open = await openBot({ service, door, workspace: { userGroups: [leads, night], channels } })
  const { workspace } = open
  await workspace.command({ user: as, channel, text })
  const view = () => workspace.views(as).at(-1)
  await workspace.waitFor(
    () => view() !== undefined && !JSON.stringify(view()).includes('Reading the settings'),
    2000,
  )
  const viewId = view()?.id ?? ''
  const shown = () => JSON.stringify(view()?.blocks)
  const submit = (values: Values) => workspace.submitView({ user: as, viewId, values })
  const offer = (blockId: string, value = '') =>
    workspace.suggestOptions({ user: as, viewId, actionId: 'config_group', blockId, value })
  const own = async () => (await service.policy(procedure.id))?.own as ProcedurePolicy
  return { ...open, service, view, shown, submit, offer, own }
}

describe.each(['http', 'socket'] as const)('over %s', (door) => {
  it('what is chosen for one procedure is kept in its policy and its channel', async () => {
    const { submit, offer, own, service, ...open } = await openSettings('config PCBA-FCT', undefined, {
      door,
    })
    for (const block of ['on_call', 'second', 'stop_groups']) await offer(block)
    const outcome = await submit({
      channel: 'C0LINE2000',
      auto_push: 'on',
      alert_channel: channel,
      on_call: leads.id,
      second: night.id,
      escalate: '15',
      stop_groups: [leads.id, night.id],
      configure_users: [user, marek.id],
      start_approvals: '1',
      stage_approvals: '2',
      approvals_last: '90',
      four_eyes: 'yes',
      why: 'agreed with quality',
    })
    expect(outcome).toMatchObject({ ok: true })
    await answerTo(
      { ...open, service },
      user,
      'Saved: ',
      'cards go to <#C0LINE2000>',
      'May approve: every full member',
    )
    expect(await own()).toMatchObject({
      alerts: { channel, onCall: leads.id, second: night.id, escalateAfterMinutes: 15 },
      rights: {
        stop: { groups: [leads.id, night.id], users: [] },
        configure: { groups: [], users: [user, marek.id] },
      },
      startApprovals: 1,
      stageApprovals: 2,
      approvalsLastMinutes: 90,
      fourEyes: true,
    })
    expect(service.pushes).toMatchObject([{ procedureId: procedure.id, on: true, by: { id: user } }])
    expect(service.channels).toEqual([
      { procedureId: procedure.id, channel: 'C0LINE2000', team: open.workspace.team.teamId },
    ])
  })
})

describe('the form', () => {
  it('shows what holds, and saves nothing when nothing was changed', async () => {
    const { shown, submit, service, ...open } = await openSettings('config PCBA-FCT', ({ policies }) => {
      policies.given(
        'organisation',
        { rights: { stop: justLeads }, stageApprovals: 2, fourEyes: true },
        marek,
      )
      policies.given(procedure.id, { startApprovals: 1 }, marek)
    })
    expect(shown()).toContain('@line-leads')
    expect(shown()).toContain('As the organisation has it: no: four eyes')
    expect(shown()).toContain('Changed by Marek Nowak')
    const before = await service.policy(procedure.id)
    expect(await submit({})).toMatchObject({ ok: true })
    await answerTo(
      { ...open, service },
      user,
      'Nothing was changed.',
      'May pause, abort, roll back, freeze: <!subteam^S0LEADS001>',
    )
    expect(await service.policy(procedure.id)).toEqual(before)
    expect(service.channels).toEqual([])
    expect(service.pushes).toEqual([])
  })

  it('takes the rights that are inherited along with the one that is changed', async () => {
    const { submit, own } = await openSettings('config PCBA-FCT', ({ policies }) =>
      policies.given('organisation', { rights: { stop: justLeads, abort: justLeads } }),
    )
    await submit({ approve_users: [marek.id] })
    expect((await own()).rights).toEqual({
      stop: justLeads,
      abort: justLeads,
      approve: { groups: [], users: [marek.id] },
    })
  })

  it('goes on following the organisation with what is set back to what the organisation has', async () => {
    const { submit, own } = await openSettings('config PCBA-FCT', ({ policies }) => {
      policies.given('organisation', { stageApprovals: 2 })
      policies.given(procedure.id, { stageApprovals: 1, startApprovals: 3 })
    })
    await submit({ stage_approvals: '2' })
    expect(await own()).toMatchObject({ stageApprovals: null, startApprovals: 3 })
  })

  it('leaves a value of its own as it was set, though the organisation has the same', async () => {
    const { submit, own } = await openSettings('config PCBA-FCT', ({ policies }) => {
      policies.given('organisation', { stageApprovals: 2 })
      policies.given(procedure.id, { stageApprovals: 2 })
    })
    await submit({ start_approvals: '1' })
    expect(await own()).toMatchObject({ stageApprovals: 2, startApprovals: 1 })
  })

  it('leaves the minutes until the second group as they hold when the field is emptied', async () => {
    const { submit, service } = await openSettings('config PCBA-FCT', ({ policies }) => {
      const alerts = { channel: null, onCall: leads.id, second: night.id, escalateAfterMinutes: 45 }
      policies.given('organisation', { alerts })
    })
    await submit({ escalate: null, on_call: null })
    const policy = await service.policy(procedure.id)
    expect(policy?.effective.alerts).toMatchObject({
      onCall: null,
      second: night.id,
      escalateAfterMinutes: 45,
    })
  })

  it('keeps nobody as nobody, and takes an emptied list for everybody', async () => {
    const nobody = { groups: [], users: [] }
    const { submit, own } = await openSettings('config PCBA-FCT', ({ policies }) =>
      policies.given(procedure.id, { rights: { decide: nobody, stop: { groups: [], users: [user] } } }),
    )
    await submit({ stop_users: [] })
    expect((await own()).rights).toEqual({ decide: nobody })
  })

  it('without a procedure is about all of them', async () => {
    const { submit, shown, service } = await openSettings('config')
    expect(shown()).toContain('All procedures')
    expect(shown()).not.toContain('Channel of the cards')
    await submit({ decide_users: [user], four_eyes: 'yes' })
    const policy = await service.policy('organisation')
    expect(policy?.own).toMatchObject({ rights: { decide: { groups: [], users: [user] } }, fourEyes: true })
  })

  it('searches the user groups by handle and by name', async () => {
    const { offer } = await openSettings('config PCBA-FCT')
    const handles = async (typed: string) => {
      const found = await offer('on_call', typed)
      return 'options' in found ? found.options.map((option) => option.value) : found
    }
    expect(await handles('')).toEqual([leads.id, night.id])
    expect(await handles('@line')).toEqual([leads.id])
    expect(await handles('SHIFT')).toEqual([night.id])
    expect(await handles('zzz')).toEqual([])
  })

  it('says plainly when the app is not in the channel that was chosen', async () => {
    const open = await openSettings('config PCBA-FCT', undefined, { appIsMember: false })
    await open.submit({ channel: 'C0LINE2000' })
    open.service.procedure = async () => ({ ...procedure, channel: 'C0LINE2000' })
    const again = await openSettings(
      'config PCBA-FCT',
      (service) => {
        service.procedure = async () => ({ ...procedure, channel: 'C0LINE2000' })
      },
      { appIsMember: false },
    )
    expect(again.shown()).toContain('Firstpass is not in #line-2')
    await again.submit({ escalate: '10' })
    await answerTo(again, user, 'Firstpass is not in #line-2', '/invite @Firstpass')
  })

  it.each([
    ['escalate', '0', 'Expected a number from 1 to 10080, got 0.'],
    ['start_approvals', '11', 'Expected a whole number from 0 to 10, got 11.'],
    ['stage_approvals', '1.5', 'Expected a whole number from 0 to 10, got 1.5.'],
    ['approvals_last', 'soon', 'Expected a number from 1 to 129600, got soon.'],
  ])('does not take %s of %s, also where Slack lets it through', (block, value, fault) => {
    const state = { values: { [block]: { value: { type: 'number_input', value } } } }
    const read = readConfigForm({ state } as unknown as ViewOutput)
    expect(read).toEqual({ faults: { [block]: fault } })
  })

  it('takes no group where a person belongs, nor a channel that is none', () => {
    const chosen = { type: 'multi_users_select', selected_users: ['S0LEADS001'] }
    const place = { type: 'conversations_select', selected_conversation: 'U0TESTENG1' }
    const state = { values: { stop_users: { value: chosen }, alert_channel: { value: place } } }
    const read = readConfigForm({ state } as unknown as ViewOutput)
    expect('faults' in read && Object.keys(read.faults).toSorted()).toEqual(['alert_channel', 'stop_users'])
  })
})

describe('a form that somebody else was faster than', () => {
  it.each(['organisation', procedure.id] as const)(
    'is refused, names them and keeps what was typed (%s)',
    async (scope) => {
      const { submit, view, own, service } = await openSettings('config PCBA-FCT')
      service.policies.given(scope, { stageApprovals: 4 }, marek)
      await submit({ start_approvals: '2', why: 'my reason' })
      expect(view()?.errors).toEqual({ why: expect.stringContaining('Marek Nowak changed') })
      expect(JSON.stringify(view()?.values)).toContain('my reason')
      expect((await own()).startApprovals).toBeNull()
    },
  )
})

describe('somebody who may not change the settings', () => {
  const onlyMarek = { configure: { groups: [], users: [marek.id] } }

  it('reads what holds, and has nothing to submit', async () => {
    const { view, shown } = await openSettings('config PCBA-FCT', ({ policies }) =>
      policies.onlyFor(onlyMarek),
    )
    expect(view()).not.toHaveProperty('submit', expect.anything())
    expect(shown()).toContain('May change these settings')
    expect(shown()).toContain('You tried to change the settings of PCBA-FCT')
  })

  it('is refused at the moment of saving, when the right was taken while the form was open', async () => {
    const { submit, view, own, service } = await openSettings('config PCBA-FCT')
    service.policies.onlyFor(onlyMarek)
    await submit({ start_approvals: '2' })
    expect(view()?.errors?.why).toContain(
      'You tried to change the settings of PCBA-FCT. That is for Marek Nowak.',
    )
    expect((await own()).startApprovals).toBeNull()
  })

  it('is shown nothing at all as a guest', async () => {
    const { shown } = await openSettings('config PCBA-FCT', undefined, { as: 'U0GUEST001' })
    expect(shown()).toContain('Guests may not')
    expect(shown()).not.toContain('May approve')
  })
})

it('the form opens while Slack does not tell its user groups, and says so', async () => {
  const service = fakeService({ procedures: [procedure] })
  service.policies.given(procedure.id, { rights: { stop: justLeads } })
  const { workspace } = await openBot({ service })
  workspace.faults.set({ kind: 'error', error: 'missing_scope', methods: ['usergroups.list'] })
  await workspace.command({ user, channel, text: 'config PCBA-FCT' })
  const shown = () => JSON.stringify(workspace.views(user).at(-1)?.blocks ?? [])
  await workspace.waitFor(() => shown().includes('Slack does not tell its user groups now'), 2000)
  expect(shown()).toContain(leads.id)
})
