import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rolloutCard } from '../../../bot/blocks/rollout-card.ts'
import { readValue } from '../../../bot/button-value.ts'
import { ines, marek, noon } from '../../support/fixed-values.ts'
import {
  aChange,
  aDeployment,
  anArm,
  aPausedRollout,
  aRollout,
  aStage,
  aStation,
  changesOf,
  notReady,
  ready,
} from '../../support/rollout-view-builder.ts'
import { anyVerdict, hostileText } from '../support/any-verdict.ts'
import { buttonsOf, expectInert, expectWithinLimits, textOfMessage } from '../support/limits.ts'

const plainSpaces = (text: string) => text.replaceAll('\u00a0', ' ')
const shown = (view: ReturnType<typeof aRollout>, stage = 1) =>
  plainSpaces(textOfMessage(rolloutCard(view, stage)))

describe('the card of the current stage', () => {
  it('names the build, its commit, its author and the base', () => {
    const text = shown(aRollout())
    expect(text).toContain('PCBA-FCT 2.4.1 · stage 2 of 4 · active')
    expect(text).toContain('commit 9f3c2ab on main by Ines Duarte: Tighten VCC limits')
    expect(text).not.toContain('The old ones let')
    expect(text).toContain('Base *2.4.0*')
  })

  it('shows first-pass yield against what was expected, in percent, the difference in points', () => {
    const text = shown(aPausedRollout())
    expect(text).toContain(
      '*88.3 %* vs expected *98.2 %*\n−9.8 points (−33.6 … −0.4)\nn 60 canary / 540 base, 1 station',
    )
  })

  it('keeps the sign of bad rates: more errors is a plus', () => {
    expect(shown(aRollout())).toContain('*1.6 %* vs expected *0.36 %*\n+1.2 points (−0.4 … +7.0)')
  })

  it('falls back to the plain counts while nothing was judged', () => {
    const text = shown(aRollout({ verdict: null }))
    expect(text).toContain('Not judged yet')
    expect(text).toContain('*88.3 %* vs base *98.3 %*\n−10.0 points\nn 60 canary / 540 base')
  })

  it('says so when no canary has run', () => {
    const nothing = { units: 0, passed: 0, firstPassYield: null, runs: 0, errorRate: null, timeoutRate: null }
    const arm = anArm({ ...nothing, passRuns: 0, passSeconds: null })
    expect(shown(aRollout({ verdict: null, canaryArm: arm }))).toContain('no canary runs yet, base 98.3 %')
  })

  it('says what it waits for, what is done and what comes next, each once', () => {
    const text = shown(aRollout())
    expect(text).toContain('*Waits for* 60 of 100 first attempts; soaked 12 of 60 min\n')
    expect(text).toContain('*Done* 3 of 3 stations confirmed on the new build')
    expect(text).toContain('*Next* At 100 first attempts')
  })

  it('does not say twice that it is paused, nor why', () => {
    const view = aPausedRollout()
    const text = shown({ ...view, waitsFor: [`a person: paused, ${view.pause?.why}`, 'soaked 12 of 60 min'] })
    expect(text.split('88.3 % against').length).toBe(2)
    expect(text).not.toContain('a person: paused')
  })

  it('says healthy so far and never that there is no difference', () => {
    expect(shown(aRollout())).toContain('*Healthy so far*')
    expect(shown(aRollout())).not.toMatch(/no difference/i)
  })

  it('names the stations now, troubled ones first with their state, and those that are next', () => {
    const stations = aRollout().stations.map((station, index) =>
      index === 2
        ? {
            ...station,
            status: 'pulled' as const,
            trouble: { kind: 'stale' as const, since: noon, detail: 'no run for 4 h' },
          }
        : station,
    )
    const text = shown(aRollout({ stations }))
    expect(text).toContain(
      '*Stations now* FCT-03 (pulled, no run yet, stale: no run for 4 h), FCT-01, FCT-02 (2 of 3 confirmed)',
    )
    expect(text).toContain('*Next stage adds* 2 stations: FCT-04, FCT-05')
  })

  it('says which canary is silent, in a run or off in its clock, and who left and why', () => {
    const connection = { heardAt: noon, isClosed: false, busy: false }
    const text = shown(
      aRollout({
        stations: [
          aStation(0, { connection: { ...connection, state: 'silent' }, clockAheadMs: 600_000 }),
          aStation(1, { status: 'pinned', connection: { ...connection, state: 'connected', busy: true } }),
          aStation(2, { connection: { ...connection, state: 'silent', isClosed: true } }),
          aStation(3, { status: 'left', leftBecause: 'held: calibration' }),
          aStation(9, { status: 'left', leftBecause: 'excluded: broken probe; not seen back on base yet' }),
          aStation(4),
        ],
      }),
    )
    expect(text).toContain(
      '*Stations now* FCT-01 (silent, clock ahead by 10 min), FCT-02 (not pulled yet, in a run), FCT-03',
    )
    expect(text).toContain(
      '*Left the rollout* FCT-04 (held: calibration), FCT-10 (excluded: broken probe; not seen back on base yet)',
    )
    expect(text).toContain('*Next stage adds* 1 station: FCT-05')
  })

  it('shortens a fleet of sixty stations to three names and a count', () => {
    const stations = Array.from({ length: 60 }, (_, index) =>
      aStation(index, { status: 'confirmed', stageIndex: 1 }),
    )
    expect(shown(aRollout({ stations }))).toContain('FCT-01, FCT-02, FCT-03 and 57 more (60 of 60 confirmed)')
  })

  it('is complete in its text alone, for notifications and screen readers', () => {
    expect(plainSpaces(rolloutCard(aPausedRollout(), 1).text)).toBe(
      'PCBA-FCT 2.4.1, stage 2 of 4: paused, first-pass yield −9.8 points (−33.6 … −0.4), 88.3 % vs expected 98.2 %, ' +
        'n 60 canary / 540 base, 1 station. Paused by Firstpass: first-pass yield 88.3 % against expected 98.2 %, ' +
        '−9.8 points on 60 first attempts. Waits for 60 of 100 first attempts; soaked 12 of 60 min. Next: Nothing is taken further ' +
        'until somebody decides.',
    )
  })

  it('offers what can be done in this state', () => {
    const ids = (view: ReturnType<typeof aRollout>) =>
      buttonsOf(rolloutCard(view, Math.max(0, view.stageIndex)))
    expect(ids(aRollout())).toEqual(['advance', 'pause', 'abort', 'link_page'])
    expect(ids(aPausedRollout())).toEqual(['advance', 'resume', 'abort', 'link_page'])
    expect(ids(aRollout({ stageIndex: 3 }))).toEqual(['pause', 'abort', 'link_page'])
    expect(ids(aRollout({ status: 'pending', stageIndex: -1 }))).toEqual(['abort', 'link_page'])
    expect(ids(aRollout({ status: 'aborting' }))).toEqual(['link_page'])
    expect(ids(aRollout({ status: 'completed', stageIndex: 3 }))).toEqual(['link_page'])
  })

  it('offers to approve only when an approval would be taken: approvals come last', () => {
    const open = { kind: 'approvals', met: false, text: '0 of 1 approvals', done: 0, needed: 1 }
    const asked = { ...aRollout().approvals, needed: 1, asked: { at: noon, remindedAt: null } }
    const offers = (part: Parameters<typeof aRollout>[0]) => buttonsOf(rolloutCard(aRollout(part), 1))
    const early = { ready: false, items: [...notReady.items, open] }
    expect(offers({ readiness: early })).not.toContain('approve')
    expect(offers({ readiness: early, approvals: asked })).toContain('approve')
    expect(offers({ readiness: { ready: false, items: [...ready.items, open] } })).toContain('approve')
    expect(offers({ readiness: ready })).not.toContain('approve')
  })

  it('puts ids into its buttons and nothing else', () => {
    const view = aRollout()
    const card = JSON.stringify(rolloutCard(view, 1).blocks)
    const value = card.match(/"value":"((?:[^"\\]|\\.)*)"/)?.[1] ?? ''
    expect(readValue(JSON.parse(`"${value}"`))).toEqual({
      rolloutId: view.id,
      stageIndex: 1,
      deploymentId: view.deployment.id,
      version: 7,
    })
  })
})

