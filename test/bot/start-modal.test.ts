// The form of /rollout start, filled in and submitted in the local Slack workspace.
import { describe, expect, it } from 'vitest'
import { deploymentId, procedureId } from '../../server/domain/ids.ts'
import { ines, uuid } from '../support/fixed-values.ts'
import { aDeployment } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'
import { openStartForm } from './support/open-start-form.ts'

const user = ines.id
const procedure = aProcedure()
const failed = aBuild({
  ...aDeployment({ id: deploymentId.parse(uuid(2, 5)), version: '2.5.0', sha: 'f00' }),
  notEligible: 'its build failed',
})
const deploymentField = `deployment:${procedure.id}`

const openForm = (text = 'start', service = fakeService({ deployments: [failed, aBuild()] })) =>
  openStartForm({ text, service })

describe('the start form', () => {
  it('opens without words, before anything slow is asked', async () => {
    const { workspace } = await openForm()
    const methods = () => workspace.calls().map((call) => call.method)
    await workspace.waitFor(() => methods().includes('users.info'), 2000)
    expect(methods()).toContain('views.open')
    expect(methods().indexOf('views.open')).toBeLessThan(methods().indexOf('users.info'))
  })

  it('previews the stations of every stage as soon as a procedure is chosen', async () => {
    const { chooseProcedure, view } = await openForm()
    await chooseProcedure()
    const text = JSON.stringify(view()?.blocks.at(-1))
    expect(text).toContain('*Stage 1*, stage 1: FCT-01')
    expect(text).toContain('about 24\u00a0h to a verdict, sees drops from 2.1\u00a0points')
    expect(text).toContain('*Left out* FCT-77 (an experiment runs on it)')
  })

  it('keeps what was typed through a refresh', async () => {
    const { chooseProcedure, choose, view, workspace, previews } = await openForm()
    workspace.fillView({ user, viewId: view()?.id ?? '', values: { reason: 'half a sentence' } })
    await chooseProcedure()
    await choose('start_preset', 'custom')
    await previews('nothing was given')
    await choose('start_stages', '1, 100%')
    await previews('*Stage 2*')
    expect(JSON.stringify(view()?.values)).toContain('half a sentence')
    expect(JSON.stringify(view()?.values)).toContain('1, 100%')
  })

  it('offers what can be rolled out first, and says why the others cannot', async () => {
    const { chooseProcedure, suggest } = await openForm()
    expect(JSON.stringify(await suggest('start_deployment'))).not.toContain('2.4.1')
    await chooseProcedure()
    const offered = JSON.stringify(await suggest('start_deployment'))
    expect(offered.indexOf('2.4.1 (9f3c2ab) Tighten VCC limits')).toBeGreaterThan(0)
    expect(offered.indexOf('2.4.1')).toBeLessThan(offered.indexOf('2.5.0'))
    expect(offered).toContain('its build failed')
  })

  it.each(['http', 'socket'] as const)('starts the rollout and says so, over %s', async (door) => {
    const { chooseProcedure, suggest, submit, service, view, ...open } = await openStartForm({ door })
    await chooseProcedure()
    await suggest('start_deployment')
    expect(
      await submit({ [deploymentField]: aDeployment().id, preset: 'hot-fix', reason: 'line 3 stands' }),
    ).toMatchObject({ ok: true })
    await answerTo({ ...open, service }, user, 'started')
    expect(service.started).toMatchObject([
      {
        input: { procedureId: procedure.id, deploymentId: aDeployment().id, reason: 'line 3 stands' },
        plan: { preset: 'hot-fix' },
        by: ines,
      },
    ])
    expect(view()).toBeUndefined()
  })

  it('is filled with the procedure that was named', async () => {
    const { suggest, submit, service } = await openForm('start pcba-fct')
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id })
    expect(service.started).toMatchObject([{ input: { procedureId: procedure.id } }])
  })

  it.each([
    [
      'a build that cannot be rolled out',
      {},
      { [deploymentField]: failed.id },
      deploymentField,
      'its build failed',
    ],
    [
      'stages that do not grow',
      { start_preset: 'custom' },
      { stages: '50%, 10%, 100%' },
      'stages',
      'larger than the one before',
    ],
    ['no stages at all', { start_preset: 'custom' }, {}, 'stages', 'nothing was given'],
    [
      'a group nobody knows',
      { start_more: undefined },
      { group: 'nowhere' },
      'group',
      'No site, line or tag is called nowhere',
    ],
    [
      'a change in percent',
      { start_more: undefined },
      { points: '0.8 %' },
      'points',
      'Expected points, got a percentage',
    ],
    ['a change without a sign', { start_more: undefined }, { points: '0.8' }, 'points', 'Which way?'],
    [
      'a start time in the past',
      { start_more: undefined },
      { start_at: '1000' },
      'start_at',
      'still to come',
    ],
  ])('says at its field what is wrong with %s', async (_what, clicks, values, field, says) => {
    const { chooseProcedure, suggest, choose, submit, service, view, workspace } = await openForm()
    await chooseProcedure()
    for (const [actionId, value] of Object.entries(clicks)) {
      const before = view()?.hash
      await choose(actionId, value)
      await workspace.waitFor(() => view()?.hash !== before, 2000)
    }
    await suggest('start_deployment')
    await submit({ [deploymentField]: aDeployment().id, ...values })
    expect(view()?.errors).toEqual({ [field]: expect.stringContaining(says) })
    expect(service.started).toEqual([])
  })

  it('says all that is wrong at once, each at its field', async () => {
    const { chooseProcedure, suggest, unfold, submit, view } = await openForm()
    await chooseProcedure()
    await unfold()
    await suggest('start_deployment')
    await submit({ [deploymentField]: failed.id, points: '-0,8', group: 'nowhere', start_at: '1000' })
    expect(view()?.errors).toEqual({
      [deploymentField]: expect.stringContaining('its build failed'),
      points: 'Expected a decimal point, got "-0,8": write -0.8.',
      group: expect.stringContaining('No site, line or tag'),
      start_at: expect.stringContaining('still to come'),
    })
  })

  it('says at a field of the form what is wrong with one that has not appeared yet', async () => {
    const { chooseProcedure, suggest, submit, view } = await openForm()
    await chooseProcedure()
    await suggest('start_deployment')
    // The stages appear after the plan was chosen; this one is sent before they do.
    await submit({ [deploymentField]: aDeployment().id, preset: 'custom' })
    expect(view()?.errors).toEqual({ preset: expect.stringContaining('nothing was given') })
  })

  it('shows a refusal of the service and keeps what was typed', async () => {
    const { chooseProcedure, suggest, submit, service, view } = await openForm()
    await chooseProcedure()
    await suggest('start_deployment')
    service.refusal = {
      refused: 'not now',
      why: 'Starts are frozen until Monday.',
      next: 'Ask the plant lead.',
    }
    await submit({ [deploymentField]: aDeployment().id, reason: 'urgent' })
    expect(view()?.errors).toEqual({
      [deploymentField]: 'Starts are frozen until Monday. Ask the plant lead.',
    })
    expect(JSON.stringify(view()?.values)).toContain('urgent')
  })

  it('turns into a refusal for a guest, and offers them nothing', async () => {
    const service = fakeService()
    const open = await openBot({ service })
    await open.workspace.command({ user: 'U0GUEST001', channel, text: 'start' })
    const view = () => open.workspace.views('U0GUEST001').at(-1)
    await open.workspace.waitFor(
      () => JSON.stringify(view()?.blocks ?? []).includes('Guests may not use rollouts'),
      2000,
    )
    expect(view()?.submit).toBeUndefined()
  })

  it('forgets the build when another procedure is chosen', async () => {
    const other = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Final Test' })
    const { chooseProcedure, suggest, choose, view, workspace } = await openForm(
      'start',
      fakeService({ procedures: [procedure, other] }),
    )
    await chooseProcedure()
    await suggest('start_deployment')
    workspace.fillView({ user, viewId: view()?.id ?? '', values: { [deploymentField]: aDeployment().id } })
    await suggest('start_procedure')
    await choose('start_procedure', other.id)
    const fields = () => view()?.blocks.map((block) => block.block_id)
    await workspace.waitFor(() => fields()?.includes(`deployment:${other.id}`) ?? false, 2000)
    expect(fields()).not.toContain(deploymentField)
  })
})
