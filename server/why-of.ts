// Why something failed, in the words of what lies under it: those of drizzle are the statement, with all that was put into it.
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // What went wrong while the first was given up is the smaller news.
  if (error instanceof SuppressedError) return whyOf(error.suppressed)
  if (error.cause instanceof Error) return whyOf(error.cause)
  return error.message || ('code' in error ? String(error.code) : error.name)
}
