// The log of the service. Nothing that opens a door gets into it, in whatever message, error or address it comes.
import { DrizzleQueryError } from 'drizzle-orm'
import { type DestinationStream, type Logger, type LoggerOptions, pino, type SerializedError } from 'pino'

const hidden = '[hidden]'

/** What secrets look like where they are not known by heart: those of stations, browsers, links and people. */
const shapes: [RegExp, string][] = [
  [/\b(Bearer|Basic)(\s+)[^\s"'\\,]+/gi, `$1$2${hidden}`],
  [/\bxox[a-z.]*-[\w-]+|\bxapp-[\w-]+/g, hidden],
  // Its first letters are shown to people, to tell keys apart, and may stand in the log.
  [/\b(fp[a-z]{1,2}_)[\w-]{12,}/g, `$1${hidden}`],
  [/\bwhsec_[\w+/=-]{12,}/g, hidden],
  [/([?&](?:key|code|state|token|id_token|access_token|client_secret)=)[^&\s"'\\]+/gi, `$1${hidden}`],
  [/(firstpass_\w+=)[^;\s"'\\]+/g, `$1${hidden}`],
  [/\b(v0=|sha256=)[0-9a-f]{64}\b/gi, `$1${hidden}`],
  [/([a-z][a-z+.-]*:\/\/[^\s:/@"']*:)[^\s/@"']+@/gi, `$1${hidden}@`],
  // What JSON Web Tokens begin with: {"
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, hidden],
]
/** Shorter ones would hide words. */
const leastKnown = 8

/**
 * @param secrets those of the settings, which are known by heart.
 * @param destination standard output when absent.
 */
export function serviceLog(
  { level, secrets }: { level: string; secrets: string[] },
  destination?: DestinationStream,
): Logger {
  const known = secrets
    .filter((each) => each.length >= leastKnown)
    .flatMap((each) => [each, encodeURIComponent(each), JSON.stringify(each).slice(1, -1)])
  const streamWrite = (line: string) => {
    const rid = known.reduce((text, each) => text.replaceAll(each, hidden), line)
    return shapes.reduce((text, [shape, instead]) => text.replace(shape, instead), rid)
  }
  const redact = ['req.headers.authorization', 'req.headers.cookie']
  const options: LoggerOptions = {
    level,
    redact,
    serializers: { err: (thrown) => (thrown instanceof Error ? withoutValues(thrown) : thrown) },
    hooks: {
      streamWrite,
      logMethod(said, log) {
        const [error, ...more]: unknown[] = said
        // Of an error alone its message becomes the line's.
        if (error instanceof Error && more.length === 0) log.call(this, error, withoutValues(error).message)
        else log.apply(this, said)
      },
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** A statement is told without what was put into it: that may be a secret which nobody knows by heart. */
function withoutValues(error: Error): SerializedError {
  const { params: _, ...told } = pino.stdSerializers.err(error)
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (!(each instanceof DrizzleQueryError)) continue
    const values = `\nparams: ${each.params}`
    told.message = told.message.replaceAll(values, '')
    told.stack = told.stack.replaceAll(values, '')
  }
  return told
}
