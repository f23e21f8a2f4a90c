// Settings from the environment: one schema, every fault named at once.
import { isIP } from 'node:net'
import { z } from 'zod'
import { unsafeSettings } from './safe-defaults.ts'
import { isNetwork } from './webhooks/allowed-addresses.ts'

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()))
const token = (prefix: string) =>
  optionalText.refine(
    (text) => text === undefined || text.startsWith(prefix),
    `expected a token that starts with ${prefix}`,
  )
const webAddress = optionalText.refine(
  (text) => text === undefined || /^https?:\/\//.test(text),
  'expected an address that starts with http:// or https://',
)
const secret = (least: number) =>
  optionalText.refine(
    (text) => text === undefined || text.length >= least,
    `expected at least ${least} characters`,
  )
/** Several, separated by commas. */
const list = optionalText.transform((text) =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)
const leastKey = 32
/** A start looks back on what stations did before, and a watch on what they did in the weeks since. */
export const leastKeptDays = 90
const keepDays = `expected a whole number of days, at least ${leastKeptDays}`
const leastLinkSecret = 16
const pollSeconds = 'expected a number of seconds from 5 to 600'

/** Everywhere (`0.0.0.0/0`) would be anybody: each client could then say any address. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return (
    bits === undefined ||
    (/^\d+$/.test(bits) && Number(bits) >= 8 && Number(bits) <= (version === 4 ? 32 : 128))
  )
}

export const settingsSchema = z.object({
  PORT: z.coerce
    .number('expected a port number from 0 to 65535')
    .int('expected a port number from 0 to 65535')
    .min(0, 'expected a port number from 0 to 65535')
    .max(65_535, 'expected a port number from 0 to 65535')
    .default(3000)
    .describe('Port the service listens on; 0 takes a free one.'),
  HOST: z.string().default('127.0.0.1').describe('Address it listens on; 0.0.0.0 for every one.'),
  PUBLIC_URL: webAddress.describe(
    'Address under which people and Slack reach it; the listening one when absent.',
  ),
  TRUST_PROXY: list
    .refine(
      (proxies) => proxies === undefined || (proxies.length > 0 && proxies.every(isProxy)),
      'expected addresses or networks of proxies, such as 10.0.0.5,10.1.0.0/16, or loopback, separated by commas',
    )
    .describe(
      'Addresses or networks of the proxies in front of it, separated by commas: what they say in X-Forwarded-For is the address that limits count by. Nobody’s word is taken when absent.',
    ),
  ALLOW_HTTP: z
    .enum(['true', 'false'], 'expected true or false')
    .default('false')
    .describe('true: other machines may reach it without TLS, in a network where everybody is trusted.'),
  DATABASE_URL: optionalText
    .refine(
      (text) => text === undefined || /^postgres(ql)?:\/\//.test(text),
      'expected an address that starts with postgres://',
    )
    .describe('PostgreSQL to use; without it the embedded database in DATA_DIR.'),
  DATA_DIR: z.string().default('.data').describe('Folder of the embedded database.'),
  SLACK_BOT_TOKEN: token('xoxb-').describe(
    'Bot token of the Slack app in one workspace; without it, and without SLACK_CLIENT_ID, there are no cards.',
  ),
  SLACK_SIGNING_SECRET: secret(8).describe('Signing secret of the Slack app.'),
  SLACK_CLIENT_ID: optionalText
    .refine(
      (text) => text === undefined || /^\d+\.\d+$/.test(text),
      'expected two numbers with a dot between',
    )
    .describe(
      'Client id of the Slack app: people sign in with Slack on the pages; without a bot token workspaces install it at /slack/install.',
    ),
  SLACK_CLIENT_SECRET: secret(8).describe('Client secret of the Slack app.'),
  SLACK_TOKEN_SECRET: list
    .refine(
      (keys) => keys === undefined || (keys.length > 0 && keys.every((key) => key.length >= leastKey)),
      `expected secrets of at least ${leastKey} characters each, separated by commas`,
    )
    .describe(
      'Encrypts the tokens of installations; several, separated by commas: the first encrypts, all decrypt.',
    ),
  SLACK_TEAMS: list
    .refine(
      (teams) =>
        teams === undefined || (teams.length > 0 && teams.every((team) => /^T[A-Z0-9]+$/.test(team))),
      'expected ids of workspaces, which start with T, separated by commas',
    )
    .describe(
      'Workspaces that may install the app, and whose people may sign in, by id, separated by commas; every one when absent.',
    ),
  SLACK_APP_TOKEN: token('xapp-').describe('App-level token: connects by Socket Mode instead of HTTP.'),
  SLACK_API_URL: webAddress.describe('Another Slack Web API root, for stand-ins and proxies.'),
  ADMIN_TOKEN: secret(16)
    .refine(
      (text) => text !== undefined,
      'expected a secret of at least 16 characters: it opens the API to people and programs',
    )
    .refine(
      (text) => text === undefined || /^[\x21-\x7e]+$/.test(text),
      'expected printable ASCII without spaces: it is sent in a header',
    )
    .describe('Root token of the API: opens all of it, and makes the tokens of people and programs.'),
  LINK_SECRET: list
    .refine(
      (secrets) =>
        secrets === undefined ||
        (secrets.length > 0 && secrets.every((secret) => secret.length >= leastLinkSecret)),
      `expected secrets of at least ${leastLinkSecret} characters each, separated by commas`,
    )
    .describe(
      'Signs links to pages, forms and uploads; several, separated by commas: the first signs, all verify. Made and kept in the database when absent.',
    ),
  GITHUB_WEBHOOK_SECRET: secret(16).describe(
    'Secret of the GitHub webhook at /webhooks/github, which registers builds; without it none is taken.',
  ),
  WEBHOOK_ALLOW: list
    .refine(
      (networks) => networks === undefined || (networks.length > 0 && networks.every(isNetwork)),
      'expected addresses or networks, such as 10.0.0.5,10.1.0.0/16, separated by commas',
    )
    .describe(
      'Addresses or networks that webhooks may be sent to although they are not public, separated by commas; to these also by http://. Public addresses alone when absent.',
    ),
  WEBHOOK_SECRET: list
    .refine(
      (keys) => keys === undefined || (keys.length > 0 && keys.every((key) => key.length >= leastKey)),
      `expected secrets of at least ${leastKey} characters each, separated by commas`,
    )
    .describe(
      'Encrypts the secrets that webhooks are signed with; several, separated by commas: the first encrypts, all decrypt. Made and kept in the database when absent.',
    ),
  SEND_WEBHOOKS: z
    .enum(['true', 'false'], 'expected true or false')
    .default('true')
    .describe('false: this process sends none, as for a look at a backup; they wait.'),
  TOFUPILOT_URL: webAddress.describe(
    'Address of TofuPilot, for procedures that keep it for their runs and stations (docs/tofupilot.md).',
  ),
  TOFUPILOT_TOKEN: secret(8).describe('Key of a user of TofuPilot who may see runs and pin builds.'),
  TOFUPILOT_POLL_SECONDS: z.coerce
    .number(pollSeconds)
    .min(5, pollSeconds)
    .max(600, pollSeconds)
    .default(20)
    .describe('Seconds between two readings of TofuPilot’s stations, builds and runs.'),
  KEEP_RUNS_DAYS: z.coerce
    .number(keepDays)
    .int(keepDays)
    .min(leastKeptDays, keepDays)
    .optional()
    .describe(
      'Runs are deleted after so many days, in whole partitions (docs/operation.md); what was counted of them stays. Kept for ever when absent.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress.describe(
    'Root of an OpenTelemetry collector (OTLP over HTTP), to which traces are sent; none are made when absent.',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: list
    .refine(
      (pairs) =>
        pairs === undefined || pairs.every((pair) => /^[\w-]+\s*=(?!.*%(?![\da-f]{2}))\s*\S/i.test(pair)),
      'expected name=value, several separated by commas',
    )
    .describe('Headers for the collector, such as its key, as name=value, separated by commas.'),
  OTEL_SERVICE_NAME: z.string().default('firstpass').describe('What traces call this service.'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('expected a share from 0 to 1')
    .min(0, 'expected a share from 0 to 1')
    .max(1, 'expected a share from 0 to 1')
    .default(1)
    .describe('Share of the traces that are kept, from 0 to 1; what a caller traces is kept.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('How much is logged.'),
})

export type Settings = z.infer<typeof settingsSchema> & { ADMIN_TOKEN: string }

/** @throws an error that lists every fault: which setting, what was expected, what came (secrets are not repeated). */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  // A setting that is set to nothing, as compose files do, is one that is absent.
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text?.trim()))
  const parsed = settingsSchema.safeParse(given)
  const missing = [...missingBeside(given), ...tooMany(given), ...unsafeSettings(given)]
  if (parsed.success && parsed.data.ADMIN_TOKEN !== undefined && missing.length === 0)
    return { ...parsed.data, ADMIN_TOKEN: parsed.data.ADMIN_TOKEN }
  const wrong = (parsed.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0] ?? '')
    return { name, why: `${issue.message}, got ${shown(name, given[name])}` }
  })
  const faults = [...wrong, ...missing].map(({ name, why }) => `  ${name}: ${why}`)
  throw new SettingsError(
    `Settings are wrong or missing:\n${faults.join('\n')}\nThe README lists every setting.`,
  )
}

