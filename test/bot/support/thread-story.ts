// A rollout with a record whose events are told in the thread of its card, in the local workspace.
import type { Numbered } from '../../../bot/blocks/thread-events.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../../server/domain/rollout-view.ts'
import { fakeService } from './fake-service.ts'
import { channel, openBot } from './open-bot.ts'

export const alertChannel = 'C0LINE2000'

export function numbered(...events: RolloutEvent[]): Numbered[] {
  return events.map((event, index) => ({ ...event, sequence: index + 1 }))
}

export async function threadStory(view: RolloutView, ...events: RolloutEvent[]) {
  const service = fakeService({ rollouts: [view], record: numbered(...events) })
  const open = await openBot({ service })
  const thread = (sequence: number) => ({ kind: 'thread' as const, rolloutId: view.id, sequence })
  return {
    ...open,
    service,
    thread,
    deliver: (sequence: number) => open.bot.deliver(thread(sequence)),
    card: () =>
      open.bot.deliver({ kind: 'card', rolloutId: view.id, stageIndex: Math.max(0, view.stageIndex) }),
    replies: () => open.workspace.thread(channel, open.workspace.messages(channel)[0]?.ts ?? '').slice(1),
    grows: (...more: RolloutEvent[]) => {
      service.record = numbered(...service.record, ...more)
    },
    becomes: (part: Partial<RolloutView>) => {
      service.rollouts = service.rollouts.map((each) => ({ ...each, ...part }))
    },
    /** A second process beside the first, on the same database and the same Slack. */
    replica: () => openBot({ service, store: open.store, settings: { apiUrl: open.workspace.apiUrl } }),
  }
}
