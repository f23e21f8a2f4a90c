// What the start form takes beside the usual: expectation, canaries, approvals, a start time, the place of a live rollout.
import { describe, expect, it } from 'vitest'
import { deploymentId, procedureId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import { ines, marek, uuid } from '../support/fixed-values.ts'
import { aDeployment, aRollout, aStation } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, fakeService } from './support/fake-service.ts'
import { answerTo, channel } from './support/open-bot.ts'
import { openStartForm } from './support/open-start-form.ts'

const user = ines.id
const procedure = aProcedure()
const deploymentField = `deployment:${procedure.id}`
const stationsField = (picks: number) => `stations:${procedure.id}:${picks}`
const other = aDeployment({ id: deploymentId.parse(uuid(2, 9)), version: '2.3.9' })
const live = { ...aRollout({ deployment: other }), stageCount: 4 }

describe('the further settings of a start', () => {
  it('are folded until they are asked for, and what was typed before stays', async () => {
    const { chooseProcedure, unfold, has, view, workspace, viewId } = await openStartForm()
    await chooseProcedure()
    expect(has('points')).toBe(false)
    workspace.fillView({ user, viewId, values: { reason: 'half a sentence' } })
    await unfold()
    workspace.fillView({ user, viewId, values: { expectation: 'VCC tightened' } })
    const before = view()?.hash
    await workspace.click({ user, viewId, actionId: 'start_preset', value: 'careful' })
    await workspace.waitFor(() => view()?.hash !== before, 2000)
    expect(JSON.stringify(view()?.values)).toContain('half a sentence')
    expect(JSON.stringify(view()?.values)).toContain('VCC tightened')
    expect(has('points')).toBe(true)
  })

  it('become part of the plan', async () => {
    const { chooseProcedure, unfold, suggest, submit, service, workspace, clock } = await openStartForm()
    await chooseProcedure()
    await unfold()
    await suggest('start_deployment')
    await suggest('start_stations', 'FCT-0')
    const startAt = Math.floor((clock.now + 90 * minute) / 1000)
    const answer = await submit({
      [deploymentField]: aDeployment().id,
      expectation: 'expect −0.8 points in Power',
      points: '−0.8 points',
      group: 'line 1',
      [stationsField(0)]: [aStation(4).id, aStation(2).id],
      progression: 'site',
      start_approvals: '1',
      stage_approvals: '2',
      four_eyes: ['yes'],
      start_at: String(startAt),
    })
    expect(answer).toMatchObject({ ok: true })
    await workspace.waitFor(() => service.started.length > 0, 2000)
    expect(service.started).toMatchObject([
      {
        input: { startAt: startAt * 1000 },
        plan: {
          preset: 'standard',
          group: { lines: ['Line 1'] },
          handPicked: [aStation(4).id, aStation(2).id],
          progression: 'site',
          expectedYieldChange: -0.008,
          expectation: 'expect −0.8 points in Power',
          startApprovals: 1,
          fourEyes: true,
        },
      },
    ])
    expect(service.started[0]?.plan.stages.map((stage) => stage.approvals)).toEqual([2, 2, 2, 0])
  })

  it('offer the stations that may take part, by name, site or line', async () => {
    const { chooseProcedure, unfold, suggest } = await openStartForm()
    await chooseProcedure()
    await unfold()
    expect(await suggest('start_stations', 'line 2')).toMatchObject({
      options: [1, 4, 7].map((index) => ({
        text: { text: `${aStation(index).name} (Munich, Line 2)` },
        value: aStation(index).id,
      })),
    })
  })

  it('say that words alone change no gate, and what a number does', async () => {
    const { chooseProcedure, unfold, choose, previews, workspace, viewId } = await openStartForm()
    await chooseProcedure()
    await unfold()
    workspace.fillView({ user, viewId, values: { expectation: 'expect −0.8 points in Power' } })
    await choose('start_preset', 'careful')
    await previews('*Words alone* change no gate')
    await choose('start_points', '-0.8')
    await previews('*Declared* −0.8 points of first-pass yield')
  })
})