describe('the numbers of a card', () => {
  const table = (view: ReturnType<typeof aRollout>) => {
    const blocks = rolloutCard(view, 1).richer?.at(-1) ?? []
    const found = blocks.find((block) => block.type === 'table')
    if (found?.type !== 'table') throw new Error('expected a table')
    const rows = found.rows.map((row) =>
      row.map((cell) => (cell.type === 'raw_text' ? plainSpaces(cell.text) : '')),
    )
    return { rows, settings: found.column_settings, blocks }
  }

  it('stand in one table, on the right, each with the count it stands on', () => {
    const { rows, settings } = table(aPausedRollout())
    expect(rows.slice(0, 3)).toEqual([
      ['Measure', 'Canary', 'Base', 'Difference'],
      ['First-pass yield: breach', '88.3 % of 60', '98.2 % expected', '−9.8 points (−33.6 … −0.4)'],
      ['Errors', '1.6 % of 64', '0.36 % expected', '+1.2 points (−0.4 … +7.0)'],
    ])
    expect(rows.at(-1)).toEqual(['Duration, median PASS', '41.2 s of 57', '40.0 s of 540', '+1.2 s'])
    expect(settings?.map((column) => column.align)).toEqual(['left', 'right', 'right', 'right'])
  })

  it('of a few units are given as counts, and no difference is made of them', () => {
    const arm = anArm({ units: 8, passed: 7, firstPassYield: 7 / 8 })
    const view = aRollout({ verdict: null, canaryArm: arm })
    expect(table(view).rows[1]).toEqual(['First-pass yield', '7 of 8', '98.3 % of 540', 'too few to tell'])
    expect(shown(view)).toContain('*87.5 %* vs base *98.3 %*\nno difference can be given yet\nn 8 canary')
  })

  it('stand in fields where tables are not taken, with all else the same', () => {
    const card = rolloutCard(aPausedRollout(), 1)
    const others = (blocks: typeof card.blocks) => blocks.filter((block) => block.block_id !== 'numbers')
    expect(others(card.richer?.at(-1) ?? [])).toEqual(others(card.blocks))
  })

  it('come with the chart where there is one: with the table, without it, and then without the chart', () => {
    const picture = { file: 'F0CHART', alt: 'First-pass yield over time' }
    const types = rolloutCard(aRollout(), 1, { picture }).richer?.map((blocks) =>
      blocks.map((block) => block.type).filter((type) => type === 'table' || type === 'image'),
    )
    expect(types).toEqual([['table', 'image'], ['image'], ['table']])
  })
})

