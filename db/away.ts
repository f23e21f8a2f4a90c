// Whether the database is away, or takes nothing now: an error that is no fault of what was asked.
import { noneFreeCode } from './bounded.ts'

/** What heals by itself is a 503: stations keep a run that got a 4xx until a person acts. */
export function isAway(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each ? String(each.code) : ''
    // Also: a standby that is not the first yet takes no writes (25006), and a disk that fails (58).
    if (/^(08|57P|53|58|25006|40001|40P01)/.test(code)) return true
    if (
      [
        'ECONNREFUSED',
        'ECONNRESET',
        'ETIMEDOUT',
        'EPIPE',
        'CONNECTION_CLOSED',
        'CONNECTION_ENDED',
        'CONNECTION_DESTROYED',
        'CONNECT_TIMEOUT',
        noneFreeCode,
      ].includes(code)
    )
      return true
    if (each.message === 'the embedded database has been closed') return true
  }
  return false
}

/** A statement was cut off, or waited for a lock until then: a procedure whose years are counted anew has it for minutes. */
export function tookTooLong(error: unknown): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    if ('code' in each && (each.code === '57014' || each.code === '55P03')) return true
  return false
}
