// The service connects to Slack, to its database and to the TofuPilot of its settings. Of addresses that somebody names it sends to those
// of webhooks alone, by one file that looks at each; nothing else that comes in (an artifact, a link, a payload) is ever fetched.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const files = globSync('{server,bot,db,views}/**/*.ts').filter((path) => !path.startsWith('views/assets/'))
const code = (path: string) =>
  readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/sql`[\s\S]*?`/g, '')

/** Whatever opens a connection or starts a process. */
const opens = {
  fetch: /(?<![\w.'-])fetch\b(?! first)/,
  'a client of HTTP': /from '(node:)?(https?|http2|undici|axios|got|needle|openid-client)'/,
  'a client of Slack': /\b(new WebClient|new App|SocketModeReceiver|InstallProvider)\b/,
  'a socket': /from '(node:)?(net|tls|dgram|dns)(\/promises)?'|new (WebSocket|EventSource)\b/,
  'an exporter': /(import\(|from )'@opentelemetry\/exporter/,
  'a process': /from '(node:)?(child_process|cluster)'/,
  PostgreSQL: /from '(postgres|pg-boss|pg)'/,
}
/** With what makes its address. */
const allowed: Record<string, string> = {
  'server/backends/tofupilot/client.ts': 'TOFUPILOT_URL, which the operator sets; redirects are not followed',
  'server/sign-in.ts': 'openid-client: Slack, or SLACK_API_URL',
  'bot/connection/clients.ts': 'the Web API: Slack, or SLACK_API_URL',
  'bot/connection/pace.ts': 'the same',
  'bot/connection/socket-connection.ts': 'Socket Mode: the address that Slack gives',
  'bot/slack-app.ts': 'Bolt: response_url, of requests that Slack has signed',
  'bot/workspaces/install.ts': 'OAuth: Slack, or SLACK_API_URL',
  'db/client.ts': 'DATABASE_URL',
  'db/watched-socket.ts': 'DATABASE_URL',
  'db/exclusively.ts': 'DATABASE_URL',
  'db/verify-audit.ts': 'DATABASE_URL, to read',
  'db/check-drift.ts': 'a check of developers; no part of the service',
  'server/jobs.ts': 'DATABASE_URL',
  'server/webhooks/post.ts': 'webhooks: what the lookup of reach.ts lets through',
  'server/webhooks/reach.ts': 'resolves the names of webhooks; connects to nothing',
  'server/webhooks/allowed-addresses.ts': 'isIP and lists of networks; connects to nothing',
  'server/telemetry/tracing.ts': 'OTEL_EXPORTER_OTLP_ENDPOINT',
  'server/config.ts': 'isIP alone',
  'server/client-address.ts': 'isIPv6 alone: nothing is connected to',
}

test('nothing opens a connection but what is listed here', () => {
  expect(files.length).toBeGreaterThan(400)
  const found = files.flatMap((path) => {
    const text = code(path).replace(/^import type .*$/gm, '')
    return Object.entries(opens).flatMap(([what, sign]) => (sign.test(text) ? [{ path, what }] : []))
  })
  expect(found.filter(({ path }) => !(path in allowed))).toEqual([])
  expect(Object.keys(allowed).filter((path) => !found.some((each) => each.path === path))).toEqual([])
})

test('these signs find what they look for', () => {
  const signs = (text: string) => Object.values(opens).some((sign) => sign.test(text))
  for (const text of [
    'const a = await fetch(build.artifactUrl)',
    'const get = fetch',
    "import { request } from 'node:https'",
    "import { connect } from 'net'",
    'new WebClient(token)',
    'new WebSocket(url)',
    "import { execFile } from 'node:child_process'",
  ])
    expect([text, signs(text)]).toEqual([text, true])
  expect(signs("const headers = { 'sec-fetch-site': site }")).toBe(false)
})
