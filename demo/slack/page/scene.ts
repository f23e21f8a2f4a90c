// What a renderer has to know beside the thing it draws.
import type { Directory } from '../state/directory.ts'
import type { StateValues } from '../state/views.ts'

export type Scene = {
  directory: Directory
  /** Where the browser finds an image, be it uploaded or elsewhere. */
  imageUrl: (image: { image_url?: string | undefined; slack_file?: unknown }) => string
  /** What the reader has entered so far in these blocks. */
  values: StateValues
  errors: Record<string, string>
  /** Who looks: menus of conversations offer what this person is in. */
  user: string
}

export function fileUrl(image: { image_url?: string | undefined; slack_file?: unknown }): string {
  const file = image.slack_file
  if (file !== null && typeof file === 'object' && 'id' in file) return `/page/files/${file.id}`
  if (file !== null && typeof file === 'object' && 'url' in file)
    return `/page/files/${fileId(String(file.url))}`
  return image.image_url ?? ''
}

/** An app names a file by its `url_private`; a person's browser needs no token for it. */
function fileId(url: string): string {
  return /\/files-pri\/[^/]*-(F[A-Z0-9]+)\//.exec(url)?.[1] ?? ''
}
