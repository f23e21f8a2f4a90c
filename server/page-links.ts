// Links to pages carry a key of their own rollout: whoever has the link may read, and read only that.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { RolloutId } from './domain/ids.ts'

export function pageLinks({ publicUrl, secret }: { publicUrl: () => string; secret: string }) {
  const keyOf = (id: string) =>
    createHmac('sha256', secret).update(`rollout/${id}`).digest('base64url').slice(0, 24)
  return {
    rollout: (id: RolloutId): string => `${publicUrl()}/rollouts/${id}?key=${keyOf(id)}`,
    mayRead({ id, key }: { id: string; key: string | undefined }): boolean {
      const expected = Buffer.from(keyOf(id.toLowerCase()))
      const given = Buffer.from(key ?? '')
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}
