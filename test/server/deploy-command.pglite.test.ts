// The command line against a service that listens: as a process of its own, and all that it says and does.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { text as all } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run as command } from '../../cli/run.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service
const url = await service.app.listen({ port: 0, host: '127.0.0.1' })
const folder = mkdtempSync(join(tmpdir(), 'firstpass-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let line: TestLine
beforeAll(async () => {
  line = await testLine(service, { stations: 1, name: 'Board FCT' })
  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { identifier: 'FCT' } })
})

type Ran = { code: number | null; out: string; err: string }
type With = { env?: Record<string, string>; input?: string }
const environment = (env: With['env']) => ({
  PATH: process.env.PATH,
  FIRSTPASS_URL: url,
  FIRSTPASS_TOKEN: adminToken,
  FIRSTPASS_ACTOR: 'Ana Žukauskaitė',
  // No repository is here, unless a test names one.
  GIT_DIR: folder,
  ...env,
})

/** As its process does, without the time that one takes to start. */
async function run(words: string[], { env, input = '' }: With = {}): Promise<Ran> {
  const said = { out: '', err: '' }
  const code = await command(words, {
    env: environment(env),
    stdin: Readable.from([input]),
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
  })
  return { code, ...said }
}

/** Where the machine's own programs are: npm puts the project's before them. */
const machines = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((each) => !each.includes('node_modules'))
  .join(delimiter)

async function started(program: string, words: string[]): Promise<Ran> {
  const child = spawn(program, words, { env: { ...environment({}), PATH: machines } })
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const [out, err, code] = await Promise.all([all(child.stdout), all(child.stderr), ended])
  return { code, out, err }
}
const commit = [
  '--commit',
  'a'.repeat(40),
  '--message',
  'Tighten VCC limits',
  '--author',
  'Ana',
  '--branch',
  'main',
]
const register = (...words: string[]) => run(['deploy', 'register', '-p', 'fct', ...commit, ...words])

describe('as a process of its own', () => {
  const file = resolve('cli/firstpass.js')
  const words = ['deploy', 'register', '-p', 'FCT', ...commit]

  test('prints what it did and ends with 0, with 1 when it is refused, with 2 when it is not understood', async () => {
    const version = ['--version', '1.0.0']
    const done = await started(process.execPath, [file, ...words, ...version])
    expect(done).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Board FCT 1\.0\.0 is registered: production, ready, [0-9a-f-]{36}\n$/),
      err: '',
    })
    const other = await started(process.execPath, [file, ...words, ...version, '--commit', 'b'.repeat(40)])
    expect(other).toMatchObject({ code: 1, out: '', err: expect.stringContaining('already has a build') })
    const wrong = await started(process.execPath, [file, ...words, '--versoin', '1'])
    expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringContaining('versoin') })
  })

  test('runs on the Node that the project pins, whatever Node it is called by', async () => {
    const called = await started('node', [file, ...words, '--version', '1.0.1'])
    expect(called).toMatchObject({ code: 0, err: '' })
  })
})

