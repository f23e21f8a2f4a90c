// Secrets of webhooks as they are kept: encrypted for their endpoint, and opened to sign with.
import type { Database } from '../../db/client.ts'
import { resealEndpoint, type WebhookEndpoint } from '../../db/webhook-endpoints.ts'
import type { WebhookId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'

/** What encrypts: `isNewest` false where a former secret of the settings opened it. */
export type Seals = {
  seal(text: string, owner: string): string
  open(sealed: string, owner: string): { text: string; isNewest: boolean } | null
}
export type WebhookSecrets = ReturnType<typeof webhookSecrets>

type Deps = { database: Pick<Database, 'db'>; seals: Seals; now: () => Instant }

export function webhookSecrets({ database, seals, now }: Deps) {
  const owner = (id: WebhookId) => `webhook ${id}`
  const seal = (id: WebhookId, secret: string) => seals.seal(secret, owner(id))

  return {
    seal,
    /** Those that sign now, the newest first. Null: the settings' secret does not open it. */
    async of({ id, sealedSecret, sealedFormer, formerEndsAt }: WebhookEndpoint): Promise<string[] | null> {
      const present = seals.open(sealedSecret, owner(id))
      if (present === null) return null
      if (!present.isNewest) await resealEndpoint(database.db, id, sealedSecret, seal(id, present.text))
      const isOver = sealedFormer === null || (formerEndsAt?.getTime() ?? 0) <= now()
      const former = isOver ? null : seals.open(sealedFormer, owner(id))
      return former === null ? [present.text] : [present.text, former.text]
    },
  }
}
