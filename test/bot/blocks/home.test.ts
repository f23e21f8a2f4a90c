// The Home as it is drawn: within Slack's limits whatever is rolled out, inert, and each thing said once.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedHome, type Home, homeView } from '../../../bot/blocks/home.ts'
import { homeIds } from '../../../bot/blocks/home-buttons.ts'
import { markup } from '../../../bot/blocks/markup.ts'
import type { NamedFreeze } from '../../../bot/deliveries/home-facts.ts'
import type { Waiting } from '../../../bot/deliveries/waiting-for.ts'
import { checkView } from '../../../demo/slack/blocks/check-view.ts'
import { rolloutId } from '../../../server/domain/ids.ts'
import type { RolloutLine, RolloutView } from '../../../server/domain/rollout-view.ts'
import { ines, marek, noon, uuid } from '../../support/fixed-values.ts'
import { aBreach, aDeployment, aPausedRollout, aRollout, ready } from '../../support/rollout-view-builder.ts'
import { anyVerdict, hostileText } from '../support/any-verdict.ts'
import { expectInert } from '../support/limits.ts'

const quiet: Home = {
  live: [],
  unread: 0,
  recent: [],
  freezes: [],
  policies: new Map(),
  waiting: [],
  direct: false,
  notice: null,
}

function numbered(number: number, part: Partial<RolloutView> = {}): RolloutView {
  return aRollout({ id: rolloutId.parse(uuid(1, number)), ...part })
}

function lineOf(view: RolloutView): RolloutLine {
  return { ...view, stageCount: view.stages.length }
}

function aFreeze(part: Partial<NamedFreeze> = {}): NamedFreeze {
  return {
    id: 'f1',
    of: 'PCBA-FCT',
    scope: 'organisation',
    from: '2026-11-20T06:00:00Z',
    to: '2026-11-23T06:00:00Z',
    why: 'inventory',
    sites: ['Munich'],
    inForce: true,
    by: marek,
    ...part,
  }
}

type Button = { action_id?: string; value?: string; style?: string }
type Drawn = { block_id: string; type: string; elements?: Button[] }

function drawn(home: Home): Drawn[] {
  return homeView(home).blocks as unknown as Drawn[]
}

function textOf(home: Home): string {
  return JSON.stringify(homeView(home))
}

function actionsAt(home: Home, blockId: string): (string | undefined)[] {
  return drawn(home)
    .filter((block) => block.block_id === blockId)
    .flatMap((block) => (block.elements ?? []).map((element) => element.action_id))
}

describe('the Home', () => {
  it('of somebody for whom nothing is to do says so in each of its parts', () => {
    const text = textOf(quiet)
    for (const says of [
      'Nothing waits for you',
      'No rollout is live',
      'Nothing has ended',
      'Nothing is frozen',
    ])
      expect(text).toContain(says)
    expect(actionsAt(quiet, 'start')).toEqual([homeIds.start, homeIds.direct])
  })

  it('names what runs with its stage, its verdict, its n and a link', () => {
    const text = textOf({ ...quiet, live: [numbered(1)] })
    expect(text).toContain(`<${numbered(1).url}|PCBA-FCT 2.4.1>`)
    expect(text).toContain('stage 2 of 4 (25 %), *active*, healthy so far')
    expect(text).toContain('n 60 canary / 540 base')
  })

  it('has the buttons of a rollout that waits for this person once, above', () => {
    const view = numbered(1, { readiness: ready })
    const home: Home = { ...quiet, live: [view], waiting: [{ view, asks: 'advance' }] }
    expect(actionsAt(home, 'waiting_0_do')).toEqual([
      homeIds.advance,
      homeIds.pause,
      homeIds.abort,
      'link_page',
    ])
    expect(actionsAt(home, 'running_0_do')).toEqual([])
    expect(actionsAt({ ...home, waiting: [] }, 'running_0_do')).toEqual([homeIds.pause, homeIds.abort])
  })

  it('asks for each breach by itself, with the gate in the button', () => {
    const breaches = [aBreach(), aBreach({ gate: 'error rate', severity: 'severe' })]
    const view = aPausedRollout({ breaches })
    const waiting = breaches.map((breach): Waiting => ({ view, asks: 'acknowledge', breach }))
    const home = { ...quiet, live: [view], waiting }
    expect(actionsAt(home, 'waiting_0_do')).toEqual([homeIds.acknowledge, homeIds.abort, 'link_page'])
    expect(textOf(home)).toContain('*Severe breach: errors*')
    const values = drawn(home).flatMap((block) => block.elements ?? [])
    const gates = values
      .filter((each) => each.action_id === homeIds.acknowledge)
      .map((each) => JSON.parse(each.value ?? '{}').m)
    expect(gates).toEqual(['first-pass yield', 'error rate'])
  })

  it('says who decided how a rollout ended', () => {
    const ended = numbered(1, {
      status: 'aborted',
      endedAt: noon,
      lastDecision: { what: 'aborted', by: marek, at: noon, why: 'yield fell' },
    })
    expect(textOf({ ...quiet, recent: [lineOf(ended)] })).toMatch(
      /\|PCBA-FCT 2.4.1>: \*Aborted\* by Marek Nowak, <!date[^>]+>: yield fell/,
    )
    const waived = { ...ended, lastDecision: { ...ended.lastDecision, what: 'waived a station' } }
    expect(textOf({ ...quiet, recent: [lineOf(waived)] })).toMatch(
      /\*aborted\* <!date[^>]+>\. Then: \*Waived a station\* by Marek Nowak/,
    )
  })

  it('says which freezes hold and which are set, until when in each reader’s own time', () => {
    const freezes = [
      aFreeze(),
      aFreeze({ of: 'everything', sites: [], to: null, inForce: false, why: 'audit' }),
    ]
    const text = textOf({ ...quiet, freezes })
    expect(text).toMatch(
      /\*Frozen now\*: PCBA-FCT at Munich until <!date\^1795413600\^[^>]+>, set by Marek Nowak: inventory/,
    )
    expect(text).toMatch(/\*Set for later\*: everything from <!date[^>]+> until somebody lifts it/)
  })

  it('says on top what the last click met with', () => {
    const home = { ...quiet, notice: markup`Marek advanced it at 12:00.` }
    expect(JSON.stringify(drawn(home)[0])).toContain('*Not done.* Marek advanced it at 12:00.')
  })

  it('offers to turn direct messages on, or off', () => {
    const wish = (direct: boolean) =>
      drawn({ ...quiet, direct })
        .flatMap((block) => block.elements ?? [])
        .find((each) => each.action_id === homeIds.direct)
    expect(wish(false)?.value).toBe('on')
    expect(wish(true)?.value).toBe('off')
  })

  it('counts what does not fit and says where it is listed', () => {
    const live = Array.from({ length: 39 }, (_, index) => numbered(index + 1))
    expect(textOf({ ...quiet, live })).toContain('and 14 more: `/rollout list`')
    expect(textOf({ ...quiet, live, unread: 3 })).toContain('and 17 more: `/rollout list`')
  })

  it('of somebody who may not look holds nothing of any rollout', () => {
    const { blocks } = closedHome('Guests may not use rollouts.')
    expect(JSON.stringify(blocks)).toContain('Guests may not use rollouts.')
    expect(blocks).toHaveLength(1)
  })
})

