// Bolt's log, written to ours. Its debug lines carry whole payloads and are left out.
import { type Logger, LogLevel } from '@slack/bolt'
import type { BaseLogger } from 'pino'

export function boltLog(log: BaseLogger): Logger {
  return {
    debug: () => {},
    info: (...parts) => log.debug(line(parts)),
    warn: (...parts) => log.warn(line(parts)),
    error: (...parts) => log.error(line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  }
}

function line(parts: unknown[]): string {
  const text = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return `Slack: ${text.replace(/xox[a-z]-[\w-]+|xapp-[\w-]+/g, '[token]')}`
}
