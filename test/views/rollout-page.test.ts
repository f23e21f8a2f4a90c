import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { escapeText } from '../../views/html.ts'
import { rolloutPage } from '../../views/rollout-page.ts'
import type { PageChart } from '../../views/sections/charts.ts'
import { everyEvent } from './support/rollout-events.ts'
import { healthy, pausedByBreach, stories } from './support/rollout-stories.ts'
import { ana, gateVerdict, noCounts, rolloutView, station, verdict } from './support/rollout-view.ts'

const assets = { style: 's.css', script: 's.js', vega: 'v.js', vegaLite: 'vl.js', vegaEmbed: 've.js' }
const chart: PageChart = {
  name: 'first-pass-yield',
  title: 'First-pass yield',
  caption: 'One point per hour',
  summary: 'canary 88.3 %',
  svg: '<svg></svg>',
  digest: 'abc',
  svgUrl: 'a.svg?key=1',
  specUrl: 'a.json?key=1',
}

const page = (view: RolloutView, events = everyEvent) => rolloutPage(view, [chart], events, assets)

/** The text a reader sees, spaces and minus signs made plain. */
const read = (document: string) =>
  document
    .replaceAll(/<(?:script|style)[^>]*>.*?<\/(?:script|style)>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replaceAll('\u{2212}', '-')
    .replaceAll(/\s+/g, ' ')

describe('the page of a rollout', () => {
  for (const [name, view] of Object.entries(stories))
    it(`says everything of a rollout that is ${name}, and no missing value`, () => {
      const text = read(page(view))
      expect(text).toContain('Main board ICT 4.2.0')
      expect(text).toContain('Tighten VCC limits on rail 3')
      expect(text).toContain('Last decision:')
      expect(text).not.toMatch(/\b(?:NaN|undefined|null|Infinity|object Object)\b/)
    })

  it('tells what happens, what it waits for, what comes next and who decided last', () => {
    const text = read(page(pausedByBreach))
    expect(text).toContain('Paused in stage 1 of 3')
    expect(text).toContain('Waits for A person: acknowledge the first-pass yield breach')
    expect(text).toContain('Next: Abort takes ICT-01 back to 4.1.3')
    expect(text).toContain('Last decision: paused by Firstpass, 4 Mar 2026, 10:00 UTC')
  })

  it('tells stations that are pinned from those that a run confirmed', () => {
    expect(read(page(healthy))).toContain('6 of 24 stations are pinned to 4.2.0, 5 confirmed by a run.')
  })

  it('shows the worked example of the statistics as yield, not as bad rate', () => {
    const text = read(page(pausedByBreach))
    expect(text).toContain('88.3 % n 60, 1 station')
    expect(text).toContain('98.2 % base 98.1 %, n 540')
    expect(text).toContain('-9.8 points -33.6 … -0.4')
    expect(text).toContain('81 of 50')
    expect(text).toContain('99.8 %')
  })

  it('shows error rates as they are: more is worse', () => {
    const gate = gateVerdict({
      metric: 'error rate',
      difference: 0.031,
      differenceLow: 0.002,
      differenceHigh: 0.08,
    })
    expect(read(page(rolloutView({ verdict: verdict('breach', [gate]) })))).toContain(
      '+3.1 points +0.2 … +8.0',
    )
  })

  it('calls a pass healthy so far, never no difference', () => {
    const text = read(page(healthy))
    expect(text).toContain('healthy so far')
    expect(text).not.toMatch(/no difference/i)
  })

  it('says that nothing was judged or run yet', () => {
    const text = read(page(rolloutView(), []))
    expect(text).toContain('The gates have not judged yet.')
    expect(text).toContain('no units yet')
    expect(text).toContain('Nothing happened yet.')
  })

  it('warns of a yield of few units', () => {
    const few = { ...noCounts, stations: 1, units: 4, passed: 3, firstPassYield: 0.75 }
    expect(read(page(rolloutView({ canaryArm: few })))).toContain(
      '4 canary units: too few to read much into.',
    )
  })

  it('puts open breaches before closed ones', () => {
    const text = read(page(pausedByBreach))
    expect(text.indexOf('First-pass yield severe breach')).toBeGreaterThan(0)
    expect(text.indexOf('First-pass yield severe breach')).toBeLessThan(text.indexOf('Error rate breach'))
  })

  it('records newest first and folds away what is older', () => {
    const document = page(pausedByBreach)
    expect(document.indexOf('Abort finished')).toBeLessThan(document.indexOf('Start approved'))
    expect(document).toContain('earlier events</summary>')
  })

  it('checks again soon while live and seldom when ended', () => {
    expect(page(stories.active)).toContain('data-refresh-seconds="5"')
    expect(page(stories.aborted)).toContain('data-refresh-seconds="60"')
  })

  it('is the same page for the same rollout, so that nothing flickers', () => {
    expect(page(pausedByBreach)).toBe(page(structuredClone(pausedByBreach)))
  })

  it('lets no name, message or reason become markup', () => {
    const tags = (document: string) => document.match(/<[a-z!/][^>]*/gi)?.map((tag) => tag.split(/[\s=]/)[0])
    const said = (text: string) =>
      page(
        rolloutView({
          procedure: { ...rolloutView().procedure, name: text },
          deployment: {
            ...rolloutView().deployment,
            version: text,
            message: text,
            author: text,
            branch: text,
          },
          owner: { ...ana, name: text },
          reason: text,
          waitsFor: [text],
          next: text,
          stations: [
            station(1, {
              name: text,
              site: text,
              line: text,
              trouble: { kind: 'failed', since: 0, detail: text },
              waived: { by: { ...ana, name: text }, at: 0, why: text },
            }),
          ],
          breaches: pausedByBreach.breaches.map((breach) => ({ ...breach, headline: text })),
          verdict: verdict('severe', [gateVerdict({ headline: text })]),
          lastDecision: { what: text, by: { ...ana, name: text }, at: 0, why: text },
        }),
        [
          {
            type: 'RolloutPaused',
            reason: 'person',
            why: text,
            by: { ...ana, name: text },
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
})