it('says where its yields count first attempts of each day, and nothing of the usual rule', () => {
  const ever = aRollout()
  const byDay = aRollout({ procedure: { ...ever.procedure, attemptRule: 'day' } })
  expect(textOfMessage(rolloutCard(ever, 1))).not.toContain('first attempt of the day')
  expect(textOfMessage(rolloutCard(byDay, 1))).toContain(
    'Yields count each unit once a day, by its first attempt of the day.',
  )
})

describe('what is at stake', () => {
  it('is told in one line: exposure, extra failures with their bounds, and when it is decided', () => {
    const economics = {
      unitsPerHour: 42.4,
      extraFailures: { estimate: 3.1, low: -0.4, high: 7.2 },
      verdictAt: noon,
    }
    const card = rolloutCard(aRollout({ economics }), 1)
    expect(textOfMessage(card)).toMatch(
      /\*At stake\* 42 units an hour on the new build; so far 3\.1 failures more than base would have had \(−0\.4 … \+7\.2\); verdict about <!date\^/,
    )
    expect(card.text).toMatch(/3\.1 failures more than base .*, verdict about <!date\^/)
  })

  it('counts fewer failures as fewer, and says nothing of what is not known', () => {
    const economics = {
      unitsPerHour: null,
      extraFailures: { estimate: -1.2, low: null, high: null },
      verdictAt: null,
    }
    expect(shown(aRollout({ economics }))).toContain(
      '*At stake* so far 1.2 failures fewer than base would have had\n',
    )
  })

  it('names what was declared before the start, the change in points', () => {
    const view = aRollout({ expectation: 'tightened VCC', expectedYieldChange: -0.008 })
    expect(shown(view)).toContain('*Expected* −0.8 points of first-pass yield, tightened VCC')
    expect(shown(aRollout())).not.toContain('*Expected*')
  })

  it('names who approved, until when, who is asked and who may not', () => {
    const approvals = {
      needed: 2,
      given: [{ by: marek, at: noon, expiresAt: noon + 3_600_000 }],
      asked: { at: noon, remindedAt: null },
      fourEyes: true,
      approvers: { groups: ['S0QUALITY1'], users: ['U0PROCESS1'] },
    }
    const text = shown(aRollout({ approvals }))
    expect(text).toMatch(/\*Approvals\* 1 of 2: Marek Nowak, <!date/)
    expect(text).toMatch(/good until <!date\^\d+\^[^|]+\|2026-11-20 13:00 UTC>/)
    expect(text).toMatch(
      /asked since <!date[^>]+>: <!subteam\^S0QUALITY1> <@U0PROCESS1>; not by Ines Duarte, who started it/,
    )
    expect(shown(aRollout({ approvals: { ...approvals, asked: null } }))).toContain('nobody is asked yet')
  })
})

