// The command line makes, lists, rotates and revokes API tokens on a service that listens.
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { run as command } from '../../cli/run.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

const { app, ask } = await openTestService()
const url = await app.listen({ port: 0, host: '127.0.0.1' })

async function run(...words: string[]) {
  const said = { out: '', err: '' }
  const code = await command(words, {
    env: { FIRSTPASS_URL: url, FIRSTPASS_TOKEN: adminToken, FIRSTPASS_ACTOR: 'Ana' },
    stdin: Readable.from(['']),
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
  })
  return { code, ...said }
}
const secretIn = (text: string) => text.match(/^fpt_\S{43}$/m)?.[0] ?? ''
const opens = async (token: string) => (await ask('GET', '/api/v1/procedures', { token })).status

test('a token is made, listed without its secret, rotated with a grace, revoked with a reason', async () => {
  const made = await run('tokens', 'create', 'CI of FCT', '--scope', 'read', '--scope', 'deploy')
  expect(made).toMatchObject({ code: 0, err: '' })
  const first = secretIn(made.out)
  expect(await opens(first)).toBe(200)

  const listed = await run('tokens', 'list')
  expect(listed.out).toContain(`CI of FCT  [read, deploy]  in use  ${first.slice(0, 10)}`)
  expect(listed.out).not.toContain(first)

  const rotated = await run('tokens', 'rotate', 'ci of fct', '--grace-minutes', '0')
  const second = secretIn(rotated.out)
  expect([await opens(first), await opens(second)]).toEqual([401, 200])

  const revoked = await run('tokens', 'revoke', 'CI of FCT', '--reason', 'no longer used')
  expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining('revoked') })
  expect(await opens(second)).toBe(401)
})

test('what is missing or wrong is said', async () => {
  expect(await run('tokens', 'create', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--scope'),
  })
  expect(await run('tokens', 'create', 'x', '--scope', 'all')).toMatchObject({
    code: 2,
    err: expect.stringContaining('configure, admin, got "all"'),
  })
  expect(await run('tokens', 'revoke', 'nobody', '--reason', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no token "nobody"'),
  })
  expect(await run('tokens', 'rotate', 'x', '--grace-minutes', 'an hour')).toMatchObject({ code: 2 })
})