describe('what the author of a build expects', () => {
  const declaring = aBuild({ expectation: 'VCC tightened', expectedYieldChange: -0.008 })
  const plain = aBuild({ ...other, createdAt: declaring.createdAt - minute })
  const field = (name: string) => `${name}:${declaring.id}`
  const open = async () => {
    const service = fakeService({ deployments: [declaring, plain] })
    const form = await openStartForm({ service })
    await form.chooseProcedure()
    await form.suggest('start_deployment')
    await form.choose('start_deployment', declaring.id)
    await form.previews('*Declared* −0.8 points of first-pass yield')
    const written = (name: string) =>
      JSON.stringify(form.view()?.blocks.find((block) => block.block_id === field(name)))
    return { ...form, written }
  }
  const plans = (service: ReturnType<typeof fakeService>) => service.started.map(({ input }) => input.plan)

  it('fills the form, without further settings, and is left to the build where nobody changes it', async () => {
    const { submit, service, has, written, workspace } = await open()
    expect(has('group')).toBe(false)
    expect(written('expectation')).toContain('"initial_value":"VCC tightened"')
    expect(written('points')).toContain('"initial_value":"−0.8"')
    expect(await submit()).toMatchObject({ ok: true })
    await workspace.waitFor(() => service.started.length > 0, 2000)
    expect(plans(service)).toMatchObject([{ expectation: 'VCC tightened', expectedYieldChange: -0.008 }])
  })

  it('gives way to what is written instead, and to nothing where it is taken away', async () => {
    const changed = await open()
    await changed.submit({ [field('expectation')]: 'no change', [field('points')]: '' })
    await changed.workspace.waitFor(() => changed.service.started.length > 0, 2000)
    expect(plans(changed.service)).toMatchObject([{ expectation: 'no change', expectedYieldChange: 0 }])
  })

  it('goes with its build when another one is chosen', async () => {
    const { choose, submit, service, has, previews, says, workspace } = await open()
    await choose('start_deployment', plain.id)
    await workspace.waitFor(() => !has(field('expectation')), 2000)
    await previews('Stage 1')
    expect(says()).not.toContain('*Declared*')
    await submit()
    await workspace.waitFor(() => service.started.length > 0, 2000)
    expect(service.started[0]?.plan).toMatchObject({ expectation: null, expectedYieldChange: 0 })
  })

  it('of an aborted build stands in the menu with when and why it was aborted', async () => {
    const at = declaring.createdAt
    const aborted = aBuild({ aborted: { on: '3 May', at, by: marek, why: 'VCC drops' } })
    const form = await openStartForm({ service: fakeService({ deployments: [aborted] }) })
    await form.chooseProcedure()
    expect(JSON.stringify(await form.suggest('start_deployment'))).toContain('aborted on 3 May: VCC drops')
  })
})

describe('what the start form says of the canaries', () => {
  it('names how well they stand for the fleet, and the lines without one', async () => {
    const service = fakeService()
    service.canaries = {
      score: 0.62,
      missing: [{ site: 'Lyon', line: 'Line 7', stations: 6 }],
      volumeShare: 0.25,
      yields: { canaries: 0.951, fleet: 0.979 },
      suggested: [],
    }
    const { chooseProcedure, says } = await openStartForm({ service })
    await chooseProcedure()
    expect(says()).toContain(
      '*Canaries* stand for 62 % of the fleet: 1 site, 1 line; 25 % of the recent volume; own first-pass yield 95.1 % against 97.9 % of the fleet (−2.8 points)',
    )
    expect(says()).toContain('*No canary on* Lyon Line 7 (6 stations)')
  })

  it('picks the suggested ones by a button', async () => {
    const service = fakeService()
    const suggested = [aStation(5), aStation(7)].map(({ id, name }) => ({ id, name }))
    service.canaries = { ...service.canaries, score: 0.4, suggested }
    const { chooseProcedure, choose, has, suggest, submit, workspace, says } = await openStartForm({
      service,
    })
    await chooseProcedure()
    expect(says()).toContain('*These would stand for more of it* FCT-06, FCT-08')
    await choose('start_suggested')
    await workspace.waitFor(() => has(stationsField(1)), 2000)
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    await workspace.waitFor(() => service.started.length > 0, 2000)
    expect(service.started[0]?.plan.handPicked).toEqual(suggested.map(({ id }) => id))
  })
})