describe('firstpass deploy register', () => {
  test('registers a build with all that is said of it, by whoever runs it; again it is the same one', async () => {
    const artifact = join(folder, 'fct.tar.gz')
    writeFileSync(artifact, 'the artifact')
    const words = [
      ...[
        '--version',
        '2.5.0',
        '--artifact-url',
        'https://builds.test/fct.tar.gz',
        '--artifact-file',
        artifact,
      ],
      ...['--label', 'power', '--label', 'limits', '--expectation', 'VCC tightened'],
      ...['--expected-yield-change=-0.8 points', '--json'],
    ]
    const first = await register(...words)
    expect(first).toMatchObject({ code: 0, err: '' })
    const build = JSON.parse(first.out)
    expect(build).toMatchObject({
      version: '2.5.0',
      status: 'ready',
      environment: 'production',
      source: 'command line',
      commit: { sha: 'a'.repeat(40), message: 'Tighten VCC limits', author: 'Ana', branch: 'main' },
      artifact_sha256: createHash('sha256').update('the artifact').digest('hex'),
      artifact_metadata: { file: 'fct.tar.gz', size: 12 },
      labels: ['power', 'limits'],
      expectation: 'VCC tightened',
      expected_yield_change: -0.008,
    })
    const { status_changes } = (await ask('GET', `/api/v1/deployments/${build.id}`)).body
    expect(status_changes).toMatchObject([{ by: { name: 'Ana Zukauskaite', door: 'command line' } }])
    const again = await register(...words)
    expect([again.code, JSON.parse(again.out).id]).toEqual([0, build.id])
  })

  test('takes the commit from git where it runs in a checkout', async () => {
    const checkout = join(folder, 'checkout')
    const git = (...words: string[]) => execFileSync('git', words, { stdio: 'ignore' })
    git('init', '--initial-branch', 'release/2', checkout)
    const by = ['-c', 'user.name=Ana Žukauskaitė', '-c', 'user.email=ana@acme.example']
    git('-C', checkout, ...by, 'commit', '--allow-empty', '--message', 'Tighten VCC limits\n\nBy 2 %.')
    const env = { GIT_DIR: join(checkout, '.git') }
    const made = await run(['deploy', 'register', '-p', 'Board FCT', '--json'], { env })
    expect(made).toMatchObject({ code: 0, err: '' })
    const { commit, version } = JSON.parse(made.out)
    expect(commit).toEqual({
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      message: 'Tighten VCC limits\n\nBy 2 %.',
      author: 'Ana Žukauskaitė',
      branch: 'release/2',
    })
    expect(version).toBe(`release/2@${commit.sha.slice(0, 7)}`)
  })

  test('says the service’s own no, with exit code 1, as text and as JSON', async () => {
    await register('--version', '3.0.0')
    const other = ['--version', '3.0.0', '--commit', 'b'.repeat(40)]
    expect(await register(...other)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('already has a build "3.0.0", of commit'),
    })
    const asJson = await register(...other, '--json')
    expect([asJson.code, JSON.parse(asJson.err)]).toEqual([
      1,
      expect.objectContaining({ code: 'taken', id: expect.any(String) }),
    ])
  })

  test.each([
    [
      'a word for no environment',
      ['--version', '1', '--environment', 'prod'],
      'expected production, preview, development, got "prod"',
    ],
    ['points for a share', ['--version', '1', '--expected-yield-change=-0.8'], 'would be -80 points'],
    ['a file that is not there', ['--version', '1', '--artifact-file', 'gone.tar.gz'], '--artifact-file'],
  ])('%s is not understood: exit code 2, and nothing is registered', async (_what, words, said) => {
    const before = service.jobs.length
    expect(await register(...words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) })
    expect(service.jobs).toHaveLength(before)
  })

  test('names what is missing: the commit outside a checkout, the procedure, the token', async () => {
    const bare = await run(['deploy', 'register', '-p', 'FCT', '--version', '1'])
    expect(bare).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected --commit, --message, --author'),
    })
    const nobody = await run(['deploy', 'register', '-p', 'nobody', '--version', '1', ...commit])
    expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('There are: Board FCT') })
    const locked = await run(['deploy', 'list', '-p', 'FCT'], { env: { FIRSTPASS_TOKEN: '' } })
    expect(locked).toMatchObject({ code: 2, err: expect.stringContaining('FIRSTPASS_TOKEN') })
    const wrong = await run(['deploy', 'list', '-p', 'FCT', '--token', 'wrong'])
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Expected an API token') })
    const away = await run(['deploy', 'list', '-p', 'FCT', '--url', 'http://127.0.0.1:1'])
    expect(away).toMatchObject({
      code: 1,
      err: expect.stringContaining('was not reached at http://127.0.0.1:1'),
    })
  })
})

describe('the other commands', () => {
  test('a build goes its way: building, a log, failed, built again, promoted, listed', async () => {
    const of = ['--procedure', 'FCT']
    await register('--version', '4.0.0', '--environment', 'preview', '--status', 'building', '--label', 'way')
    expect(
      await run(['deploy', 'log', '4.0.0', ...of, '--file', '-'], { input: 'compiling\n\nlinking\n' }),
    ).toMatchObject({
      code: 0,
      out: 'added 2 lines\n',
    })
    await run(['deploy', 'log', '4.0.0', ...of, '--level', 'error', 'flash', 'tool', 'crashed'])
    const shown = await run(['deploy', 'log', '4.0.0', ...of])
    expect(shown.out.split('\n').map((row) => row.slice(25))).toEqual([
      'info    compiling',
      'info    linking',
      'error   flash tool crashed',
      '',
    ])
    expect(await run(['deploy', 'status', '4.0.0', 'failed', ...of])).toMatchObject({
      code: 1,
      err: expect.stringContaining('needs a reason'),
    })
    await run(['deploy', 'status', '4.0.0', 'failed', ...of, '--reason', 'the flash tool crashed'])
    const refused = await run(['deploy', 'promote', '4.0.0', ...of, '--reason', 'good'])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('failed') })
    await run(['deploy', 'status', '4.0.0', 'ready', ...of])
    const promoted = await run(['deploy', 'promote', '4.0.0', ...of, '--reason', 'ran on the bench'])
    expect(promoted).toMatchObject({ code: 0, out: '4.0.0 is a production build now: ready\n' })
    const status = await run(['deploy', 'status', '4.0.0', ...of])
    expect(status.out).toContain('4.0.0, production, ready')
    expect(status.out).toContain('from preview by Ana Zukauskaite: ran on the bench')
    const listed = await run(['deploy', 'list', ...of, '--label', 'way', '--status', 'ready'])
    expect(listed.out).toMatch(/^4\.0\.0 {2}production {2}ready .* Tighten VCC limits\n$/)
  })

  test('help says what there is, with exit code 0; a word that is no command ends with 2', async () => {
    for (const words of [['--help'], ['deploy'], []]) {
      const help = await run(words)
      expect(help).toMatchObject({ code: 0, out: expect.stringContaining('deploy register') })
    }
    const one = await run(['deploy', 'register', '--help'], { env: { FIRSTPASS_TOKEN: '' } })
    expect(one).toMatchObject({ code: 0, out: expect.stringContaining('--artifact-file FILE') })
    expect(await run(['deploy', 'away'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no command'),
    })
  })
})