describe('the card after a decision', () => {
  it('of an ended stage shows who, when and why, and no buttons or live numbers', () => {
    const card = rolloutCard(aRollout(), 0)
    const text = plainSpaces(textOfMessage(card))
    expect(text).toMatch(
      /\*Advanced to stage 2\* by Ines Duarte, <!date\^\d+\^[^|]+\|2026-11-20 11:00 UTC>: clean on FCT-01/,
    )
    expect(buttonsOf(card)).toEqual(['link_page'])
    expect(text).not.toContain('points')
    expect(card.text).toBe(
      'PCBA-FCT 2.4.1, stage 1 of 4: done, advanced to stage 2 by Ines Duarte: clean on FCT-01',
    )
  })

  it('of an ended stage names who approved it', () => {
    const stages = aRollout().stages.map((stage) =>
      stage.index === 0 ? aStage(0, { approvedBy: [{ by: marek, at: noon }] }) : stage,
    )
    expect(textOfMessage(rolloutCard(aRollout({ stages }), 0))).toContain(
      '*Approved* by Marek Nowak, <!date^',
    )
    expect(textOfMessage(rolloutCard(aRollout(), 0))).not.toContain('*Approved*')
  })

  it('of an ended stage does not change with later numbers', () => {
    const later = aPausedRollout({ canaryArm: anArm({ units: 999 }), version: 12 })
    expect(rolloutCard(later, 0)).toEqual(rolloutCard(aRollout(), 0))
  })

  it('of an abort says who and why, and which stations are not back', () => {
    const stations = aRollout().stations.map((station, index) =>
      index < 3
        ? { ...station, status: index === 0 ? ('reverted' as const) : ('reverting' as const) }
        : station,
    )
    const abort = { why: 'false fails on line 3', by: marek, at: noon }
    const text = shown(aRollout({ status: 'aborting', abort, stations, waitsFor: ['FCT-02 and FCT-03'] }))
    expect(text).toContain('*Aborting* by Marek Nowak')
    expect(text).toContain('false fails on line 3')
    expect(text).toContain('*Back on base* 1 of 3 stations')
    expect(text).toContain('*Not back yet* FCT-02 (still on the new build), FCT-03')
  })

  it('of an undone stage shows the undoing', () => {
    const decision = { what: 'undone', by: marek, at: noon, why: 'too early' }
    const stages = aRollout().stages.map((stage) =>
      stage.index === 1 ? aStage(1, { state: 'later', decision }) : stage,
    )
    const card = rolloutCard(aRollout({ stageIndex: 0, stages }), 1)
    expect(textOfMessage(card)).toContain('*Undone* by Marek Nowak')
    expect(buttonsOf(card)).toEqual(['link_page'])
  })
})

