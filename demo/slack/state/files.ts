// Uploaded files: an upload URL first, then the bytes, then completion; usable a moment later.
import type { Changes } from './changes.ts'
import type { Ids } from './ids.ts'

export type StoredFile = {
  id: string
  name: string
  title: string
  altText?: string | undefined
  mimetype: string
  length: number
  bytes?: Buffer | undefined
  completedAt?: number | undefined
  channel?: string | undefined
}

const mimetypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  csv: 'text/csv',
  json: 'application/json',
  txt: 'text/plain',
}

export type Files = ReturnType<typeof files>

export function files(deps: { ids: Ids; changes: Changes; now: () => number; processingMs: number }) {
  const stored = new Map<string, StoredFile>()

  function announce(name: string, length: number, altText?: string): StoredFile {
    const mimetype = mimetypes[name.split('.').pop() ?? ''] ?? 'application/octet-stream'
    const file = { id: deps.ids.next('F'), name, title: name, altText, mimetype, length }
    stored.set(file.id, file)
    return file
  }

  function change(id: string, part: Partial<StoredFile>): StoredFile | undefined {
    const file = stored.get(id)
    if (!file) return undefined
    const changed = { ...file, ...part }
    stored.set(id, changed)
    deps.changes.happened()
    return changed
  }

  /** Slack refuses an image block on a file that it has not finished processing. */
  function isReady(file: StoredFile): boolean {
    return file.completedAt !== undefined && deps.now() - file.completedAt >= deps.processingMs
  }

  return { announce, change, isReady, find: (id: string) => stored.get(id), all: () => [...stored.values()] }
}
