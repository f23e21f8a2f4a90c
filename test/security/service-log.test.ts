// The log at its most talkative, while every kind of secret passes through: none of them is in it.
import { DrizzleQueryError } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { readSettings, secretsOf } from '../../server/config.ts'
import { serviceLog } from '../../server/service-log.ts'

const settings = readSettings({
  ADMIN_TOKEN: 'admin-token-that-is-long',
  LINK_SECRET: 'link-secret-of-today,link-secret-of-before',
  GITHUB_WEBHOOK_SECRET: 'webhook "secret" of github',
  DATABASE_URL: 'postgres://firstpass:p%40ss-of-the-database@db.test:5432/firstpass',
  SLACK_CLIENT_ID: '1.2',
  SLACK_CLIENT_SECRET: 'client-secret-of-slack',
  SLACK_SIGNING_SECRET: 'signing-secret-of-slack',
  SLACK_TOKEN_SECRET: `${'n'.repeat(40)},${'o'.repeat(40)}`,
  PUBLIC_URL: 'https://fp.test',
})
const ofSettings = {
  'the admin token': 'admin-token-that-is-long',
  'a secret of links': 'link-secret-of-today',
  'one of before': 'link-secret-of-before',
  'that of the webhook': 'webhook "secret" of github',
  'the password of the database': 'p@ss-of-the-database',
  'the same as it stands in an address': 'p%40ss-of-the-database',
  'that of the client': 'client-secret-of-slack',
  'that of signatures': 'signing-secret-of-slack',
  'that of tokens': 'n'.repeat(40),
  'that of tokens before': 'o'.repeat(40),
}
/** Each where it is met. */
const ofOthers = {
  'a key of a station': ['fps_Zm9vYmFyYmF6cXV4Zm9vYmFy', 'Bearer %s'],
  'a key without its word': ['fps_Zm9vYmFyYmF6cXV4Zm9vYmFz', '%s'],
  'a token of people': ['fpt_Zm9vYmFyYmF6cXV4Zm9vYmFy', 'authorization: %s'],
  'a token of nobody': ['made-up-by-somebody', 'Bearer %s'],
  'a session': ['c2Vzc2lvbi1vZi1pbmVz', 'firstpass_session=%s; x=y'],
  'a session over https': ['c2Vzc2lvbi1vZi1tYXJlaw', '__Host-firstpass_session=%s'],
  'a key of a link': ['mabcdefg.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '/rollouts/1?gate=x&key=%s'],
  'a key of an upload': ['BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB', '/api/v1/uploads/1?until=2&key=%s'],
  'a code of a sign-in': ['code-of-a-sign-in', '/signin/callback?code=%s&state=1'],
  'a state of a sign-in': ['state-of-a-sign-in', '/signin/callback?code=1&state=%s'],
  'a signature of Slack': ['a1'.repeat(32), 'v0=%s'],
  'a signature of GitHub': ['b2'.repeat(32), 'sha256=%s'],
  'a bot token': ['xoxb-111-222-AbCdEf', 'token %s'],
  'a token that expires': ['xoxe.xoxp-1-AbCdEf', '%s'],
  'an app token': ['xapp-1-A1-2-abcdef', '%s'],
  'a token of an identity': ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'got %s'],
  'another database': ['of-another-database', 'postgresql://me:%s@10.0.0.5/x'],
} as const

const secrets: [what: string, secret: string, met: string][] = [
  ...Object.entries(ofSettings).map(([what, secret]): [string, string, string] => [
    what,
    secret,
    `it is ${secret}`,
  ]),
  ...Object.entries(ofOthers).map(([what, [secret, met]]): [string, string, string] => [
    what,
    secret,
    met.replace('%s', secret),
  ]),
]

test.each(secrets)('%s is in no line, whichever way it comes', (_what, secret, met) => {
  const written: string[] = []
  const log = serviceLog(
    { level: 'trace', secrets: secretsOf(settings) },
    { write: (line: string) => void written.push(line) },
  )
  const cause = Object.assign(new Error(`the cause: ${met}`), { params: [met], query: met })
  const error = Object.assign(new Error(met, { cause }), {
    config: { headers: { authorization: met, cookie: met } },
  })
  log.trace(met)
  log.info({ url: met, headers: { authorization: met }, deep: { list: [{ of: met }] } }, 'an object')
  log.warn({ req: { headers: { authorization: met, cookie: met } } }, 'a request')
  log.error({ err: error }, 'an error')
  log.error(error)
  log.child({ bound: met }).debug('a child')
  log.info('with %s in it', met)
  expect(written).toHaveLength(7)
  const all = written.join('')
  expect(all).not.toContain(secret)
  expect(all).not.toContain(JSON.stringify(secret).slice(1, -1))
  for (const line of written) expect(() => JSON.parse(line)).not.toThrow()
})

test('what is no secret stays: the first letters of a key, addresses, hashes of artifacts, ids', () => {
  const written: string[] = []
  const log = serviceLog(
    { level: 'info', secrets: secretsOf(settings) },
    { write: (line: string) => void written.push(line) },
  )
  const said = [
    'fps_abcd',
    'https://fp.test/rollouts/1?gate=x',
    'c'.repeat(64),
    '0199d1b0-5d0e-7c3a-8a52-7d3ff0a1b2c3',
    'bearer of news',
  ]
  for (const each of said) log.info({ said: each }, 'said')
  for (const each of said.slice(0, 4)) expect(written.join('')).toContain(each)
})

test('a statement that failed is told without what was put into it: secrets that the service made itself too', () => {
  const written: string[] = []
  const log = serviceLog({ level: 'info', secrets: [] }, { write: (line) => void written.push(line) })
  const made = 'made-by-the-service-itself'
  const statement = 'insert into kept_settings (name, value) values ($1, $2)'
  const failed = new DrizzleQueryError(statement, ['link secret', made], new Error('read ECONNRESET'))
  log.error({ err: failed }, 'by itself')
  log.error(failed)
  log.error({ err: new Error('it could not be kept', { cause: failed }) }, 'within another')
  expect(written).toHaveLength(3)
  for (const line of written) {
    expect(line).not.toContain(made)
    expect(line).toContain(statement)
    expect(line).toContain('read ECONNRESET')
  }
})

test('what is thrown and is no error stands in the log as it is', () => {
  const written: string[] = []
  const log = serviceLog({ level: 'info', secrets: [] }, { write: (line) => void written.push(line) })
  log.error({ err: 'just a word' }, 'thrown')
  expect(JSON.parse(written.join(''))).toMatchObject({ err: 'just a word', msg: 'thrown' })
})
