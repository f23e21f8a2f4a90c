// The words after `npm run demo --`, read once; all faults are told at once.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { scenarioNames } from './factory/scenario.ts'
import { scenarios } from './factory/scenarios.ts'

const defaultDirectory = '.data/demo'

const flags = {
  scenario: { type: 'string' },
  stations: { type: 'string' },
  speed: { type: 'string' },
  seed: { type: 'string' },
  port: { type: 'string' },
  'slack-port': { type: 'string' },
  data: { type: 'string' },
  channel: { type: 'string' },
  'no-slack': { type: 'boolean' },
  socket: { type: 'boolean' },
  python: { type: 'string' },
  keep: { type: 'boolean' },
  fresh: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const demoArguments = z
  .object({
    scenario: z.enum(scenarioNames, { error: (issue) => expected(scenarioNames.join(', '), issue.input) }),
    stations: whole(2, 500),
    speed: whole(1, 600),
    seed: whole(0, 4_294_967_295),
    port: whole(1, 65_535),
    'slack-port': whole(1, 65_535),
    data: z.string({ error: (issue) => expected('a directory', issue.input) }).min(1, 'expected a directory'),
    channel: z.string({ error: (issue) => expected('the id of a Slack channel', issue.input) }).optional(),
    'no-slack': onOrOff(),
    socket: onOrOff(),
    python: whole(0, 500).optional(),
    keep: onOrOff(),
    fresh: onOrOff(),
  })
  .superRefine((value, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (value.port === value['slack-port'] && !value['no-slack'])
      fault('slack-port', `expected a port other than --port, got ${value.port} for both`)
    if (value.keep && value.fresh) fault('keep', 'expected --keep or --fresh, got both')
    if (value.socket && value['no-slack'])
      fault('socket', 'expected without --no-slack: SLACK_APP_TOKEN of the environment chooses it there')
    if (value.channel !== undefined && !value['no-slack'])
      fault('channel', 'expected only together with --no-slack: the local workspace has its own channel')
  })
export type DemoArguments = Omit<z.infer<typeof demoArguments>, 'keep' | 'fresh'> & {
  /** Whether the data directory is emptied at the start. */
  empty: boolean
}

export type ParsedArguments =
  | { kind: 'run'; arguments: DemoArguments }
  | { kind: 'help' }
  | { kind: 'wrong'; faults: string[] }

const defaults = {
  scenario: 'healthy',
  stations: '24',
  speed: '60',
  seed: '1',
  port: '3000',
  'slack-port': '3001',
  data: defaultDirectory,
}

export function parseArguments(argv: readonly string[]): ParsedArguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  if (values.help === true) return { kind: 'help' }
  const unknown = tokens
    .filter((token) => token.kind === 'option' && !Object.hasOwn(flags, token.name))
    .map((token) => ('rawName' in token ? token.rawName : ''))
  const strange = [...unknown, ...positionals].map(
    (word) => `${word}: not known here; there are ${Object.keys(flags).map(named).join(', ')}`,
  )
  const parsed = demoArguments.safeParse({ ...defaults, ...values })
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${named(issue.path.join('.'))}: ${issue.message}`)
  if (!parsed.success || strange.length > 0) return { kind: 'wrong', faults: [...faults, ...strange] }
  const { keep, fresh, ...rest } = parsed.data
  const ownDirectory = rest.data !== defaultDirectory
  return { kind: 'run', arguments: { ...rest, empty: ownDirectory ? fresh : !keep } }
}

export const helpText = `npm run demo -- [flags]   Firstpass with a simulated factory and a local Slack workspace

  --scenario NAME    what happens (default ${defaults.scenario}):
${scenarioNames.map((name) => `                       ${name.padEnd(15)}${scenarios[name].summary}`).join('\n')}
  --stations N       test stations, 2 to 500 (default ${defaults.stations})
  --speed N          factory seconds in a real one, 1 to 600 (default ${defaults.speed})
  --seed N           another seed is another factory (default ${defaults.seed})
  --port N           port of Firstpass (default ${defaults.port})
  --slack-port N     port of the local Slack workspace (default ${defaults['slack-port']})
  --python N         stations that run the Python client, where there is Python (default a quarter, at most 6)
  --data DIR         where the data is kept (default ${defaultDirectory}, which is emptied at every start)
  --keep             go on with what ${defaultDirectory} holds instead of emptying it
  --fresh            empty the directory given with --data first
  --socket           Slack reaches Firstpass over Socket Mode instead of HTTP
  --no-slack         no local workspace: SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET and
                     SLACK_APP_TOKEN of the environment are used
  --channel ID       with --no-slack: the Slack channel of the cards
  --help             this text
`

/** A flag that stands without its value comes as `true`, an absent one that has no default as undefined. */
function whole(least: number, most: number) {
  const words = `a whole number from ${least} to ${most}`
  return z
    .string({ error: (issue) => expected(words, issue.input) })
    .refine((text) => /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: (issue) => expected(words, issue.input),
    })
    .transform(Number)
}

function onOrOff() {
  return z.boolean({ error: (issue) => expected('no value', issue.input) }).default(false)
}

function expected(what: string, input: unknown): string {
  return `expected ${what}, got ${input === true || input === undefined ? 'nothing' : JSON.stringify(input)}`
}

function named(flag: string): string {
  return `--${flag}`
}
