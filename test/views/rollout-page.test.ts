import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summary } from '../../server/domain/retest-summary.ts'
import type { RetestPair } from '../../server/domain/retests.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { escapeText } from '../../views/html.ts'
import type { PageChart } from '../../views/rollout/charts.ts'
import { rolloutPage } from '../../views/rollout/rollout-page.ts'
import { ines } from '../support/fixed-values.ts'
import { donePair, pairOf } from '../support/retest-builder.ts'
import { anIdleArm, aStation } from '../support/rollout-view-builder.ts'
import { aGate, aVerdict } from '../support/verdict-builder.ts'
import { aFrame, shownRollout } from './support/page-frame.ts'
import { read } from './support/read.ts'
import { someFailures } from './support/rollout-charts.ts'
import { everyEvent } from './support/rollout-events.ts'
import { active, ended, healthy, pausedByBreach, stories } from './support/rollout-stories.ts'

const chart: PageChart = {
  name: 'first-pass-yield',
  title: 'First-pass yield',
  caption: 'One point per hour',
  summary: 'canary 88.3 %',
  svg: '<svg></svg>',
  digest: 'abc',
  files: [{ format: 'svg', url: 'a.svg' }],
  specUrl: 'a.vl.json',
}

const page = (view: RolloutView, events = everyEvent, pairs: RetestPair[] = []) =>
  rolloutPage(view, shownRollout({ charts: [chart], events, pairs }), aFrame)

