// What firstpass login keeps, for whom, and which of it a command takes.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ranCommand } from '../support/ran-command.ts'

const home = mkdtempSync(join(tmpdir(), 'firstpass-config-'))
const file = join(home, 'firstpass', 'config.json')
/** Answers as the list of procedures does, to those who have the token. */
const service = createServer(({ headers }, reply) => {
  const isKnown = headers.authorization === 'Bearer fpt_lyon'
  const body = isKnown ? { data: [] } : { code: 'unauthorized', message: 'Expected an API token.' }
  reply.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
})
afterAll(() => {
  service.close()
  rmSync(home, { recursive: true })
})
beforeEach(() => rmSync(join(home, 'firstpass'), { recursive: true, force: true }))

const run = (words: string[], more: { env?: Record<string, string>; input?: string } = {}) =>
  ranCommand(words, { env: { XDG_CONFIG_HOME: home, ...more.env }, input: more.input ?? '' })
const logIn = (...words: string[]) => run(['login', ...words, '--url', url], { input: 'fpt_lyon\n' })

describe('firstpass login', () => {
  test('keeps the address and the token for its owner alone, and commands take them', async () => {
    expect(await logIn()).toMatchObject({ code: 0, err: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const kept = JSON.parse(readFileSync(file, 'utf8'))
    expect(kept).toEqual({ current: 'default', profiles: { default: { url, token: 'fpt_lyon' } } })
    const listed = await run(['deploy', 'list', '-p', 'FCT'])
    expect(listed).toMatchObject({ code: 2, err: expect.stringContaining('no procedure is called "FCT"') })
  })

  test('keeps nothing that opens nothing', async () => {
    const refused = await run(['login', '--url', url], { input: 'fpt_wrong' })
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Expected an API token') })
    expect(existsSync(file)).toBe(false)
    expect(await run(['login', '--url', url])).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected the token on the standard input'),
    })
  })
})

describe('a profile', () => {
  test('is taken by its name, put in use, listed without its token, and forgotten', async () => {
    await logIn('lyon')
    await logIn('graz')
    const shown = await run(['config', 'show'])
    expect(shown.out).toContain(`*  graz  ${url}`)
    expect(shown.out).toContain('fpt_lyon…')
    await run(['config', 'use', 'lyon'])
    expect((await run(['config', 'show'])).out).toContain('*  lyon')
    expect(await run(['deploy', 'list', '-p', 'x', '--profile', 'wien'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('There are: lyon, graz'),
    })
    await run(['logout', 'lyon'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      current: null,
      profiles: { graz: { url } },
    })
  })

  test('that others may read is refused, and the error says what to do', async () => {
    await logIn()
    chmodSync(file, 0o644)
    expect(await run(['deploy', 'list', '-p', 'FCT'])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`expected mode 600, got 644. Run chmod 600 ${file}`),
    })
  })

  test('gives its token to no other address, and is not asked where the environment has one', async () => {
    await logIn()
    expect(await run(['deploy', 'list', '-p', 'x', '--url', 'http://127.0.0.1:1'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected the token of http://127.0.0.1:1'),
    })
    const env = { FIRSTPASS_URL: url, FIRSTPASS_TOKEN: 'fpt_wrong' }
    expect(await run(['deploy', 'list', '-p', 'x'], { env })).toMatchObject({ code: 1 })
  })
})
