// Slack's cursors: a page of a list, and an opaque text that asks for what follows.

export type Page<T> = { items: T[]; nextCursor: string }

/** Undefined for a cursor that this list never gave out. */
export function pageOf<T>(all: T[], limit: number, cursor: string | undefined): Page<T> | undefined {
  const start = cursor ? positionOf(cursor) : 0
  if (start === undefined || (start > 0 && start >= all.length)) return undefined
  const end = start + limit
  return { items: all.slice(start, end), nextCursor: end < all.length ? cursorAt(end) : '' }
}

function cursorAt(position: number): string {
  return Buffer.from(`after:${position}`).toString('base64')
}

function positionOf(cursor: string): number | undefined {
  const [, position] = /^after:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? []
  return position === undefined ? undefined : Number(position)
}