describe('the page of a rollout', () => {
  for (const [name, view] of Object.entries(stories))
    it(`says everything of a rollout that is ${name}, and no missing value`, () => {
      const text = read(page(view))
      expect(text).toContain('PCBA-FCT 2.4.1')
      expect(text).toContain('Tighten VCC limits')
      expect(text).toContain('Last decision:')
      expect(text).not.toMatch(/\b(?:NaN|undefined|null|Infinity|object Object)\b/)
    })

  it('tells what happens, what it waits for, what comes next and who decided last', () => {
    const text = read(page(pausedByBreach))
    expect(text).toContain('Paused in stage 1 of 3')
    expect(text).toContain('Waits for A person: acknowledge the first-pass yield breach')
    expect(text).toContain('Next: Abort takes FCT-01 back to 2.4.0')
    expect(text).toContain('Last decision: paused by Firstpass, 4 Mar 2026, 10:00 UTC')
  })

  it('tells what was expected of the build, in words and points', () => {
    const told = { expectation: 'VCC limits tightened', expectedYieldChange: -0.008 }
    expect(read(page({ ...healthy, ...told }))).toContain(
      'Expected of it: -0.8 points of first-pass yield, VCC limits tightened',
    )
    expect(read(page({ ...healthy, ...told, expectation: null }))).toContain(
      '-0.8 points of first-pass yield Stage',
    )
    expect(read(page({ ...healthy, expectation: null, expectedYieldChange: 0 }))).not.toContain(
      'Expected of it',
    )
  })

  it('lists the units that are tested again: what failed, where to test it, what came of it', () => {
    const pairs = [donePair(true, false)]
    const text = read(page({ ...pausedByBreach, retests: summary(pairs) }, everyEvent, pairs))
    expect(text).toContain('Retests')
    expect(text).toContain('SN-canary v2 ST-01')
    expect(text).toContain('VCC rail 3 low v1 ST-02, ST-03 PASS v1')
    expect(text).toContain('speaks against the new build')
    const open = [pairOf([], [])]
    expect(read(page({ ...pausedByBreach, retests: summary(open) }, everyEvent, open))).toContain('1 waits')
    expect(read(page(pausedByBreach))).not.toContain('Retests')
  })

  it('tells what is at stake: exposure, failures beyond those of base, and the moment of a verdict', () => {
    const told = {
      unitsPerHour: 42.4,
      extraFailures: { estimate: 3.14, low: -0.44, high: 7.21 },
      verdictAt: Date.UTC(2026, 2, 4, 14),
    }
    expect(read(page({ ...healthy, economics: told }))).toContain(
      'At stake: 42 units an hour are tested on the new build. So far 3.1 first attempts more failed than base would have failed (-0.4 … +7.2). It may be decided about 4 Mar 2026, 14:00 UTC .',
    )
    const over = {
      unitsPerHour: null,
      extraFailures: { estimate: -0.04, low: null, high: null },
      verdictAt: null,
    }
    expect(read(page({ ...ended, economics: over }))).toContain(
      'At stake: So far as many first attempts failed as on base.',
    )
    expect(read(page({ ...healthy, economics: null }))).not.toContain('At stake')
    const nothing = { unitsPerHour: null, extraFailures: null, verdictAt: null }
    expect(read(page({ ...healthy, economics: nothing }))).not.toContain('At stake')
  })

  it('tells stations that are pinned from those that a run confirmed', () => {
    expect(read(page(healthy))).toContain('6 of 24 stations are pinned to 2.4.1, 5 confirmed by a run.')
  })

  it('shows the worked example of the statistics as yield, not as bad rate', () => {
    const text = read(page(pausedByBreach))
    expect(text).toContain('88.3 % n 60 first attempts 1 station')
    expect(text).toContain('98.2 % base 98.3 %, n 540')
    expect(text).toContain('-9.8 points -33.6 … -0.4')
    expect(text).toContain('81 of 50')
    expect(text).toContain('99.8 %')
  })

  it('shows error rates as they are: more is worse', () => {
    const gate = aGate({
      metric: 'error rate',
      difference: 0.031,
      differenceLow: 0.002,
      differenceHigh: 0.08,
    })
    expect(read(page({ ...active, verdict: aVerdict('breach', [gate]) }))).toContain(
      '+3.1 points +0.2 … +8.0',
    )
  })

  it('calls a pass healthy so far, never no difference', () => {
    const text = read(page(healthy))
    expect(text).toContain('healthy so far')
    expect(text).not.toMatch(/no difference/i)
  })

  it('says that nothing was judged or run yet', () => {
    const text = read(page(active, []))
    expect(text).toContain('The gates have not judged yet.')
    expect(text).toContain('no units yet')
    expect(text).toContain('Nothing happened yet.')
  })

  it('warns of a yield of few units', () => {
    const few = { ...anIdleArm(1), units: 4, passed: 3, firstPassYield: 0.75 }
    expect(read(page({ ...active, canaryArm: few }))).toContain('4 canary units: too few to read much into.')
  })

  it('puts open breaches before closed ones', () => {
    const text = read(page(pausedByBreach))
    expect(text.indexOf('First-pass yield severe breach')).toBeGreaterThan(0)
    expect(text.indexOf('First-pass yield severe breach')).toBeLessThan(text.indexOf('Errors breach'))
  })

  it('records newest first and folds away what is older', () => {
    const document = page(pausedByBreach)
    expect(document.indexOf('Abort finished')).toBeLessThan(document.indexOf('Start approved'))
    expect(document).toContain('earlier events</summary>')
  })

  it('records what the service and the watch did in words of their own', () => {
    const text = read(page(pausedByBreach))
    for (const said of [
      'Severe breach of first-pass yield, FCT-01 suspected before the build: 88.3 %',
      'Observed breach of new failure modes: two that base has never shown',
      'Paused by a breach',
      'Paused while blind: canary stations report 8 %',
      'Paused outside of its hours: Munich opens at 06:00',
      'Resumed by itself: what it rested for is over',
      'Asked for 8 retests on the other build, in 4 matched pairs',
      'Severe alarm of the watch: errors: 4.1 % against 0.4 %',
    ])
      expect(text).toContain(said)
  })

  it('links to the charts of the other gates', () => {
    const gates = [
      { gate: 'first-pass yield', url: '?key=k&gate=first-pass+yield#charts', isShown: true },
      { gate: 'a <b>', url: '?key=k&gate=a+%3Cb%3E#charts', isShown: false },
    ]
    const document = rolloutPage(healthy, shownRollout({ charts: [chart], gates }), aFrame)
    expect(document).toContain('<strong aria-current="true">First-pass yield</strong>')
    expect(document).toContain(`<a href="?key=k&#38;gate=a+%3Cb%3E#charts">${escapeText('a <b>')}</a>`)
    const one = rolloutPage(healthy, shownRollout({ charts: [chart], gates: gates.slice(0, 1) }), aFrame)
    expect(one).not.toContain('aria-current="true"')
  })

  it('leads a person to the procedure, the builds and the stations, and names them alone to who has its link', () => {
    const { procedure, deployment, base, stations } = pausedByBreach
    const addresses = [
      `/procedures/${procedure.id}`,
      `/deployments/${deployment.id}`,
      `/deployments/${base.id}`,
      `/stations/${stations[0]?.id}`,
    ]
    const byLink = { ...aFrame, reader: { kind: 'link' } as const }
    const closed = rolloutPage(pausedByBreach, shownRollout(), byLink)
    for (const address of addresses) {
      expect(page(pausedByBreach)).toContain(`href="${address}"`)
      expect(closed).not.toContain(address)
    }
    expect(read(closed)).toContain(stations[0]?.name)
  })

  it('checks again soon while live and seldom when ended', () => {
    expect(page(active)).toContain('data-refresh-seconds="5"')
    expect(page(ended)).toContain('data-refresh-seconds="60"')
  })

  it('is the same page for the same rollout, so that nothing flickers', () => {
    expect(page(pausedByBreach)).toBe(page(structuredClone(pausedByBreach)))
  })

  it('lets no name, message or reason become markup', () => {
    const tags = (document: string) => document.match(/<[a-z!/][^>]*/gi)?.map((tag) => tag.split(/[\s=]/)[0])
    const said = (text: string) =>
      page(
        {
          ...active,
          procedure: { ...active.procedure, name: text },
          deployment: {
            ...active.deployment,
            version: text,
            message: text,
            author: text,
            branch: text,
          },
          owner: { ...ines, name: text },
          reason: text,
          expectation: text,
          waitsFor: [text],
          next: text,
          stations: [
            aStation(0, {
              name: text,
              site: text,
              line: text,
              leftBecause: text,
              trouble: { kind: 'failed', since: 0, detail: text },
              waived: { by: { ...ines, name: text }, at: 0, why: text },
            }),
          ],
          breaches: pausedByBreach.breaches.map((breach) => ({
            ...breach,
            gate: text,
            headline: text,
            details: [text],
          })),
          verdict: aVerdict('severe', [aGate({ name: text, unit: text, headline: text, details: [text] })]),
          alarms: [{ gate: text, severity: 'severe', at: 0, headline: text }],
          lastDecision: { what: text, by: { ...ines, name: text }, at: 0, why: text },
        },
        [
          {
            type: 'RolloutPaused',
            reason: 'person',
            why: text,
            by: { ...ines, name: text },
            at: 0,
            sequence: 1,
          },
        ],
      )
    const harmless = tags(said('x'))
    const hostile = fc.oneof(
      fc.constantFrom(
        '</script><script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onload='x",
        '<!--',
      ),
      // Not blank: without a reason there is no quotation.
      fc.string({ unit: 'binary', minLength: 1 }).map((text) => `x${text}`),
    )
    fc.assert(
      fc.property(hostile, (text) => {
        expect(tags(said(text))).toEqual(harmless)
      }),
    )
    expect(said('<b>bold</b>')).toContain(escapeText('<b>bold</b>'))
  })

  it('lists failures by category, what is new, what stations reported, and where the table is', () => {
    const failures = { ...someFailures, jsonUrl: 'f.json?key=k', csvUrl: 'f.csv?key=k' }
    const document = rolloutPage(active, shownRollout({ failures }), aFrame)
    const text = read(document)
    expect(text).toContain('12 of 64 runs on the new build did not pass: +11.1 against the rate of base')
    expect(text).toMatch(/limits.*Compare the measurement with base\..*power \/ rail_3v3.*new/)
    expect(text).toContain('nothing was said')
    expect(document).not.toContain('<b>pogo')
    expect(document).toContain(escapeText('GPIB <hangs>'))
    expect(text).toContain('FCT-01, FCT-02 and 3 more')
    expect(document).toContain('href="f.csv?key=k"')
    expect(page(active)).toMatch(/<section data-part="failures" hidden>/)
  })
})
