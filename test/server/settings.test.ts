// Settings from the environment: every fault at once, no secret repeated.
import { expect, test } from 'vitest'
import { readSettings, settingsSchema } from '../../server/config.ts'

const admin = 'admin-token-of-the-tests'
const faults = (environment: Record<string, string | undefined>): string => {
  try {
    readSettings(environment)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

test('with nothing but an admin token the rest has its defaults', () => {
  expect(readSettings({ ADMIN_TOKEN: admin })).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    DATA_DIR: '.data',
    LOG_LEVEL: 'info',
    ADMIN_TOKEN: admin,
  })
})

test('a setting that is set to nothing is one that is absent', () => {
  const nothing = Object.fromEntries(Object.keys(settingsSchema.shape).map((name) => [name, '']))
  expect(readSettings({ ...nothing, ADMIN_TOKEN: admin })).toEqual(readSettings({ ADMIN_TOKEN: admin }))
})

test('all faults are named at once, each with what was expected and what came', () => {
  const message = faults({
    PORT: 'http',
    PUBLIC_URL: 'line.test',
    DATABASE_URL: 'mysql://x',
    LOG_LEVEL: 'loud',
  })
  for (const name of ['PORT', 'PUBLIC_URL', 'DATABASE_URL', 'ADMIN_TOKEN', 'LOG_LEVEL'])
    expect(message).toContain(`\n  ${name}: `)
  expect(message).toContain('PORT: expected a port number from 0 to 65535, got "http"')
  expect(message).toContain('got nothing')
})

test('what one setting asks of another is named together with the other faults', () => {
  const message = faults({ PORT: 'http', SLACK_APP_TOKEN: 'xapp-1-A' })
  expect(message).toContain('PORT: ')
  expect(message).toContain('ADMIN_TOKEN: ')
  expect(message).toContain('SLACK_BOT_TOKEN: expected a value, because SLACK_APP_TOKEN is set')
  expect(faults({ ADMIN_TOKEN: admin, SLACK_BOT_TOKEN: 'xoxb-1' })).toContain(
    'SLACK_SIGNING_SECRET: expected a value',
  )
})

test('Slack is one workspace by its token or those that install the app, each with all that it needs', () => {
  const token = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'signing-secret' }
  const client = {
    PUBLIC_URL: 'https://line.test',
    SLACK_SIGNING_SECRET: 'signing-secret',
    SLACK_CLIENT_ID: '12.34',
    SLACK_CLIENT_SECRET: 'client-secret',
    SLACK_TOKEN_SECRET: 'k'.repeat(32),
  }
  expect(faults({ ADMIN_TOKEN: admin, ...token })).toBe('')
  expect(faults({ ADMIN_TOKEN: admin, ...client })).toBe('')
  expect(faults({ ADMIN_TOKEN: admin, ...client, ...token })).toContain(
    'SLACK_TOKEN_SECRET: expected nothing, because SLACK_BOT_TOKEN is set',
  )
  // In one workspace the client is for signing in alone.
  const signIn = { ...client, SLACK_TOKEN_SECRET: undefined, ...token }
  expect(faults({ ADMIN_TOKEN: admin, ...signIn })).toBe('')
  expect(faults({ ADMIN_TOKEN: admin, ...signIn, SLACK_CLIENT_SECRET: undefined })).toContain(
    'SLACK_CLIENT_SECRET: expected a value, because SLACK_CLIENT_ID is set',
  )
  for (const name of Object.keys(client)) {
    const message = faults({ ADMIN_TOKEN: admin, ...client, [name]: undefined })
    expect(message).toContain(`\n  ${name}: expected a value, because`)
  }
  const socket = { ...client, SLACK_SIGNING_SECRET: undefined, SLACK_APP_TOKEN: 'xapp-1-A' }
  expect(faults({ ADMIN_TOKEN: admin, ...socket })).toBe('')
})

test('secrets of tokens and workspaces are lists', () => {
  const client = {
    ADMIN_TOKEN: admin,
    PUBLIC_URL: 'https://line.test',
    SLACK_SIGNING_SECRET: 'signing-secret',
    SLACK_CLIENT_ID: '12.34',
    SLACK_CLIENT_SECRET: 'client-secret',
    SLACK_TOKEN_SECRET: `${'n'.repeat(32)}, ${'o'.repeat(32)}`,
    SLACK_TEAMS: 'T0FACTORY1,T0SECOND01,',
  }
  expect(readSettings(client)).toMatchObject({
    SLACK_TOKEN_SECRET: ['n'.repeat(32), 'o'.repeat(32)],
    SLACK_TEAMS: ['T0FACTORY1', 'T0SECOND01'],
  })
  const message = faults({ ...client, SLACK_TOKEN_SECRET: `${'n'.repeat(32)},short`, SLACK_TEAMS: 'factory' })
  expect(message).toContain('SLACK_TOKEN_SECRET: expected secrets of at least 32 characters each')
  expect(message).toContain('SLACK_TEAMS: expected ids of workspaces, which start with T')
  expect(message).not.toContain('short,')
})

test('several secrets of links are separated by commas, and none of them may be short', () => {
  const [newest, older] = ['n'.repeat(16), 'o'.repeat(16)]
  const read = readSettings({ ADMIN_TOKEN: admin, LINK_SECRET: `${newest}, ${older}` })
  expect(read.LINK_SECRET).toEqual([newest, older])
  expect(faults({ ADMIN_TOKEN: admin, LINK_SECRET: `${newest},short` })).toContain(
    'LINK_SECRET: expected secrets of at least 16 characters each',
  )
})

test('no secret is repeated, however wrong it is', () => {
  const wrong = {
    SLACK_BOT_TOKEN: 'wrong-bot',
    SLACK_SIGNING_SECRET: 'short',
    SLACK_APP_TOKEN: 'wrong-app',
    SLACK_CLIENT_SECRET: 'brief',
    SLACK_TOKEN_SECRET: 'far-too-little',
    ADMIN_TOKEN: 'tooshort',
    LINK_SECRET: 'tiny',
    GITHUB_WEBHOOK_SECRET: 'little',
    DATABASE_URL: 'mysql://user:password@host/db',
  }
  const message = faults(wrong)
  for (const [name, value] of Object.entries(wrong)) {
    expect(message).toContain(`\n  ${name}: `)
    expect(message).not.toContain(value)
  }
})

test('an admin token that no header can carry is refused at the start', () => {
  for (const token of ['an admin token with spaces', 'ein-schlüssel-mit-umlaut'])
    expect(faults({ ADMIN_TOKEN: token })).toContain('ADMIN_TOKEN: expected printable ASCII without spaces')
})