describe('who approves', () => {
  it('is said from the settings: how many, who, and never whoever starts', async () => {
    const service = fakeService()
    service.policies.given('organisation', {
      startApprovals: 2,
      fourEyes: true,
      rights: { approve: { groups: ['S0QUALITY1'], users: [marek.id] } },
    })
    const { chooseProcedure, unfold, has, view, choose, previews, suggest, submit } = await openStartForm({
      service,
    })
    await chooseProcedure()
    await unfold()
    expect(has('four_eyes')).toBe(false)
    const offered = JSON.stringify(view()?.blocks.find((block) => block.block_id === 'start_approvals'))
    expect(offered).toContain('The settings of this procedure say: 2 people.')
    expect(offered).not.toContain('"value":"1"')
    await choose('start_start_approvals', '3')
    await previews('*Approvals* 3 before the start, by <!subteam^S0QUALITY1> or <@U0PROCESS1>')
    // The settings have been made stricter since.
    service.policies.given('organisation', { startApprovals: 4 })
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    expect(view()?.errors).toEqual({
      start_approvals: 'The settings ask for 4 here: choose as many or more.',
    })
  })
})

describe('a start that would be refused now', () => {
  it('says why, and offers a start time without further settings', async () => {
    const service = fakeService()
    service.closedBecause = 'Munich is closed until Monday 06:00'
    const { chooseProcedure, has, says, suggest, submit, view } = await openStartForm({ service })
    await chooseProcedure()
    expect(says()).toContain('*No station may be taken now*: Munich is closed until Monday 06:00')
    expect(has('start_at')).toBe(true)
    service.refusal = { refused: 'not now', why: 'Munich is closed', next: 'Start it on Monday.' }
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    expect(view()?.errors).toEqual({ start_at: 'Munich is closed. Start it on Monday.' })
  })
})

describe('a start where a rollout is live', () => {
  const withLive = () =>
    fakeService({ procedures: [aProcedure({ live })], deployments: [aBuild(), aBuild(other)] })

  it('names and links it, and starts nothing beside it', async () => {
    const { chooseProcedure, says, suggest, submit, view, service } = await openStartForm({
      service: withLive(),
    })
    await chooseProcedure()
    expect(says()).toContain(
      `*Live already* <${live.url}|PCBA-FCT 2.3.9>, active, stage 2 of 4, owner Ines Duarte`,
    )
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    expect(view()?.errors).toEqual({ procedure: expect.stringContaining('A rollout of 2.3.9 is live here') })
    expect(service.started).toEqual([])
  })

  it('replaces it when that is ticked, with a reason', async () => {
    const { chooseProcedure, choose, previews, suggest, submit, service, workspace } = await openStartForm({
      service: withLive(),
    })
    await chooseProcedure()
    await choose('start_replaces', [live.id])
    await previews('*Replaces*')
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id, reason: 'fixes 2.3.9' })
    await workspace.waitFor(() => service.superseded.length > 0, 2000)
    expect(service.superseded).toMatchObject([{ id: live.id, input: { reason: 'fixes 2.3.9' }, by: ines }])
    expect(service.started).toEqual([])
  })

  it('does not replace it by itself', async () => {
    const { chooseProcedure, choose, previews, suggest, submit, view } = await openStartForm({
      service: withLive(),
    })
    await chooseProcedure()
    await choose('start_replaces', [live.id])
    await previews('*Replaces*')
    await suggest('start_deployment')
    await submit({ [deploymentField]: other.id, reason: 'again' })
    expect(view()?.errors).toEqual({
      [deploymentField]: '2.3.9 is the build that is being rolled out: choose the one that replaces it.',
    })
  })

  it('says so when that one has ended while the form was open', async () => {
    const procedures = [aProcedure({ live })]
    const service = fakeService({ procedures })
    const { chooseProcedure, choose, previews, suggest, submit, view } = await openStartForm({ service })
    await chooseProcedure()
    await choose('start_replaces', [live.id])
    await previews('*Replaces*')
    procedures[0] = aProcedure()
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id, reason: 'fixes it' })
    expect(view()?.errors).toEqual({
      [`replaces:${live.id}`]: expect.stringContaining('has ended meanwhile'),
    })
    expect(service.superseded).toEqual([])
  })
})

