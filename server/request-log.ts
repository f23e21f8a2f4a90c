// The log of a request, made when something is said of it: of nearly every poll nothing is, and making one took a twentieth of
// its time.
import type { FastifyBaseLogger } from 'fastify'

type Make = () => FastifyBaseLogger
type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

class RequestLog {
  readonly #make: Make
  #made: FastifyBaseLogger | undefined

  constructor(make: Make) {
    this.#make = make
  }

  get made(): FastifyBaseLogger {
    this.#made ??= this.#make()
    return this.#made
  }

  get level(): FastifyBaseLogger['level'] {
    return this.made.level
  }

  child(...said: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.made.child(...said)
  }
}

const levels: Level[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
// On the prototype: Fastify asks each log for them, and none is to be made for that.
for (const level of levels)
  Object.defineProperty(RequestLog.prototype, level, {
    value(this: RequestLog, ...said: Parameters<FastifyBaseLogger['info']>): void {
      this.made[level](...said)
    },
  })

export function requestLog(make: Make): FastifyBaseLogger {
  return new RequestLog(make) as RequestLog & FastifyBaseLogger
}
