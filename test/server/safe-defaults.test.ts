// Threat: a service that is put on a network as it came out of the box. It does not listen there before it is safe to.
import { describe, expect, test } from 'vitest'
import { readSettings, SettingsError } from '../../server/config.ts'
import { startFirstpass } from '../../server/firstpass.ts'

const strong = 'p3Xv9Lr0TqZ8mWc2Yh7KdUe5NbFs1GjA4'
const said = (env: Record<string, string>): string => {
  try {
    readSettings(env)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}
const publicly = { HOST: '0.0.0.0', PUBLIC_URL: 'https://firstpass.factory.test', ADMIN_TOKEN: strong }

describe('on this machine alone', () => {
  test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('at %s any root token will do', (HOST) => {
    expect(said({ HOST, ADMIN_TOKEN: 'admin-token-of-the-tests' })).toBe('')
  })
})

describe('where other machines reach it', () => {
  test('it starts with a strong root token and an https address', () => {
    expect(said(publicly)).toBe('')
    expect(said({ ...publicly, HOST: '10.1.2.3' })).toBe('')
  })

  test.each([
    ['short', 'p3Xv9Lr0TqZ8mWc2Yh7K', 'got 20'],
    ['the same again and again', 'ab'.repeat(20), 'only 2 different'],
    ['an example', 'change-me-change-me-0123456789-abcdef', 'words that stand in examples'],
    ['a description', 'my-admin-token-for-the-whole-factory-42', 'words that stand in examples'],
  ])('it refuses a root token that is %s, says how to make one, and does not repeat it', (_, token, why) => {
    const message = said({ ...publicly, ADMIN_TOKEN: token })
    expect(message).toContain('ADMIN_TOKEN: expected at least 32 random characters')
    expect(message).toContain(why)
    expect(message).toContain('openssl rand')
    expect(message).not.toContain(token)
  })

  test.each([undefined, 'http://firstpass.factory.test'])('it refuses the address %s', (url) => {
    const { PUBLIC_URL: _, ...rest } = publicly
    const message = said(url === undefined ? rest : { ...rest, PUBLIC_URL: url })
    expect(message).toContain('PUBLIC_URL: expected')
    expect(message).toContain('ALLOW_HTTP=true')
  })

  test('it may be reached without TLS where that is said, or from this machine through a container', () => {
    const { PUBLIC_URL: _, ...rest } = publicly
    expect(said({ ...rest, ALLOW_HTTP: 'true' })).toBe('')
    expect(said({ ...rest, PUBLIC_URL: 'http://line-server', ALLOW_HTTP: 'true' })).toBe('')
    expect(said({ ...rest, PUBLIC_URL: 'http://localhost:3000' })).toBe('')
    expect(said({ ...rest, PUBLIC_URL: 'http://line-server', ALLOW_HTTP: 'yes' })).toContain('ALLOW_HTTP')
  })

  test('it tells of all of it at once, and opens neither a port nor a database', async () => {
    const start = startFirstpass({
      env: { HOST: '0.0.0.0', ADMIN_TOKEN: 'changeme-changeme', DATA_DIR: '/nowhere/at/all' },
    })
    await expect(start).rejects.toBeInstanceOf(SettingsError)
    await expect(start).rejects.toThrow(/ADMIN_TOKEN: .*\n.*PUBLIC_URL: /)
  })
})
