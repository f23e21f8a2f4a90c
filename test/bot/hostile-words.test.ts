// Whatever is typed after /rollout is answered within Slack's limits, and calls nobody.
import type { ModalView } from '@slack/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageText, section } from '../../bot/blocks/build.ts'
import { configModal, settingsModal } from '../../bot/blocks/config-modal.ts'
import type { Settings } from '../../bot/blocks/config-text.ts'
import type { Markup } from '../../bot/blocks/markup.ts'
import { retestList } from '../../bot/blocks/retest-list.ts'
import { subcommands } from '../../bot/commands/subcommands.ts'
import { checkView } from '../../demo/slack/blocks/check-view.ts'
import { deploymentId, procedureId } from '../../server/domain/ids.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { pairOf } from '../support/retest-builder.ts'
import { aDeployment, aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits } from './support/limits.ts'
import { channel, openBot } from './support/open-bot.ts'

const calls = [
  '<!channel>',
  '@here',
  '<@U0PLANTED1>',
  '<!subteam^S0PLANTED1>',
  '<#C0PLANTED1>',
  '<https://x.test|x>',
]
const called = /<@U0PLANTED1>|<!subteam\^S0PLANTED1>|<#C0PLANTED1>|<https:\/\/x\.test/
const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...calls, '```', '*_~`', '&amp;', '"', '“', '--', '%', '\u202e') },
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('&'.repeat(5000), '<'.repeat(3000), 'x'.repeat(5000), '🙂'.repeat(1500)),
)
const known = fc.constantFrom(
  'PCBA-FCT',
  '2.4.1',
  '2.4.2',
  '50%',
  'everything',
  '--until',
  '--site',
  '3h',
  'FCT-03',
  '--override',
)
const rest = fc.array(fc.oneof(hostile, known), { maxLength: 6 }).map((parts) => parts.join(' '))
const typed = fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(subcommands), 'help'), hostile), rest)

function expectHarmless(text: string, blocks: Parameters<typeof expectWithinLimits>[0]['blocks']): void {
  expectWithinLimits({ text, blocks })
  expectInert({ text, blocks })
  expect(called.test(text + marked(blocks))).toBe(false)
}

it('every line is answered, and every answer is harmless', async () => {
  const service = fakeService({ rollouts: [aPausedRollout()] })
  const { workspace } = await openBot({ service })
  let lines = 0
  await fc.assert(
    fc.asyncProperty(typed, async ([verb, words]) => {
      expect(await workspace.command({ user: ines.id, channel, text: `${verb} ${words}` })).toMatchObject({
        ok: true,
      })
      lines += 1
      const answers = () => workspace.ephemerals(ines.id).length
      const failed = () => workspace.calls().filter((call) => !call.ok)
      await workspace.waitFor(() => answers() + workspace.views(ines.id).length > 0, 2000)
      expect(failed()).toEqual([])
    }),
    { numRuns: 60 },
  )
  await workspace.waitFor(() => workspace.ephemerals(ines.id).length > lines / 2, 2000)
  for (const { text, blocks } of workspace.ephemerals(ines.id))
    expectHarmless(text, (blocks ?? []) as Parameters<typeof expectHarmless>[1])
})

describe('whatever procedures, builds, people and sites are called', () => {
  const name = hostile.filter((text) => text.trim() !== '').map((text) => text.slice(0, 400))

  it.each(Object.entries(subcommands))('/rollout %s stays within the limits', async (_verb, subcommand) => {
    await fc.assert(
      fc.asyncProperty(name, name, name, async (one, two, why) => {
        const second = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: two })
        const build = aBuild({
          ...aDeployment({ version: one, message: why, author: two }),
          isKnownGood: true,
        })
        const other = aBuild({
          ...aDeployment({ id: deploymentId.parse(uuid(2, 9)), version: two }),
          notEligible: why,
        })
        const rollout = aRollout({
          procedure: { ...aRollout().procedure, name: one },
          owner: { ...ines, name: two },
        })
        const service = fakeService({
          procedures: [aProcedure({ name: one, live: { ...rollout, stageCount: 4 } }), second],
          deployments: [build, other],
          rollouts: [rollout],
        })
        service.policies.given('organisation', {
          freezes: [
            {
              from: '2026-11-20T08:00:00Z',
              to: null,
              why: why.slice(0, 200),
              sites: [two],
              by: { ...ines, name: one },
            },
          ],
        })
        service.refusal = { refused: 'not now', why, next: two }
        for (const line of [[], [one], [one, one, why], [why, two]]) {
          const words = line.map((text) => ({ text, raw: text, quoted: false }))
          const asked = { words, by: ines, commandId: 'x', now: noon, refused: async () => null }
          const { text, blocks = [section('answer', text, 3000)] } = await subcommand.run(asked, service)
          expectHarmless(messageText(text), blocks)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('the settings stay within the limits, as a form and as text', async () => {
    const service = fakeService()
    const groups = Array.from({ length: 20 }, (_, index) => `S0GROUP${index}`)
    const users = Array.from({ length: 200 }, (_, index) => `U0PERSON${index}`)
    const everyone = { groups, users }
    const rights = {
      decide: everyone,
      stop: everyone,
      approve: everyone,
      configure: everyone,
      abort: everyone,
    }
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        service.policies.given('organisation', { rights, stageApprovals: 3 }, { ...ines, name: text })
        const policy = await service.policy('organisation')
        if (!policy) throw new Error('expected a policy')
        const settings: Settings = {
          procedure: aProcedure({ name: text, channel: text }),
          policy,
          organisation: policy,
          groups: [{ id: 'S0GROUP1', handle: text, name: text }],
          troubles: [text, text],
        }
        for (const view of [configModal(settings, channel), settingsModal(settings, { markup: 'no' })])
          expectView(view)
      }),
      { numRuns: 30 },
    )
  })

  it('a list of two hundred retests stays within the limits', () => {
    fc.assert(
      fc.property(name, (serial) => {
        const pair = pairOf([], [])
        const unit = {
          ...pair.canaryFailed,
          serial,
          retestVersion: serial,
          retestStations: [serial, serial, serial, serial],
        }
        const pairs = Array.from({ length: 200 }, () => ({ ...pair, canaryFailed: unit, baseFailed: unit }))
        const text: Markup = retestList(aRollout(), { did: serial, pairs })
        expectHarmless(messageText(text), [section('answer', text, 3000)])
      }),
      { numRuns: 30 },
    )
  })
})

function expectView(view: ModalView): void {
  expect('faults' in checkView(view)).toBe(false)
  const text = JSON.stringify(view)
  expect(text.length).toBeLessThan(250_000)
  expect(text.includes('<!channel>')).toBe(false)
  expect(called.test(marked(view.blocks))).toBe(false)
}

/** All but plain text, which is shown as it is: a call in it calls nobody. */
function marked(blocks: unknown): string {
  const isPlain = (value: unknown) =>
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'plain_text'
  return JSON.stringify(blocks, (key, value) =>
    isPlain(value) || key === 'accessibility_label' ? undefined : value,
  )
}
