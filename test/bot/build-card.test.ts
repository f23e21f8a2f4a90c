// The card of a new build in the local Slack workspace: posted once, edited when it was started or replaced.
import { describe, expect, it } from 'vitest'
import { deploymentId, rolloutId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { aDeployment, aRollout } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const user = ines.id
const build = aBuild({ labels: ['limits', 'power'] })
const newer = aBuild({
  ...aDeployment({ id: deploymentId.parse(uuid(2, 7)), version: '2.5.0' }),
  createdAt: noon + minute,
})
const job = { kind: 'build' as const, procedureId: aProcedure().id, deploymentId: build.id }

async function withBuild(given: Parameters<typeof fakeService>[0] = {}) {
  const builds = given.deployments ?? [build]
  const service = fakeService({ ...given, deployments: builds })
  const open = await openBot({ service })
  const posted = () => open.workspace.messages(channel)
  const words = (index = 0) => JSON.stringify(posted()[index]?.blocks).replaceAll('\u00a0', ' ')
  const click = (actionId: string) =>
    open.workspace.click({ user, channel, ts: posted()[0]?.ts ?? '', actionId })
  const view = () => open.workspace.views(user).at(-1)
  return { ...open, service, builds, posted, words, click, view }
}

describe('the card of a new build', () => {
  it('says what it is, what runs now and what a standard plan takes', async () => {
    const { bot, posted, words } = await withBuild()
    expect(await bot.deliver(job)).toEqual({ delivered: true })
    expect(posted()).toHaveLength(1)
    for (const part of [
      'New build: PCBA-FCT 2.4.1',
      '*Tighten VCC limits*',
      '9f3c2ab by Ines Duarte on main',
      'Labels: limits, power',
      '2.4.0',
      'FCT-01, then 2, 3 and all 10 stations',
      'Nobody has started it yet.',
    ])
      expect(words()).toContain(part)
    expect(words()).not.toContain('let weak regulators through')
    expect(posted()[0]?.text.replaceAll('\u00a0', ' ')).toBe(
      'New build: PCBA-FCT 2.4.1: Tighten VCC limits, 9f3c2ab by Ines Duarte on main. Nobody has started it yet. Active now: 2.4.0. A standard plan takes FCT-01, then 2, 3 and all 10 stations.',
    )
  })

  it('is posted once, however often and however many at a time it is delivered', async () => {
    const { bot, posted } = await withBuild()
    await Promise.all([bot.deliver(job), bot.deliver(job), bot.deliver(job)])
    await bot.deliver(job)
    expect(posted()).toHaveLength(1)
  })

  it('is not posted for the first build of a procedure: there is nothing to compare it with', async () => {
    const { bot, posted } = await withBuild({ procedures: [aProcedure({ activeDeployment: null })] })
    expect(await bot.deliver(job)).toEqual({ delivered: true })
    expect(posted()).toEqual([])
  })

  it.each([
    ['without a channel', { procedures: [aProcedure({ channel: null })] }],
    [
      'of a build that cannot be rolled out',
      { deployments: [aBuild({ notEligible: 'is a preview build' })] },
    ],
    ['of a build that was started already', { rollouts: [aRollout()] }],
    ['of a build that a newer one has replaced', { deployments: [newer, build] }],
  ])('is not posted %s', async (_what, given) => {
    const { bot, posted } = await withBuild(given)
    expect(await bot.deliver(job)).toEqual({ delivered: true })
    expect(posted()).toEqual([])
  })

  it('says what its author expects, and why it did not start by itself', async () => {
    const told = aBuild({
      expectation: 'VCC limits tightened',
      expectedYieldChange: -0.008,
      push: { rolloutId: null, held: 'automatic pushes are off since Ines rolled back to 2.3.9' },
    })
    const { bot, words, posted } = await withBuild({ deployments: [told] })
    await bot.deliver(job)
    expect(words()).toContain('−0.8 points of first-pass yield: VCC limits tightened')
    const held = 'It did not start by itself: automatic pushes are off since Ines rolled back to 2.3.9.'
    expect(words()).toContain(`Nobody has started it yet. ${held}`)
    const text = posted()[0]?.text.replaceAll('\u00a0', ' ')
    expect(text).toContain(held)
    expect(text).toContain('Its author expects −0.8 points of first-pass yield: VCC limits tightened.')
  })

  it('is posted for a build that started by itself, and says what did', async () => {
    const rollout = aRollout({ owner: { ...ines, kind: 'program', name: 'GitHub, push by Ana' } })
    const pushed = aBuild({ push: { rolloutId: rollout.id, held: null } })
    const { bot, words } = await withBuild({ deployments: [pushed], rollouts: [rollout] })
    await bot.deliver(job)
    expect(words()).toContain('*Started* by GitHub, push by Ana')
    expect(words()).not.toContain('build_start')
  })

  it('is posted for a promoted build, however much older it is than the last one', async () => {
    const promoted = aBuild({ promotedAt: noon + 2 * minute })
    const { bot, words } = await withBuild({ deployments: [newer, promoted] })
    await bot.deliver(job)
    expect(words()).toContain('New build: PCBA-FCT 2.4.1')
  })

  it('opens the start form filled with the build', async () => {
    const { bot, click, view, workspace, service } = await withBuild()
    await bot.deliver(job)
    await click('build_start')
    await workspace.waitFor(() => JSON.stringify(view()?.blocks ?? []).includes('*Stage 1*'), 2000)
    const blocks = JSON.stringify(view()?.blocks)
    expect(blocks).toContain('2.4.1 (9f3c2ab) Tighten VCC limits')
    expect(await workspace.submitView({ user, viewId: view()?.id ?? '' })).toMatchObject({ ok: true })
    expect(service.started).toMatchObject([
      { input: { deploymentId: build.id, plan: { preset: 'standard' } } },
    ])
  })

  it('offers to supersede where a rollout is live, and the form says which one it replaces', async () => {
    const live = aRollout({
      deployment: aDeployment({ id: deploymentId.parse(uuid(2, 9)), version: '2.3.9' }),
    })
    const { bot, click, view, workspace, service, words } = await withBuild({
      procedures: [aProcedure({ live: { ...live, stageCount: 4 } })],
    })
    await bot.deliver(job)
    expect(words()).toContain('A rollout is live already')
    expect(words()).not.toContain('build_start')
    await click('build_supersede')
    await workspace.waitFor(() => JSON.stringify(view()?.blocks ?? []).includes('*Replaces*'), 2000)
    expect(JSON.stringify(view()?.blocks)).toContain('PCBA-FCT 2.3.9>, active, stage 2 of 4')
    const viewId = view()?.id ?? ''
    await workspace.submitView({ user, viewId })
    expect(view()?.errors).toEqual({ reason: expect.stringContaining('Say why') })
    expect(await workspace.submitView({ user, viewId, values: { reason: 'it fixes 2.3.9' } })).toMatchObject({
      ok: true,
    })
    expect(service.started).toEqual([])
    expect(service.superseded).toMatchObject([
      { id: live.id, input: { deploymentId: build.id, reason: 'it fixes 2.3.9' }, by: ines },
    ])
  })

  it('says who started it, with a link, and has no button for it any more', async () => {
    const { bot, service, words, posted, clock } = await withBuild()
    await bot.deliver(job)
    service.rollouts = [aRollout()]
    expect(await bot.deliver(job)).toMatchObject({ delivered: false, why: 'changed a moment ago' })
    clock.now += 3000
    expect(await bot.deliver(job)).toEqual({ delivered: true })
    expect(posted()).toHaveLength(1)
    expect(words()).toContain('PCBA-FCT 2.4.1: being rolled out')
    expect(words()).toContain('*Started* by Ines Duarte')
    expect(words()).toContain(aRollout().url)
    expect(words()).not.toContain('build_start')
  })

  it('is replaced by the card of a newer build', async () => {
    const { bot, builds, words, posted, clock } = await withBuild({ deployments: [build] })
    await bot.deliver(job)
    builds.unshift(newer)
    clock.now += 3000
    expect(await bot.deliver({ ...job, deploymentId: newer.id })).toEqual({ delivered: true })
    expect(posted()).toHaveLength(2)
    expect(words(0)).toContain('*Replaced* by a newer build, 2.5.0')
    expect(words(0)).not.toContain('build_start')
    expect(words(1)).toContain('New build: PCBA-FCT 2.5.0')
  })

  it('is not replaced by a newer build that failed', async () => {
    const { bot, words } = await withBuild({
      deployments: [{ ...newer, status: 'failed', notEligible: 'is not ready' }, build],
    })
    await bot.deliver(job)
    expect(words()).toContain('New build: PCBA-FCT 2.4.1')
  })

  it('turns into a start again when the rollout that was in its way has ended', async () => {
    const live = aRollout({
      id: rolloutId.parse(uuid(1, 7)),
      deployment: aDeployment({ id: deploymentId.parse(uuid(2, 9)), version: '2.3.9' }),
    })
    const procedures = [aProcedure({ live: { ...live, stageCount: 4 } })]
    const { bot, words, clock } = await withBuild({ procedures })
    await bot.deliver(job)
    procedures[0] = aProcedure()
    clock.now += 3000
    await bot.deliver({ ...job, deploymentId: live.deployment.id })
    expect(words()).toContain('build_start')
  })
})
