// The start form and the card of a new build keep to Slack's limits, whatever people called things.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildCard } from '../../../bot/blocks/build-card.ts'
import { startModal } from '../../../bot/blocks/start-modal.ts'
import { startSummary } from '../../../bot/blocks/start-summary.ts'
import type { BuildState } from '../../../bot/deliveries/build-state.ts'
import { type CheckedStart, checkStart } from '../../../bot/forms/check-start.ts'
import { emptyForm, readStartForm, type StartForm } from '../../../bot/forms/start-form.ts'
import { checkView } from '../../../demo/slack/blocks/check-view.ts'
import { deploymentId } from '../../../server/domain/ids.ts'
import { plan as planSchema } from '../../../server/domain/plan.ts'
import { presetPlan } from '../../../server/domain/presets.ts'
import type { StagePreview } from '../../../server/service.ts'
import { ines, noon, uuid } from '../../support/fixed-values.ts'
import { aDeployment, aRollout, aStation } from '../../support/rollout-view-builder.ts'
import { hostileText } from '../support/any-verdict.ts'
import { aBuild, aProcedure, fakeService } from '../support/fake-service.ts'
import { buttonsOf, expectInert, expectWithinLimits } from '../support/limits.ts'

const words = fc.record({ name: hostileText, message: hostileText, why: hostileText, station: hostileText })
type Words = typeof words extends fc.Arbitrary<infer Value> ? Value : never

function previewOf(said: Words, stations: number, stages: number): StagePreview {
  const all = Array.from({ length: stations }, (_, index) => ({
    ...aStation(index % 60),
    name: `${said.station}${index}`,
    site: said.name,
    line: said.why,
  }))
  return {
    plan: planSchema.parse({
      ...presetPlan('standard'),
      startApprovals: 2,
      fourEyes: true,
      expectedYieldChange: -0.008,
    }),
    stationCount: stations,
    stages: Array.from({ length: stages }, (_, index) => ({
      label: said.why,
      stations: all.slice(0, Math.ceil((stations * (index + 1)) / stages)),
      hoursToVerdict: index * 30,
      smallestDrop: 0.021,
    })),
    canaries: {
      score: 0.5,
      missing: all.map(({ site, line }) => ({ site, line, stations: 3 })),
      volumeShare: 0.3,
      yields: { canaries: 0.9, fleet: 0.95 },
      suggested: all.slice(0, 20).map(({ id, name }) => ({ id, name })),
    },
    leftOut: all.map(({ name }) => ({ name, why: said.why })),
    changes: null,
    trouble: [],
    closedBecause: said.why,
  }
}

function checkedWith(said: Words, preview: StagePreview): CheckedStart {
  const rollout = aRollout({ deployment: aDeployment({ version: said.name }) })
  return {
    procedure: aProcedure({
      name: said.name,
      live: { ...rollout, procedure: { ...rollout.procedure, name: said.name }, stageCount: 4 },
    }),
    deployment: aBuild({
      version: said.name,
      message: said.message,
      author: said.station,
      notEligible: said.why,
    }),
    preview,
    policy: null,
    declared: {
      build: aDeployment().id,
      expectation: said.why.slice(0, 300),
      points: '-0.8',
      isChosen: true,
    },
    faults: { stages: said.why, group: said.name, points: said.message },
    input: null,
  }
}

const anyForm = (said: Words, more: boolean): StartForm =>
  emptyForm({
    procedureId: aProcedure().id,
    deploymentId: aDeployment().id,
    preset: 'custom',
    stages: said.name.slice(0, 200),
    group: said.why.slice(0, 500),
    reason: said.message,
    replaces: aRollout().id,
    expectation: said.why.slice(0, 300),
    points: '-0.8',
    fourEyes: true,
    picked: Array.from({ length: 50 }, (_, index) => ({ id: aStation(index).id, name: said.station })),
    startAt: noon,
    channel: 'C0ROLLOUTS',
    drawn: { procedureId: aProcedure().id, more, picks: 3, inputs: [], expectationOf: null },
  })