/** What one setting asks of another; apart from the schema, which does not come to it while a setting is wrong. */
function missingBeside(given: Record<string, string | undefined>): { name: string; why: string }[] {
  // Without a bot token workspaces install the app; with one the client id is for signing in alone.
  const isInstalled = given.SLACK_CLIENT_ID !== undefined && given.SLACK_BOT_TOKEN === undefined
  const workspace = isInstalled ? 'SLACK_CLIENT_ID' : 'SLACK_BOT_TOKEN'
  const needs: [asking: string, needed: string][] = [
    ['SLACK_SIGNING_SECRET', workspace],
    ['SLACK_APP_TOKEN', workspace],
    ...(given.SLACK_APP_TOKEN ? [] : [[workspace, 'SLACK_SIGNING_SECRET'] as [string, string]]),
    ...(isInstalled ? [['SLACK_CLIENT_ID', 'SLACK_TOKEN_SECRET'] as [string, string]] : []),
    ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'],
    ['SLACK_CLIENT_SECRET', 'SLACK_CLIENT_ID'],
    ['SLACK_TOKEN_SECRET', 'SLACK_CLIENT_ID'],
    ['SLACK_TEAMS', 'SLACK_CLIENT_ID'],
    ['TOFUPILOT_URL', 'TOFUPILOT_TOKEN'],
    ['TOFUPILOT_TOKEN', 'TOFUPILOT_URL'],
    // Slack sends people back to it.
    ['SLACK_CLIENT_ID', 'PUBLIC_URL'],
  ]
  return needs
    .filter(([asking, needed]) => given[asking] && !given[needed])
    .map(([asking, name]) => ({ name, why: `expected a value, because ${asking} is set, got nothing` }))
}

