// Addresses that a file may be put at once, without a key: signed, for one upload, for a few minutes.
import { type Instant, minute } from './domain/instant.ts'
import type { Signing } from './signing.ts'

/** A slow line takes a while for a large record; who finds the address later must find it dead. */
const lifeMs = 10 * minute

export type UploadLinks = ReturnType<typeof uploadLinks>

/** @param publicUrl where the service says it is reached; null: where the request reached it. */
export function uploadLinks({ publicUrl, signing }: { publicUrl: string | null; signing: Signing }) {
  return {
    address(id: string, now: Instant, reachedAt: string): string {
      const until = now + lifeMs
      return `${publicUrl ?? reachedAt}/api/v1/uploads/${id}?until=${until}&key=${signing.sign('upload', `${id}/${until}`)}`
    },
    /** Why it may not be put there; null when it may. */
    refusal(put: { id: string; until: Instant; key: string }, now: Instant): string | null {
      if (!signing.isSigned('upload', `${put.id}/${put.until}`, put.key))
        return 'This address was not made by this service: ask for one at /api/v1/uploads/initialize.'
      return now < put.until
        ? null
        : 'This address has expired: ask for another at /api/v1/uploads/initialize.'
    },
  }
}
