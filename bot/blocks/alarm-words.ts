// The words of stations' alarms: one place, so that a message, a card and an answer say the same.
import type { AlarmKind, AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { type Markup, markup, moment, oneLine, said } from './markup.ts'
import { count } from './numbers.ts'
import { named } from './wording.ts'

/** After the name of one station, and of several. */
export const alarmPhrases: Record<AlarmKind, { one: string; many: string }> = {
  drifted: { one: 'runs a build that nobody asked for', many: 'run a build that nobody asked for' },
  stale: { one: 'is silent', many: 'are silent' },
  'pinned but silent': {
    one: 'does not answer to the build it was asked to run',
    many: 'do not answer to the build they were asked to run',
  },
  'runs what was taken back': {
    one: 'runs the build that was taken back',
    many: 'run the build that was taken back',
  },
  'revert overdue': { one: 'is not proven back in time', many: 'are not proven back in time' },
  'reference sample': {
    one: 'got a reference sample wrong',
    many: 'got reference samples wrong',
  },
}

/** What to do about it, as a request to whoever is called. */
export const alarmRequests: Record<AlarmKind, string> = {
  drifted: 'find out what started that build there, or acknowledge it with a reason.',
  stale: 'look whether it has power, network and units, or acknowledge it with a reason.',
  'pinned but silent': 'look whether it has power and network, or acknowledge it with a reason.',
  'runs what was taken back':
    'stop the station: units are being tested with a build that was taken back. Acknowledge it with a reason once that is settled.',
  'revert overdue':
    'bring it back, or keep units from it: nobody knows whether it still tests with the build that was taken back.',
  'reference sample':
    'test the sample again and look at the fixture. Units that were tested there since may have been judged wrongly.',
}

/** "FCT-07 (Munich, Line 1): ran 2.5.0 where 2.4.0 was asked for, since 10:04, 12 runs" */
export function alarmLine(alarm: AlarmView): Markup {
  const { station, detail, since, runs } = alarm
  const place = [station.site, station.line].filter((part) => part !== '').map((part) => oneLine(part, 30))
  const where = place.length === 0 ? '' : ` (${place.join(', ')})`
  const times = runs === null || runs === 0 ? '' : `, ${count(runs, 'run')}`
  return markup`*${oneLine(station.name, 40)}*${where}: ${said(detail, 220)}, since ${moment(since)}${times}${end(alarm)}`
}

function end({ closed, acknowledged }: AlarmView): Markup {
  if (closed === null) return markup``
  if (acknowledged !== null)
    return markup`. Acknowledged by ${named(acknowledged.by)}, ${moment(acknowledged.at)}: ${oneLine(acknowledged.why, 200)}`
  return markup`. Over since ${moment(closed.at)}: ${closed.how}`
}

/** "FCT-07 is silent since 10:04" */
export function alarmInBrief({ station, kind, since }: AlarmView): Markup {
  return markup`${oneLine(station.name, 40)} ${alarmPhrases[kind].one} since ${moment(since)}`
}