describe('the start form', () => {
  it('is taken by Slack whatever names, messages and settings hold', () => {
    fc.assert(
      fc.property(
        words,
        fc.nat(60),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (said, stations, stages, more) => {
          const form = anyForm(said, more)
          const checked = checkedWith(said, previewOf(said, stations, stages))
          const view = startModal(form, checked, startSummary(form, checked, []))
          expect(checkView(JSON.parse(JSON.stringify(view)))).toHaveProperty('view')
          // What somebody typed stands in their own input as they typed it.
          const shown = JSON.stringify(view, (key, value) => (key === 'initial_value' ? undefined : value))
          expect(shown).not.toMatch(/<!(?:channel|here|everyone)|@(?:channel|here|everyone)\b/)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('reads back what it was drawn with', () => {
    const form = anyForm({ name: '1, 100%', message: 'why', why: 'line 1', station: 'FCT-01' }, true)
    const checked = checkedWith(
      { name: 'n', message: 'm', why: 'w', station: 's' },
      previewOf({ name: 'n', message: 'm', why: 'w', station: 's' }, 10, 4),
    )
    const { private_metadata = '', blocks } = startModal(form, checked, [])
    expect(private_metadata.length).toBeLessThan(3000)
    const read = readStartForm({
      private_metadata,
      state: { values: {} },
      blocks: blocks.map((block) => ({ ...block, block_id: block.block_id ?? '' })),
    })
    expect(read).toMatchObject({
      procedureId: form.procedureId,
      deploymentId: form.deploymentId,
      channel: 'C0ROLLOUTS',
      drawn: { more: true, picks: 3 },
    })
    expect(read.drawn.inputs).toContain('reason')
    expect(read.drawn.expectationOf).toEqual({ build: aDeployment().id })
  })
})

describe('a filled form', () => {
  it('names at its field each canary that does not take part', async () => {
    const service = fakeService()
    const strange = { id: aStation(77).id, name: 'FCT-77 (Munich, Line 1)' }
    const form = emptyForm({
      procedureId: aProcedure().id,
      deploymentId: aDeployment().id,
      picked: [strange],
    })
    const { faults, input } = await checkStart(service, form, noon)
    expect(faults).toEqual({
      [`stations:${aProcedure().id}:0`]:
        'FCT-77 (Munich, Line 1) does not take part (an experiment runs on it).',
    })
    expect(input).toBeNull()
  })
})

describe('the card of a new build', () => {
  const states = (said: Words, stations: number): BuildState[] => [
    { kind: 'waits', preview: previewOf(said, stations, 7) },
    { kind: 'waits', preview: null },
    {
      kind: 'started',
      rollout: {
        ...aRollout({ owner: { ...ines, name: said.name }, deployment: aDeployment({ version: said.name }) }),
        stageCount: 4,
      },
    },
    { kind: 'replaced', by: aBuild({ version: said.name }) },
    { kind: 'not eligible', why: said.why },
  ]

  it('is taken by Slack whatever the commit says', () => {
    fc.assert(
      fc.property(words, fc.nat(60), fc.boolean(), (said, stations, isLive) => {
        const { live } = checkedWith(said, previewOf(said, 0, 1)).procedure ?? { live: null }
        const procedure = aProcedure({ name: said.name, live: isLive ? live : null })
        const build = aBuild({
          version: said.name,
          message: said.message.repeat(20).slice(0, 5000),
          author: said.station,
          branch: said.why,
          labels: Array.from({ length: 50 }, () => said.name),
          expectation: said.why.slice(0, 300),
          expectedYieldChange: -0.008,
          push: { rolloutId: null, held: said.why },
        })
        for (const state of states(said, stations)) {
          const message = buildCard({ procedure, build, state })
          expectWithinLimits(message)
          expectInert(message)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('has a button that starts it, or one that supersedes, or none', () => {
    const said = { name: 'n', message: 'm', why: 'w', station: 's' }
    const [waits, , started, replaced] = states(said, 10)
    const next = aDeployment({ id: deploymentId.parse(uuid(2, 9)) })
    const live = { ...aRollout({ deployment: next }), stageCount: 4 }
    const buttons = (state: BuildState | undefined, part = {}) =>
      state && buttonsOf(buildCard({ procedure: aProcedure(part), build: aBuild(), state }))
    expect(buttons(waits)).toEqual(['build_start'])
    expect(buttons(waits, { live })).toEqual(['build_supersede', 'link_page'])
    expect(buttons(waits, { live: { ...live, status: 'aborting' } })).toEqual(['build_start'])
    expect(buttons(started)).toEqual(['link_page'])
    expect(buttons(replaced)).toEqual([])
  })
})
