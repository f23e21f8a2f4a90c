// Tells alarms of stations that came together: in the thread of the live rollout's card, else in the procedure's channel.
import { isSevere } from '../../server/domain/station-alarms/alarm.ts'
import type { Delivery, DeliveryResult, Service } from '../../server/service.ts'
import { type AlarmStory, alarmMessage, severeAlarmNotice } from '../blocks/alarm-message.ts'
import { type Cards, type Drawn, waitOf } from './cards.ts'
import { drawMessage } from './drawn-message.ts'
import { type Once, postOnce } from './post-once.ts'

type Job = Extract<Delivery, { kind: 'alarms' }>
type Deps = Once & { service: Pick<Service, 'procedure' | 'policy' | 'stationAlarms' | 'get'>; cards: Cards }

const done: DeliveryResult = { delivered: true }
/** Of one look at one procedure. */
const mostAlarms = 1000

export function alarmDelivery(deps: Deps) {
  const { client, service, posts, cards } = deps

  return async function deliver(job: Job): Promise<DeliveryResult> {
    const key = `alarms:${job.procedureId}:${job.alarm}:${job.openedAt}`
    const told = await drawMessage(deps, {
      key,
      read: async () => {
        const story = await storyOf(job)
        return story && alarmMessage(story)
      },
      place: () => placeOf(job),
    })
    return told.delivered ? alert(job, key) : told
  }

  async function storyOf({ procedureId, alarm: kind, openedAt }: Job): Promise<AlarmStory | null> {
    const [procedure, policy, alarms] = await Promise.all([
      service.procedure(procedureId),
      service.policy(procedureId),
      service.stationAlarms({ procedureId, group: { kind, openedAt }, limit: mostAlarms }),
    ])
    if (!procedure || !policy || alarms.length === 0) return null
    const rolloutId = alarms.find((alarm) => alarm.rolloutId !== null)?.rolloutId
    const rollout = rolloutId ? await service.get(rolloutId) : null
    const { id, name } = procedure
    return { kind, openedAt, procedure: { id, name }, alarms, alerts: policy.effective.alerts, rollout }
  }

  async function placeOf({
    procedureId,
    alarm,
  }: Job): ReturnType<Parameters<typeof drawMessage>[1]['place']> {
    const procedure = await service.procedure(procedureId)
    if (!procedure || procedure.channel === null) return null
    const { live, channel } = procedure
    if (live === null) return { channel }
    const stage = Math.max(0, live.stageIndex)
    const under = (card: Drawn) => {
      const wait = waitOf([card])
      if (!card.drawn) return wait === null ? { channel } : { wait }
      return { channel: card.at.channel, thread: { ts: card.at.ts, broadcast: isSevere(alarm) } }
    }
    const card = await cards.draw(client, live.id, stage, { patient: false, mayPost: true })
    if (!card.drawn) return under(card)
    return { ...under(card), anew: async () => under(await cards.replace(client, live.id, stage, card.at)) }
  }

  /** What is severe is told in the alert channel too, with a link to where it is talked about. */
  async function alert(job: Job, key: string): Promise<DeliveryResult> {
    if (!isSevere(job.alarm)) return done
    const procedure = await service.procedure(job.procedureId)
    const channel = (await service.policy(job.procedureId))?.effective.alerts.channel ?? null
    const alertKey = `alert:${key}`
    if (channel === null || channel === procedure?.channel || (await posts.find(alertKey))) return done
    const story = await storyOf(job)
    if (story === null) return done
    const at = await posts.find(key)
    const url = at && (await permalink(at))
    return postOnce(deps, { key: alertKey, channel, message: severeAlarmNotice(story, url) })
  }

  /** Best effort. */
  async function permalink({ channel, ts }: { channel: string; ts: string }): Promise<string | null> {
    try {
      return (await client.chat.getPermalink({ channel, message_ts: ts })).permalink ?? null
    } catch {
      return null
    }
  }
}
