import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlarmStory, alarmMessage, severeAlarmNotice } from '../../../bot/blocks/alarm-message.ts'
import { rollbackMessage } from '../../../bot/blocks/rollback-message.ts'
import { rolloutCard } from '../../../bot/blocks/rollout-card.ts'
import { alerts } from '../../../server/domain/alerts.ts'
import { alarmKind } from '../../../server/domain/station-alarms/alarm.ts'
import { anAlarm, aStationGoingBack, aWayBack } from '../../support/alarm-builder.ts'
import { ines, noon } from '../../support/fixed-values.ts'
import { aRollout, aStation } from '../../support/rollout-view-builder.ts'
import { hostileText } from '../support/any-verdict.ts'
import { expectInert, expectWithinLimits } from '../support/limits.ts'

function aStory(part: Partial<AlarmStory> = {}): AlarmStory {
  const { procedure } = anAlarm()
  return {
    kind: 'drifted',
    openedAt: noon,
    procedure,
    alarms: [anAlarm()],
    alerts: alerts.parse({ onCall: 'S0ONCALL01' }),
    rollout: null,
    ...part,
  }
}
const words = (message: { blocks: unknown[] }) => JSON.stringify(message.blocks).replaceAll('\u00a0', ' ')

describe('the message of an alarm', () => {
  it('names station, build, since when and how many runs, calls who is on call, and has one button', () => {
    const message = alarmMessage(aStory())
    expect(words(message)).toContain('*FCT-01 of PCBA-FCT runs a build that nobody asked for*')
    expect(words(message)).toContain(
      '*FCT-01* (Munich, Line 1): ran 2.3.9 where 2.4.0 was asked for, since <!date',
    )
    expect(words(message)).toContain('12 runs')
    expect(words(message)).toContain('<!subteam^S0ONCALL01>: find out what started that build there')
    expect(words(message).match(/"type":"button"/g)).toHaveLength(1)
    expect(words(message)).not.toContain('<@')
    expectWithinLimits(message)
  })

  it('is one for many stations, and counts those that do not fit', () => {
    const alarms = Array.from({ length: 200 }, (_, index) => anAlarm(index, { kind: 'stale', runs: null }))
    const message = alarmMessage(aStory({ kind: 'stale', alarms }))
    expect(words(message)).toContain('*200 stations of PCBA-FCT are silent*')
    expect(words(message)).toContain('and 175 more')
    expectWithinLimits(message)
  })

  it('calls the owner while the rollout is live, and links its page', () => {
    const live = alarmMessage(aStory({ rollout: aRollout() }))
    expect(words(live)).toContain(`<@${ines.id}> <!subteam^S0ONCALL01>: `)
    expect(words(live)).toContain('Charts and history')
    const ended = alarmMessage(aStory({ rollout: aRollout({ endedAt: noon, status: 'aborted' }) }))
    expect(words(ended)).not.toContain('<@')
  })

  it('says how each ended, and loses its button with the last', () => {
    const acknowledged = { by: ines, at: noon, why: 'a trial of the new limits' }
    const one = anAlarm(0, { closed: { at: noon, how: 'acknowledged' }, acknowledged })
    const half = alarmMessage(aStory({ alarms: [one, anAlarm(1)] }))
    expect(words(half)).toMatch(
      /FCT-02.*FCT-01.*Acknowledged by Ines Duarte, <!date[^>]*>: a trial of the new limits/,
    )
    expect(words(half)).toContain('"button"')
    const over = alarmMessage(
      aStory({ alarms: [one, anAlarm(1, { closed: { at: noon, how: 'recovered' } })] }),
    )
    expect(words(over)).toContain('*Over*')
    expect(words(over)).toMatch(/Over since <!date[^"]*: recovered/)
    expect(words(over)).not.toContain('"button"')
  })

  it('stays within the limits and acts only as it should, whatever it repeats', () => {
    fc.assert(
      fc.property(
        hostileText,
        hostileText,
        fc.constantFrom(...alarmKind.options),
        fc.integer({ min: 1, max: 60 }),
        (name, why, kind, many) => {
          const alarms = Array.from({ length: many }, (_, index) => {
            const one = anAlarm(index, { kind, detail: why })
            const acknowledged = { by: { ...ines, name: name || 'x' }, at: noon, why }
            return {
              ...one,
              station: { ...one.station, name: name || 'x', site: name, line: why },
              ...(index % 2 === 0
                ? { closed: { at: noon, how: 'acknowledged' as const }, acknowledged }
                : {}),
            }
          })
          const story = aStory({ kind, alarms, procedure: { ...anAlarm().procedure, name: name || 'x' } })
          const going = alarms.map(({ station }, index) =>
            aStationGoingBack(index, { name: station.name, provenAt: null }),
          )
          const way = aWayBack(going, { why, by: { ...ines, name: name || 'x' } })
          const view = aRollout({ status: 'aborting', reverting: way, stationAlarms: alarms })
          for (const message of [
            alarmMessage(story),
            severeAlarmNotice(story, 'https://slack.example.com/archives/C1/p1'),
            rollbackMessage({ name: name || 'x' }, way),
            rolloutCard(view, 1),
          ]) {
            expectWithinLimits(message)
            expectInert(message)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('the card', () => {
  it('has the open alarms of its stations in one line, without what their trouble says already', () => {
    const trouble = { kind: 'stale' as const, since: noon, detail: 'no run for 40 min' }
    const stations = [aStation(0, { trouble }), aStation(1)]
    const stationAlarms = [anAlarm(0, { kind: 'stale' }), anAlarm(1, { kind: 'reference sample' })]
    const card = rolloutCard(aRollout({ stations, stationAlarms }), 1)
    expect(words(card)).toContain('*Alarms* FCT-02 got a reference sample wrong since <!date')
    expect(words(card)).not.toContain('FCT-01 is silent')
    expect(card.text).toContain('Alarms of stations: FCT-02 got a reference sample wrong.')
  })

  it('of an abort says how far the stations are on their way back', () => {
    const way = aWayBack([
      aStationGoingBack(0),
      aStationGoingBack(1, { provenAt: null, pulledAt: null, toldAt: null, seenAt: noon }),
    ])
    const card = rolloutCard(aRollout({ status: 'aborting', reverting: way }), 1)
    expect(words(card)).toMatch(
      /\*Way back\* 1 of 2 stations proven back, 1 out: FCT-02 offline since <!date[^>]*>; 12 min of 60/,
    )
    expect(card.text).toContain('Way back: 1 of 2 stations proven back')
  })
})
