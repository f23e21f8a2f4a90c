// The gates of a rollout's page: every kind, with the numbers it says its word on.
import { describe, expect, it } from 'vitest'
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { htmlText } from '../../views/html.ts'
import { breaches } from '../../views/rollout/breaches.ts'
import { gates } from '../../views/rollout/gates.ts'
import { statusBanner } from '../../views/rollout/status-banner.ts'
import { noon } from '../support/fixed-values.ts'
import { aBlindRollout, aRolloutOfEveryKind, everyKind } from '../support/gates-of-every-kind.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { aCondition, aGate, aSuspect, aVerdict } from '../support/verdict-builder.ts'
import { read } from './support/read.ts'

const section = (view: RolloutView) => read(htmlText(gates(view)))
const judged = (...verdicts: GateVerdict[]) => section(aRollout({ verdict: aVerdict('breach', verdicts) }))
/** What stands between a gate's name and the next one's. */
const partOf = (text: string, name: string, next: string) =>
  text.slice(text.indexOf(name), text.indexOf(next, text.indexOf(name)))

describe('the gates on the page', () => {
  const all = section(aRolloutOfEveryKind())

  it('are those that count, then the conditions', () => {
    const order = [
      'Counted',
      'First-pass yield',
      'flash succeeds',
      'Conditions',
      'fixture temperature',
      'Sample ratio',
    ]
    const places = order.map((each) => all.indexOf(each))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(judged(aGate())).not.toContain('Conditions')
    expect(judged(aCondition('mixed builds'))).not.toContain('Counted')
  })

  it('say what they do, what they compare with, what they tolerate and what they take of the budget', () => {
    const yields = partOf(all, 'First-pass yield', 'Yield rise')
    expect(yields).toContain('pauses, against base and own past breach')
    expect(yields).toContain('98.0 % margin -0.2 points')
    expect(yields).toContain('-9.8 points -33.6 … -0.4')
    expect(yields).toContain('81 of 67 alpha 1.5 %')
    expect(yields).toContain('unacceptable 99.1 % severe 62.0 %')
    expect(partOf(all, 'Duration', 'Measurement')).toContain('49.7 % no margin')
    expect(partOf(all, 'flash succeeds', 'Error budget')).toContain(
      'rolls back, against a set limit healthy so far 1.6 % n 64 runs that report it 1 station 1.0 % allowed 2.0 % the limit',
    )
    expect(partOf(all, 'VCC drift on rail 3', 'flash')).toContain('pauses, against own past')
    expect(all).toContain('Timeouts only observes, against base and own past')
    expect(all).toContain('Sample ratio only observes in this stage')
  })

  it('read the rise of yield as yield, with the rise that is tolerated', () => {
    const rise = aGate({ metric: 'first-pass yield rise', expectedRate: 0.06, toleratedRate: 0.03 })
    expect(judged(rise)).toContain('97.0 % a rise of +3.0 points')
  })

  it('say which part of the expected rate comes from another product mix, where it matters', () => {
    expect(judged(aGate({ mixDifference: 0.0042 }))).toContain('-0.4 points come from another product mix')
    expect(judged(aGate({ metric: 'error rate', mixDifference: 0.0042 }))).toContain('+0.4 points come')
    expect(judged(aGate({ mixDifference: 0.0009 }))).not.toContain('product mix')
    expect(judged(aGate())).not.toContain('product mix')
  })

  it('give a condition dashes for what it has not, and its counts and findings', () => {
    const modes = partOf(all, 'New failure modes', 'Reference samples')
    expect(modes).toContain('only observes breach 7 of 21 failed runs – – – – – New failure mode: 2')
    expect(modes).toContain('VCC rail 3 low: 4 runs of 3 units, never on base')
    expect(partOf(all, 'Mixed builds', 'Sample ratio')).toContain('– n 64 runs – – – – –')
    expect(partOf(all, 'fixture temperature', 'New failure')).toContain(
      'telemetry, pauses, unless base fails it too',
    )
    expect(all).not.toContain('alpha 0 %')
  })

  it('turn moments in what they found into times', () => {
    expect(htmlText(gates(aRolloutOfEveryKind()))).toContain(
      'FCT-02 fails it since <time datetime="2026-11-20T11:57:00.000Z">20 Nov 2026, 11:57 UTC</time>',
    )
  })

  it('suspect a station or the build, with the evidence of both sides', () => {
    expect(all).toContain(
      'Station suspected before the build: FCT-02; the others show nothing (evidence alone 120, of the others 0.4, others worse with 31.0 %).',
    )
    expect(judged(aGate({ suspect: aSuspect(0, false) }))).toContain(
      'All canary stations lean the same way: the build is suspected. Loudest: FCT-01 (evidence alone 120',
    )
  })

  it('share the alarm budget before the eyes of all', () => {
    expect(all).toContain(
      'Alarm budget 5 %: first-pass yield 1.5 %, yield rise (escapes) 0.5 %, errors 0.6 %',
    )
    expect(judged(aCondition('mixed builds'))).not.toContain('Alarm budget')
  })

  it('say that they are blind, with the shares, and the shares too while they see', () => {
    expect(section(aBlindRollout())).toContain('Blind: canary stations make 8 % of the runs, 21 % is usual.')
    const throughput = { runs: 80, share: 0.2, pastShare: 0.21, isBlind: false }
    const seeing = aRollout({ verdict: aVerdict('pass', everyKind, { throughput }) })
    expect(section(seeing)).toContain('Canary stations make 20 % of the runs, 21 % is usual.')
    expect(section(seeing)).not.toContain('Blind')
  })
})

describe('breaches on the page', () => {
  const text = read(htmlText(breaches(aRolloutOfEveryKind())))

  it('say which are only observed, what they found and which station is suspected', () => {
    expect(text).toContain('New failure modes breach only observed')
    expect(text).toContain('flash verify timeout: 3 runs of 3 units')
    expect(text).toContain('Station suspected before the build: FCT-02; the others show nothing.')
  })

  it('are followed by the alarms of the watch after completion', () => {
    const alarm = { gate: 'error rate', severity: 'breach' as const, at: noon, headline: 'error rate 4.1 %' }
    const view = aRollout({ status: 'completed', watchUntil: noon, alarms: [alarm] })
    const watched = read(htmlText(breaches(view)))
    expect(watched).toContain('Alarms of the watch after completion Errors alarm Error rate 4.1 %.')
    expect(watched).toContain('nothing was taken back')
    const banner = htmlText(statusBanner(view))
    expect(banner).toContain('class="banner breached"')
    expect(read(banner)).toContain('compared with its own past until 20 Nov 2026, 12:00 UTC : 1 alarm so far')
  })
})

describe('the banner of a pause that the service made', () => {
  it('says that it is blind, or outside of its hours', () => {
    expect(read(htmlText(statusBanner(aBlindRollout())))).toContain(
      'Canary stations report 8 % of the runs, 21 % is usual. Paused while blind by Firstpass',
    )
    const pause = { ...aBlindRollout().pause, reason: 'window', why: 'Munich opens at 06:00' }
    const view = { ...aBlindRollout(), pause } as RolloutView
    expect(read(htmlText(statusBanner(view)))).toContain(
      'Munich opens at 06:00. Paused outside of its hours by',
    )
  })

  it('tells the shares while an active rollout is blind', () => {
    const view = aRollout({ verdict: aBlindRollout().verdict })
    expect(read(htmlText(statusBanner(view)))).toContain(
      'The gates say: blind, canary stations make 8 % of the runs, 21 % is usual',
    )
  })
})