describe('who may start', () => {
  const onlyMarek = { start: { groups: [], users: [marek.id] } }

  it('is asked when the form opens for a procedure', async () => {
    const service = fakeService()
    service.policies.onlyFor(onlyMarek)
    const { view, workspace } = await openStartForm({ service, text: 'start pcba-fct' })
    await workspace.waitFor(() => view()?.callback_id === 'refused', 2000)
    expect(JSON.stringify(view()?.blocks)).toContain('You tried to start a rollout of PCBA-FCT')
    expect(view()?.submit).toBeUndefined()
  })

  it('is said when the procedure is chosen, and asked again at the submission', async () => {
    const service = fakeService()
    service.policies.onlyFor(onlyMarek)
    const { chooseProcedure, says, suggest, submit, view } = await openStartForm({ service })
    await chooseProcedure()
    expect(says()).toContain('You tried to start a rollout of PCBA-FCT. That is for')
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    expect(view()?.errors).toEqual({ procedure: expect.stringContaining('That is for Marek Nowak') })
    expect(service.started).toEqual([])
  })

  it('is another right for replacing a live rollout', async () => {
    const service = fakeService({ procedures: [aProcedure({ live })] })
    service.policies.onlyFor({ supersede: { groups: [], users: [marek.id] } })
    const { chooseProcedure, choose, previews, suggest, submit, view } = await openStartForm({ service })
    await chooseProcedure()
    await choose('start_replaces', [live.id])
    await previews('You tried to supersede a rollout of PCBA-FCT')
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id, reason: 'mine' })
    expect(view()?.errors).toEqual({ procedure: expect.stringContaining('supersede') })
    expect(service.superseded).toEqual([])
  })
})

describe('where the cards go', () => {
  it('is said plainly where the procedure has no channel, before and after', async () => {
    const service = fakeService({ procedures: [aProcedure({ channel: null })] })
    const { chooseProcedure, says, suggest, submit, ...open } = await openStartForm({ service })
    await chooseProcedure()
    expect(says()).toContain('*No channel* PCBA-FCT has none, so its cards appear nowhere')
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    await answerTo(open, user, 'started', '*No channel*')
  })

  it('is said plainly where Firstpass is not in it', async () => {
    const channels = [{ id: channel, name: 'pcba-rollouts', appIsMember: false }]
    const { chooseProcedure, says } = await openStartForm({ workspace: { channels } })
    await chooseProcedure()
    expect(says()).toContain('Firstpass is not in #pcba-rollouts')
  })
})