const anyRollout = fc
  .record({
    text: hostileText,
    verdict: anyVerdict,
    status: fc.constantFrom('pending', 'active', 'paused', 'aborting' as const),
  })
  .map(({ text, verdict, status }) => {
    const base = status === 'paused' ? aPausedRollout() : aRollout()
    return aRollout({
      ...base,
      status,
      stageIndex: status === 'pending' ? -1 : 1,
      procedure: { ...base.procedure, name: text },
      deployment: aDeployment({ version: text, message: text, author: text }),
      owner: { ...ines, name: text || 'x' },
      pause: base.pause && { ...base.pause, why: text },
      lastDecision: { what: text, by: { ...ines, name: text || 'x' }, at: noon, why: text },
      breaches: base.breaches.map((breach) => ({
        ...breach,
        gate: text.slice(0, 60) || 'x',
        headline: text,
      })),
      waitsFor: [text],
      next: text,
      verdict,
    })
  })

describe('a Home of two hundred rollouts in others’ words', () => {
  it('is taken by Slack, and nothing in it acts', () => {
    const asks = fc.constantFrom<Waiting['asks']>('acknowledge', 'approve', 'advance', 'resume')
    fc.assert(
      fc.property(
        fc.array(anyRollout, { minLength: 3, maxLength: 6 }),
        fc.array(asks, { maxLength: 20 }),
        hostileText,
        fc.boolean(),
        (kinds, asked, text, inForce) => {
          const live = Array.from({ length: 200 }, (_, index) => ({
            ...(kinds[index % kinds.length] ?? aRollout()),
            id: rolloutId.parse(uuid(1, index + 1)),
          }))
          const waiting = asked.map((each, index): Waiting => {
            const view = live[index] ?? aRollout()
            return each === 'acknowledge'
              ? { view, asks: each, breach: view.breaches[0] ?? aBreach() }
              : { view, asks: each }
          })
          const freezes = Array.from({ length: 30 }, () =>
            aFreeze({ of: text, why: text, sites: [text], inForce }),
          )
          const home = homeView({
            ...quiet,
            live,
            waiting,
            freezes,
            recent: live.map(lineOf),
            notice: markup`${text}`,
          })
          expect(checkView(home)).not.toHaveProperty('error')
          expect(home.blocks.length).toBeLessThanOrEqual(100)
          expectInert({ text: '-', blocks: home.blocks as never })
          for (const block of home.blocks as unknown as Drawn[]) {
            const ids = (block.elements ?? []).flatMap((each) => each.action_id ?? [])
            expect(new Set(ids).size).toBe(ids.length)
            expect(
              (block.elements ?? []).filter((each) => each.style === 'primary').length,
            ).toBeLessThanOrEqual(1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