describe('any card', () => {
  it('stays within Slack’s limits and calls nobody, whatever people, commits, stations and gates are named', () => {
    fc.assert(
      fc.property(
        fc.record({ name: hostileText, message: hostileText, why: hostileText, station: hostileText }),
        anyVerdict,
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom('pending', 'active', 'paused', 'aborting', 'aborted', 'completed'),
        fc.integer({ min: 0, max: 4 }),
        fc.nat(20),
        (text, verdict, stationCount, status, stageIndex, people) => {
          const actor = { ...ines, name: text.name || 'x' }
          const decision = { what: text.why, by: actor, at: noon, why: text.why }
          const view = aRollout({
            status,
            stageIndex: status === 'pending' ? -1 : 1,
            procedure: { ...aRollout().procedure, name: text.name },
            deployment: aDeployment({
              message: text.message,
              author: text.name,
              version: text.name,
              branch: text.name,
              sha: text.name,
            }),
            pause: { reason: text.why, why: text.why, by: actor, at: noon },
            abort: { why: text.why, by: actor, at: noon },
            owner: { ...actor, id: text.name || 'x' },
            reason: text.why,
            verdict,
            alarms: verdict.gates.map(({ name, headline }) => ({
              gate: name,
              severity: 'severe',
              at: noon,
              headline,
            })),
            stages: [0, 1, 2, 3].map((index) =>
              aStage(index, {
                label: text.name,
                decision,
                approvedBy: Array.from({ length: people }, () => ({ by: actor, at: noon })),
              }),
            ),
            stations: Array.from({ length: stationCount }, (_, index) =>
              aStation(index, {
                name: text.station,
                trouble: { kind: 'failed', since: noon, detail: text.why },
                waived: { by: actor, at: noon, why: text.why },
              }),
            ),
            readiness: {
              ready: false,
              items: Array.from({ length: 30 }, (_, index) => ({
                kind: 'soak',
                met: index % 2 === 0,
                text: text.why,
                done: 0,
                needed: 1,
              })),
            },
            waitsFor: Array.from({ length: 30 }, (_, index) => `${index} ${text.why}`),
            changes: changesOf(
              ...Array.from({ length: people }, (_, index) =>
                aChange({
                  words: text.why,
                  holds: index % 2 === 0,
                  status: index % 2 === 0 ? 'undeclared' : 'accepted',
                  accepted: { by: actor, at: noon, why: text.why },
                }),
              ),
            ),
            next: text.why,
            expectation: text.why,
            expectedYieldChange: -0.008,
            economics: {
              unitsPerHour: stationCount / 7,
              extraFailures: { estimate: 1e6, low: -1e6, high: 1e7 },
              verdictAt: noon,
            },
            approvals: {
              needed: 9,
              given: Array.from({ length: people }, () => ({ by: actor, at: noon, expiresAt: noon })),
              asked: { at: noon, remindedAt: null },
              fourEyes: true,
              approvers: {
                groups: Array.from({ length: people }, (_, index) => `S0GROUP${index}`),
                users: Array.from({ length: people }, (_, index) => `U0USER${index}`),
              },
            },
            lastDecision: decision,
          })
          const picture = people % 2 === 0 ? null : { file: 'F0CHART', alt: text.message }
          const card = rolloutCard(view, stageIndex, { picture })
          expectWithinLimits(card)
          expectInert(card)
        },
      ),
      { numRuns: 300 },
    )
  })
})
