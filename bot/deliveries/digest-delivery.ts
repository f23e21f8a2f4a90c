// Where rollouts of several procedures share a channel: one message a day, kept up to date, that has them side by side.
import type { Delivery, DeliveryResult, Service } from '../../server/service.ts'
import type { Message } from '../blocks/build.ts'
import { digestMessage } from '../blocks/digest.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { change, contentHash } from './messages.ts'
import { type Once, postOnce } from './post-once.ts'

type Job = Extract<Delivery, { kind: 'digest' }>

/** An overview that changes with every run would be noise. */
const gapMs = 60_000

export function digestDelivery(deps: Once & { service: Pick<Service, 'get' | 'list' | 'procedure'> }) {
  const { client, posts, now, service } = deps

  return async function deliver({ procedureId }: Job): Promise<DeliveryResult> {
    const procedure = await service.procedure(procedureId)
    if (!procedure || procedure.channel === null) return { delivered: true }
    const views = await liveIn(procedure.channel, procedure.team)
    const key = digestKey(procedure.team, procedure.channel, now())
    const found = await posts.find(key)
    const procedures = new Set(views.map((view) => view.procedure.id))
    if (!found && procedures.size < 2) return { delivered: true }
    const message = digestMessage(views, now())
    if (!found)
      return postOnce(deps, { key, channel: procedure.channel, message, remember: remembering(key, message) })
    if (found.contentHash === shown(message)) return { delivered: true }
    const tooEarlyMs = found.updatedAt + gapMs - now()
    if (tooEarlyMs > 0)
      return {
        delivered: false,
        waitSeconds: Math.ceil(tooEarlyMs / 1000),
        why: 'the digest was changed a moment ago',
      }
    try {
      await change(client, found, message)
    } catch (error) {
      // Whoever deleted it wants no digest today.
      if (slackFailure(error).kind !== 'message gone') throw error
    }
    await posts.save(key, { ...found, contentHash: shown(message), updatedAt: now() })
    return { delivered: true }
  }

  async function liveIn(channel: string, team: string | null) {
    const lines = await service.list({ live: true, limit: 100 })
    const here = lines.filter((line) => line.procedure.channel === channel && line.procedure.team === team)
    const views = await Promise.all(here.map((line) => service.get(line.id)))
    return views.flatMap((view) => (view === null || view.endedAt !== null ? [] : [view]))
  }

  function remembering(key: string, message: Message) {
    return (kept: Parameters<typeof posts.save>[1]) =>
      posts.save(key, { ...kept, contentHash: shown(message) })
  }
}

/** Without the line that says when it was drawn. */
function shown(message: Message): string {
  return contentHash({ ...message, blocks: message.blocks.filter((block) => block.block_id !== 'drawn') })
}

/** A day of 24 hours in UTC: channels have no zone of their own. */
function digestKey(team: string | null, channel: string, at: number): string {
  return `digest:${team ?? 'only'}:${channel}:${new Date(at).toISOString().slice(0, 10)}`
}
