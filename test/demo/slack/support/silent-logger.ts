// Refusals are what many tests are about; they need no lines on the console.
import { type Logger, LogLevel } from '@slack/web-api'

export const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}
