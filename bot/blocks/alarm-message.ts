// Alarms of stations that came together, as one message: what is wrong where, who is called for what, and how each ended.
import type { Button } from '@slack/types'
import type { Alerts } from '../../server/domain/alerts.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { AlarmGroup, AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { type AlarmsValue, alarmsValue } from '../alarms-value.ts'
import { alarmLine, alarmPhrases, alarmRequests } from './alarm-words.ts'
import { actions, button, type CardBlock, type Message, messageText, section } from './build.ts'
import { pageButton } from './card-buttons.ts'
import {
  join,
  link,
  type Markup,
  markup,
  mentionGroup,
  moment,
  oneLine,
  paragraphs,
  shortened,
} from './markup.ts'
import { count } from './numbers.ts'
import { called } from './wording.ts'

export const alarmIds = { acknowledge: 'acknowledge_alarms' } as const

export type AlarmStory = AlarmGroup & {
  procedure: { id: ProcedureId; name: string }
  alarms: AlarmView[]
  alerts: Alerts
  /** The rollout that they belong to, if any. */
  rollout: RolloutView | null
}

/** Further ones are counted: the page and the interface list them all. */
const mostLines = 25
const mostLetters = 420

export function alarmMessage(story: AlarmStory): Message {
  const { alarms, kind, openedAt } = story
  const open = alarms.filter((alarm) => alarm.closed === null)
  const ordered = [...open, ...alarms.filter((alarm) => alarm.closed !== null)]
  const lines = ordered
    .slice(0, mostLines)
    .map((alarm) => shortened(markup`• ${alarmLine(alarm)}`, mostLetters))
  const more = ordered.length - lines.length
  const all = [...lines, ...(more > 0 ? [markup`and ${more} more`] : [])]
  const title = markup`*${headline(story)}*, ${moment(openedAt)}`
  const last =
    open.length === 0
      ? markup`*Over*: nothing of this is left.`
      : markup`${callsFor(story)}${alarmRequests[kind]}`
  const blocks: CardBlock[] = [
    section('alarm', title),
    ...paragraphs(all, 2900).map((text, index) => section(`stations_${index + 1}`, text, 3000)),
    section('asks', last),
    ...buttonsOf(story, open),
  ]
  // Said last, the request would be cut off after many stations.
  return { text: messageText(join([title, last, ...all], '\n')), blocks }
}

/** For the channel that hears of what is severe. */
export function severeAlarmNotice(story: AlarmStory, messageUrl: string | null): Message {
  const title = markup`*${headline(story)}*, ${moment(story.openedAt)}`
  const lines = story.alarms.slice(0, 5).map((alarm) => shortened(alarmLine(alarm), mostLetters))
  const where = messageUrl === null ? [] : [link(messageUrl, 'Where it is talked about')]
  const text = join([title, ...lines, ...where], '\n')
  return { text: messageText(text), blocks: [section('severe', text, 3000)] }
}

function headline({ alarms, kind, procedure }: AlarmStory): string {
  const [first] = alarms
  const phrase = alarmPhrases[kind]
  const name = oneLine(procedure.name, 60)
  return alarms.length === 1 && first
    ? `${oneLine(first.station.name, 40)} of ${name} ${phrase.one}`
    : `${count(alarms.length, 'station')} of ${name} ${phrase.many}`
}

/** The group on call, and the owner of a rollout that is live. */
function callsFor({ alerts, rollout }: AlarmStory): Markup {
  const isLive = rollout !== null && rollout.endedAt === null
  const people = [
    ...(isLive ? [called(rollout.owner)] : []),
    ...(alerts.onCall === null ? [] : [mentionGroup(alerts.onCall)]),
  ]
  return people.length === 0 ? markup`Please ` : markup`${join(people, ' ')}: `
}

function buttonsOf(story: AlarmStory, open: AlarmView[]): CardBlock[] {
  const { procedure, kind, openedAt, rollout } = story
  const value: AlarmsValue = { procedureId: procedure.id, kind, openedAt }
  const buttons: Button[] = [
    ...(open.length === 0
      ? []
      : [
          button({
            actionId: alarmIds.acknowledge,
            label: 'Acknowledge…',
            description: `Acknowledge the alarm of ${count(open.length, 'station')} of ${oneLine(procedure.name, 60)}: asks for a reason`,
            value: alarmsValue(value),
          }),
        ]),
    ...(rollout === null ? [] : [pageButton(rollout)]),
  ]
  return buttons.length === 0 ? [] : [actions('buttons', buttons)]
}