/** One app serves one workspace by its token, or those that installed it: both at once would leave open which. */
function tooMany(given: Record<string, string | undefined>): { name: string; why: string }[] {
  if (!given.SLACK_BOT_TOKEN || !given.SLACK_TOKEN_SECRET) return []
  return [
    {
      name: 'SLACK_TOKEN_SECRET',
      why: 'expected nothing, because SLACK_BOT_TOKEN is set and no workspace installs the app, got a value',
    },
  ]
}

/** Of pairs as OTEL_EXPORTER_OTLP_HEADERS has them: values are written as in an address. */
export function headersOf(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [name.trim(), decodeURIComponent(value.join('=').trim())]
    }),
  )
}

/** Where the database is, as it is opened. */
export function databaseOf({ DATABASE_URL: url, DATA_DIR: directory }: Settings) {
  return url ? { url } : { directory }
}

/** What of the settings nobody may read in a log. */
export function secretsOf(settings: Settings): string[] {
  const named = Object.entries(settings).filter(([name]) => isSecret(name))
  const password = URL.parse(settings.DATABASE_URL ?? '')?.password ?? ''
  return [
    ...named.flatMap(([, value]) => value).filter((value) => typeof value === 'string'),
    decodeURIComponent(password),
    ...Object.values(headersOf(settings.OTEL_EXPORTER_OTLP_HEADERS ?? [])),
  ]
}

function isSecret(name: string): boolean {
  return /TOKEN|SECRET|DATABASE_URL|HEADERS/.test(name)
}

function shown(name: string, came: string | undefined): string {
  if (came === undefined) return 'nothing'
  return isSecret(name) ? 'a value' : JSON.stringify(came)
}

export class SettingsError extends Error {}
