// Pictures kept for as long as their data stay the same: a report that is opened by many is drawn once.
import { createHash } from 'node:crypto'
import type { ChartSpec } from '../../../views/charts/chart-frame.ts'
import type { DrawPicture } from '../../picture-drawer.ts'

/** Some 60 kB each. */
const most = 50

export function rememberedPictures(draw: DrawPicture) {
  const pictures = new Map<string, Promise<Buffer>>()
  /** Null: it could not be drawn, or too many are wanted at a time. */
  return async (spec: ChartSpec): Promise<Buffer | null> => {
    const digest = createHash('sha256').update(JSON.stringify(spec)).digest('base64url')
    const picture = pictures.get(digest) ?? draw(spec)
    // Taken out and put back, so that the first key is always the one longest unused.
    pictures.delete(digest)
    pictures.set(digest, picture)
    const oldest = pictures.keys().next()
    if (pictures.size > most && !oldest.done) pictures.delete(oldest.value)
    try {
      return await picture
    } catch {
      pictures.delete(digest)
      return null
    }
  }
}
