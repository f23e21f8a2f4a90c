// Which message an unfurl_id stands for; one that a person is still writing has no message yet.
import type { Ids } from './ids.ts'

export type Unfurled = { source: 'conversations_history' | 'composer'; channel: string; ts: string }

export function unfurlIds({ ids }: { ids: Ids }) {
  const issued = new Map<string, Unfurled>()

  function issue(unfurled: Unfurled): string {
    const id = ids.next('Uf')
    issued.set(id, unfurled)
    return id
  }

  return { issue, find: (id: string) => issued.get(id) }
}
