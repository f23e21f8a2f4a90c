// Gates of every kind on a card: what needs a person is said in full, the rest by name or number.
import { describe, expect, it } from 'vitest'
import { rolloutCard } from '../../../bot/blocks/rollout-card.ts'
import type { GateVerdict } from '../../../server/domain/gates/verdict.ts'
import { firstpass, noon } from '../../support/fixed-values.ts'
import {
  aBlindRollout,
  aRolloutOfEveryKind,
  everyKind,
  yieldBreach,
} from '../../support/gates-of-every-kind.ts'
import { aPausedRollout, aRollout } from '../../support/rollout-view-builder.ts'
import { aCondition, aGate, aQuietGate, aSuspect, aVerdict, healthy } from '../../support/verdict-builder.ts'
import { expectWithinLimits, textOfMessage } from '../support/limits.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const card = (view: ReturnType<typeof aRollout>) => plain(textOfMessage(rolloutCard(view, 1)))
const judged = (overall: GateVerdict['verdict'], gates: GateVerdict[]) =>
  card(aRollout({ verdict: aVerdict(overall, gates) }))

describe('the measures of a card', () => {
  it('begin with yield, errors, timeouts and duration, and go on with what else is counted by name', () => {
    const text = card(aRolloutOfEveryKind())
    const places = [
      '*First-pass yield*',
      '*Errors*',
      '*Timeouts* (observes)',
      '*Duration*',
      '*VCC drift on rail 3*',
      '*Measurement coverage* (observes)',
    ].map((title) => text.indexOf(title))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('are eight at most: the others stand on the page', () => {
    expect(card(aRolloutOfEveryKind())).toContain('1 more measure on the page')
    expect(judged('pass', healthy.gates)).not.toContain('on the page')
  })

  it('show no gate that has counted nothing', () => {
    const nothing = { stations: 0, n: 0, bad: 0, rate: null }
    const text = judged('no data', [
      aQuietGate('custom', { name: 'vcc', verdict: 'no data', canary: nothing }),
    ])
    expect(text).not.toContain('*vcc*')
    expect(text).toContain('No data yet: vcc')
  })

  it('read the rise of yield as yield and say how much of it is tolerated', () => {
    const rise = aGate({
      metric: 'first-pass yield rise',
      canary: { stations: 1, n: 60, bad: 0, rate: 0 },
      expectedRate: 0.06,
      toleratedRate: 0.03,
      difference: -0.06,
      differenceLow: -0.1,
      differenceHigh: -0.02,
    })
    expect(judged('breach', [rise])).toContain(
      '*Yield rise (escapes)*\n*100.0 %* vs expected *94.0 %*\n+6.0 points (+2.0 … +10.0), a rise of +3.0 points is tolerated',
    )
  })

  it('hold a set limit against the observed share, without base', () => {
    expect(
      judged(
        'pass',
        everyKind.filter((gate) => gate.name === 'flash succeeds'),
      ),
    ).toContain(
      '*flash succeeds*\n*1.6 %* vs limit *2.0 %*\n−0.4 points\nn 64 canary runs that report it, 1 station',
    )
  })

  it('give the seconds of duration with the runs that its gate judges', () => {
    expect(card(aRolloutOfEveryKind())).toContain(
      '*41.2 s* vs base *40.0 s*\n+1.2 s, median\nruns over the usual: 11.9 %, tolerated 49.7 %',
    )
    expect(card(aRollout())).toContain('+1.2 s, median\nn 57 canary')
  })

  it('mark a gate that acts in other stages only as one that observes', () => {
    expect(judged('pass', [aGate({ verdict: 'pass', acts: false })])).toContain(
      '*First-pass yield* (observes)',
    )
  })
})

describe('what gates say on a card', () => {
  it('is the sentence of a condition that does not hold, with what it found', () => {
    const text = card(aRolloutOfEveryKind())
    expect(text).toContain(
      'New failure modes (observes): *breach*, 2 that base has never shown\n• VCC rail 3 low',
    )
    expect(text).toMatch(
      /fixture temperature: \*not enough evidence yet\*, 1 of 3 .*\n• FCT-02 fails it since <!date/,
    )
  })

  it('is a number for those that hold and are well', () => {
    const text = card(aRolloutOfEveryKind())
    expect(text).toContain('6 further gates healthy so far')
    for (const title of ['Reference samples', 'Mixed builds', 'Sample ratio'])
      expect(text).not.toContain(title)
    expect(judged('pass', healthy.gates)).toContain('2 gates healthy so far')
  })

  it('is one line of names for those that wait, with how much is missing', () => {
    expect(card(aRolloutOfEveryKind())).toContain(
      'Not enough evidence yet: Errors (about 212 more), Timeouts (observes) (about 212 more)',
    )
  })

  it('names three findings of a gate and counts the others', () => {
    const details = ['a', 'b', 'c', 'd', 'e']
    const text = judged('breach', [aCondition('reference samples', { verdict: 'severe', details })])
    expect(text).toContain('• c\n• and 2 more on the page')
    expect(text).not.toContain('• d')
  })

  it('says the breach that made the pause once', () => {
    const text = card(aRolloutOfEveryKind())
    expect(text.split('−9.8 points on 180').length).toBe(2)
    expect(text).toContain('First-pass yield: *breach*\n')
  })

  it('suspects a station before the build when the others show nothing, else the build', () => {
    expect(card(aRolloutOfEveryKind())).toContain(
      '*station suspected before the build: FCT-02 (evidence alone 120; the others show nothing)*',
    )
    const both = aGate({ suspect: aSuspect(1, false) })
    expect(judged('breach', [both])).toContain(
      'all canary stations lean the same way: the build is suspected',
    )
    expect(judged('breach', [aGate()])).not.toContain('suspected')
  })

  it('is that it is blind, with the shares', () => {
    const { verdict } = aBlindRollout()
    const text = card(aRollout({ verdict }))
    expect(text).toContain('*Blind: canary stations make 8 % of the runs, 21 % is usual*')
    expect(text).toContain('Blind: First-pass yield, Yield rise (escapes), Errors and 6 more')
    const paused = card(aBlindRollout())
    expect(paused).toContain('*Paused while blind* by Firstpass')
    expect(paused).toContain('canary stations report 8 % of the runs, 21 % is usual')
    expect(paused).not.toContain('Gates: *')
  })

  it('is no word of throughput while the canary is heard', () => {
    const throughput = { runs: 80, share: 0.2, pastShare: 0.21, isBlind: false }
    expect(card(aRollout({ verdict: { ...healthy, throughput } }))).not.toContain('of the runs')
  })

  it('is blindness too when a breach speaks first', () => {
    const verdict = {
      ...aVerdict('breach', [yieldBreach]),
      throughput: aBlindRollout().verdict?.throughput ?? null,
    }
    expect(card(aRollout({ verdict }))).toContain('blind: canary stations make 8 %')
  })
})

describe('the text of a card, for notifications', () => {
  const text = (view: ReturnType<typeof aRollout>) => plain(rolloutCard(view, 1).text)

  it('has the suspicion', () => {
    expect(text(aRolloutOfEveryKind())).toContain('station suspected before the build: FCT-02')
  })

  it('has the sentence of a condition when that is the worst', () => {
    const gates = [
      ...healthy.gates,
      aCondition('mixed builds', { verdict: 'breach', headline: 'mixed builds: 9 of 60' }),
    ]
    expect(text(aRollout({ verdict: aVerdict('breach', gates) }))).toContain(
      'active, breach, mixed builds: 9 of 60.',
    )
  })

  it('lets a gate that acts speak before one that observes', () => {
    const observed = aCondition('new failure mode', { mode: 'observe', verdict: 'severe' })
    const gates = [observed, aQuietGate('error rate', { verdict: 'grey' })]
    expect(text(aRollout({ verdict: aVerdict('grey', gates) }))).toContain(', errors +1.2 points')
    expect(text(aRollout({ verdict: aVerdict('pass', [observed]) }))).toContain(
      ', new failure modes (observes): none',
    )
  })

  it('speaks of yield while every gate is well or waits', () => {
    const gates = [aGate({ verdict: 'pass' }), aQuietGate('error rate')]
    expect(text(aRollout({ verdict: aVerdict('wait', gates) }))).toContain(', first-pass yield −9.8 points')
  })
})

describe('a pause that the service made', () => {
  it('for closed hours reads as such', () => {
    const pause = { reason: 'window', why: 'Munich opens at 06:00', by: firstpass, at: noon }
    expect(card(aPausedRollout({ pause, verdict: healthy, breaches: [] }))).toMatch(
      /\*Paused, window closed\* by Firstpass, <!date.*>: Munich opens at 06:00\nGates: \*healthy so far\*/,
    )
  })
})

describe('the watch after completion', () => {
  it('stands on the card with its end and its alarms', () => {
    const alarm = { gate: 'error rate', severity: 'severe' as const, at: noon, headline: 'error rate 4.1 %' }
    const view = aRollout({ status: 'completed', watchUntil: noon + 3_600_000, alarms: [alarm] })
    expect(card(view)).toMatch(
      /\*Severe alarm of the watch, errors\*, <!date.*>: error rate 4.1 %\nWatched until <!date/,
    )
    expect(plain(rolloutCard(view, 1).text)).toContain('Alarms of the watch: error rate, error rate 4.1 %.')
  })
})

describe('a card with gates of every kind', () => {
  it('stays within Slack’s limits', () => {
    for (const view of [aRolloutOfEveryKind(), aBlindRollout()]) expectWithinLimits(rolloutCard(view, 1))
  })
})