describe('a form that is faster or slower than its answers', () => {
  it('starts one rollout when it is sent twice', async () => {
    const { chooseProcedure, suggest, submit, service, workspace } = await openStartForm()
    await chooseProcedure()
    await suggest('start_deployment')
    const values = { [deploymentField]: aDeployment().id }
    await Promise.all([submit(values), submit(values)])
    await workspace.waitFor(() => service.started.length > 1, 2000)
    expect(new Set(service.started.map((each) => each.commandId)).size).toBe(1)
    expect(service.started[0]?.commandId).toMatch(/^slack:form:V/)
  })

  it('shows the builds of a procedure that was chosen a moment before the submission', async () => {
    const second = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Final Test' })
    const service = fakeService({ procedures: [procedure, second] })
    const { chooseProcedure, suggest, submit, view, has } = await openStartForm({ service })
    await chooseProcedure()
    await suggest('start_deployment')
    await suggest('start_procedure')
    expect(await submit({ procedure: second.id, [deploymentField]: aDeployment().id })).toMatchObject({
      ok: true,
    })
    expect(has(`deployment:${second.id}`)).toBe(true)
    expect(has(deploymentField)).toBe(false)
    expect(service.started).toEqual([])
    expect(view()?.errors).toEqual({})
  })

  it('shows the newest of two choices, though the first takes longer to look up', async () => {
    const service = fakeService()
    const slow = Promise.withResolvers<void>()
    const { preview } = service
    const { chooseProcedure, choose, previews, says, workspace } = await openStartForm({ service })
    await chooseProcedure()
    service.preview = async (id, plan, build) => {
      if (plan.preset === 'careful') await slow.promise
      return preview(id, plan, build)
    }
    await choose('start_preset', 'careful')
    await choose('start_preset', 'two-stage')
    const updates = () => workspace.calls().filter((call) => call.method === 'views.update').length
    const before = updates()
    slow.resolve()
    await workspace.waitFor(() => updates() > before, 2000)
    await previews('*Stage 2*')
    expect(says()).not.toContain('*Stage 3*')
    expect(updates()).toBe(before + 1)
  })

  it('is acknowledged before a slow start ends, and whoever sent it hears how it ended', async () => {
    const service = fakeService()
    const slow = Promise.withResolvers<void>()
    const { start } = service
    service.start = async (...asked) => {
      await slow.promise
      return start(...asked)
    }
    service.refusal = { refused: 'not now', why: 'Starts are frozen.', next: '' }
    const { chooseProcedure, suggest, submit, ...open } = await openStartForm({ service })
    await chooseProcedure()
    await suggest('start_deployment')
    expect(await submit({ [deploymentField]: aDeployment().id, reason: 'urgent' })).toMatchObject({
      ok: true,
    })
    slow.resolve()
    await answerTo(open, user, 'Starts are frozen.', 'Your reason was: urgent')
  })

  it('opens before its procedure has been looked up, where that takes long', async () => {
    const service = fakeService()
    const slow = Promise.withResolvers<void>()
    const { procedure: lookUp } = service
    service.procedure = async (name) => {
      await slow.promise
      return lookUp(name)
    }
    const { view, previews, suggest, submit, workspace } = await openStartForm({
      service,
      text: 'start pcba-fct',
    })
    expect(view()?.callback_id).toBe('loading')
    slow.resolve()
    await previews('*Stage 1*')
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    await workspace.waitFor(() => service.started.length > 0, 2000)
    expect(service.started).toMatchObject([{ input: { procedureId: procedure.id } }])
  })

  it('leaves a form alone that was closed while its plan was looked up', async () => {
    const service = fakeService()
    const slow = Promise.withResolvers<void>()
    const { preview } = service
    const { chooseProcedure, choose, view, viewId, workspace, logged } = await openStartForm({ service })
    await chooseProcedure()
    service.preview = async (...asked) => {
      await slow.promise
      return preview(...asked)
    }
    await choose('start_preset', 'careful')
    await workspace.closeView({ user, viewId })
    const updates = () => workspace.calls().filter((call) => call.method === 'views.update').length
    const before = updates()
    slow.resolve()
    await workspace.waitFor(() => updates() > before, 2000)
    await workspace.command({ user, channel, text: 'start' })
    await workspace.waitFor(() => view() !== undefined, 2000)
    expect(logged.join('')).not.toContain('a request of Slack failed')
  })
})
