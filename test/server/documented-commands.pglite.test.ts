// Every command that the documents show is run as it stands there, against a service that listens; what a test cannot run
// names the test that does.
import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ranCommand } from '../support/ran-command.ts'
import { type ShellBlock, shellBlocks } from '../support/shell-blocks.ts'
import { bareStages, testLine } from '../support/test-line.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

/** Blocks that are run elsewhere, by how they begin. */
const elsewhere: Record<string, string> = {
  'npm ci && npm run demo': 'test/journeys/demo-command.test.ts',
  'npm run demo -- --scenario': 'test/journeys/demo-command.test.ts',
  'npm run audit:verify': 'test/server/audit-verify.test.ts',
  'source <(firstpass completion': 'test/cli/completion.test.ts',
  'docker compose': 'test/ops/packaging.test.ts',
  'curl -sS -X PUT $URL/api/v1/procedures/$PROCEDURE/tofupilot': 'test/server/tofupilot-backend.test.ts',
  pg_dump: 'test/server/restore.test.ts',
}

const files = ['README.md', ...globSync('docs/*.md').sort()]
const blocks = files.flatMap(shellBlocks)
const runHere = blocks.filter(({ script }) => testOf(script) === undefined)

const service = await openTestService({ webhookAllow: ['127.0.0.1'] })
const url = await service.app.listen({ port: 0, host: '127.0.0.1' })
const line = await testLine(service, { name: 'FCT' })
const day = 86_400_000
// What a replay replays: twenty days of every station on the build that is active.
await line.runs(
  line.benches.flatMap((station) =>
    Array.from({ length: 200 }, (_, index) => ({
      station,
      deployment: line.base,
      start: (index / 10 - 20.1) * day,
      outcome: index % 25 === 0 ? 'FAIL' : 'PASS',
    })),
  ),
)
const folder = mkdtempSync(join(tmpdir(), 'firstpass-documents-'))
const runner = Fastify()
// Starting a process for each takes a second: the shell's command hands its words to this one.
runner.post('/', async ({ body }) => {
  const { words, env, input } = body as { words: string[]; env: Record<string, string>; input: string }
  return ranCommand(words, { env, input })
})
runner.post('/heard/*', async () => ({}))
const runnerUrl = await runner.listen({ port: 0, host: '127.0.0.1' })
afterAll(async () => {
  await runner.close()
  rmSync(folder, { recursive: true })
})
const bin = join(folder, 'bin')
mkdirSync(bin)
shim('firstpass', 'process.argv.slice(2)')
shim('npx', "process.argv[2] === 'firstpass' ? process.argv.slice(3) : null")
shim('npm', "process.argv.slice(2, 5).join(' ') === 'run firstpass --' ? process.argv.slice(5) : null")
writeFileSync(join(folder, 'token.txt'), `${adminToken}\n`)
writeFileSync(join(folder, 'fct.tar.gz'), 'a build')
writeFileSync(join(folder, 'answers.json'), '')
const hasCurl = has('curl')

test('every block is run here or by a test that there is', () => {
  expect(blocks.length).toBeGreaterThan(15)
  for (const { script } of blocks) {
    const other = testOf(script)
    if (other !== undefined) expect(existsSync(other), `${other}, which runs ${script}`).toBe(true)
  }
})

describe.each(files.filter((file) => runHere.some((block) => block.file === file)))(
  'the commands of %s',
  (file) => {
    const own = runHere.filter((block) => block.file === file)
    test.skipIf(!hasCurl && own.some(({ script }) => /\bcurl\b/.test(script)))(
      'do what they say (those with curl only where it is)',
      async () => {
        for (const block of own) {
          if (/rollout (status|why)/.test(block.script)) await line.start({ stages: bareStages })
          const { code, out, err } = await inShell(block)
          // A wait that is cut short: the rollout goes on. It tells of its progress there, as a replay does.
          const isWait = /--wait\b/.test(block.script)
          const said = isWait || block.script.includes('firstpass replay') ? '' : err
          const asExpected = { code: isWait ? 5 : 0, said: '' }
          expect({ code, said }, `${file}:${block.line} ${err} ${out}`).toEqual(asExpected)
          expect(out).not.toMatch(/"code":\s*"(invalid|not_found|not_allowed|unauthorized|stale|not_now)"/)
          await over()
        }
      },
    )
  },
)

describe.each(['examples/ci/github-actions.yml', 'examples/ci/gitlab-ci.yml'])('the recipe %s', (file) => {
  test('registers the build, starts its rollout and follows it', async () => {
    const text = readFileSync(file, 'utf8')
    const { jobs, rollout } = parse(text)
    const commands: string[] = (
      jobs ? jobs.rollout.steps.map(({ run }: { run?: string }) => run) : rollout.script
    ).filter((each?: string) => each?.startsWith('firstpass '))
    expect(commands).toHaveLength(2)
    const script = commands.join('\n')
    const sha = 'c0ffee0000000000000000000000000000c0ff'.padEnd(40, file.includes('git') ? '1' : '2')
    const { code, out, err } = await inShell(
      { file, line: 0, script },
      {
        ...{
          FIRSTPASS_PROCEDURE: 'FCT',
          ARTIFACT: `https://builds.example/${sha}.tar.gz`,
          MESSAGE: 'tightened VCC',
        },
        ...{ GITHUB_SHA: sha, GITHUB_ACTOR: 'ana', GITHUB_REF_NAME: 'main', GITHUB_RUN_ID: '4711' },
        ...{
          CI_COMMIT_SHA: sha,
          CI_COMMIT_TITLE: 'tightened VCC',
          CI_COMMIT_BRANCH: 'main',
          CI_PIPELINE_ID: '4712',
        },
        GITLAB_USER_NAME: 'ana',
      },
    )
    expect(code, err).toBe(5)
    expect(out).toContain('is registered')
    await over()
  })
})

function testOf(script: string): string | undefined {
  return Object.entries(elsewhere).find(([begin]) => script.startsWith(begin))?.[1]
}

/** As a person would who has put their own address, token and ids in the place of the examples. */
function inShell(block: ShellBlock, more: Record<string, string> = {}) {
  const script = block.script
    .replace(/https:\/\/firstpass\.example(\.com)?|http:\/\/127\.0\.0\.1:3000/g, url)
    .replace(/FIRSTPASS_TOKEN=\S+/g, `FIRSTPASS_TOKEN=${adminToken}`)
    .replace(/https:\/\/…/g, 'https://builds.test/fct.tar.gz')
    .replace(/https:\/\/mes\.example\.com/g, `${runnerUrl}/heard`)
    .replace(/--artifact-file \S*fct\.tar\.gz/g, `--artifact-file ${join(folder, 'fct.tar.gz')}`)
    .replace(/--timeout \d+h/g, '--timeout 1s')
    .replace(/--only-procedure \S+…/g, `--only-procedure ${line.procedure}`)
    .replace(
      /"deployment_id": "…"/g,
      `"deployment_id": "'"$(sed -n 's/.*"id": *"\\([^"]*\\)".*/\\1/p' last.json | head -1)"'"`,
    )
  // An answer of an error would be printed and pass for done.
  const curl = `curl() { command curl -sS --fail-with-body "$@" | tee last.json; cat last.json >> answers.json; }
own=$(sed -n 's/.*"key": *"\\(fps_[^"]*\\)".*/\\1/p' answers.json 2> /dev/null | tail -1)
KEY=\${own:-$KEY}`
  return new Promise<{ code: number; out: string; err: string }>((done) =>
    execFile(
      'bash',
      ['--norc', '-eo', 'pipefail', '-c', `${curl}\n${script}`],
      {
        cwd: folder,
        env: {
          PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`,
          XDG_CONFIG_HOME: join(folder, 'config'),
          RUNNER: runnerUrl,
          ...{ FIRSTPASS_URL: url, FIRSTPASS_TOKEN: adminToken, FIRSTPASS_ACTOR: 'Ana' },
          ...{ ADMIN_TOKEN: adminToken, TOKEN: adminToken, KEY: line.bench(0).key, URL: url },
          ...{ PROCEDURE: line.procedure, PROCEDURE_ID: line.procedure },
          ...{ VERSION: '2.5.0', CI_COMMIT_TITLE: 'tightened VCC', CI_PIPELINE_ID: '17' },
          ...more,
        },
      },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
    ).stdin?.end(),
  )
}

/** The next block begins without a live rollout, and without the token that others show too. */
async function over(): Promise<void> {
  const tokens = (await service.ask('GET', '/api/v1/tokens')).body.data
  for (const { id } of tokens.filter((token: { revoked_at: string | null }) => token.revoked_at === null))
    await service.ask('POST', `/api/v1/tokens/${id}/revoke`, { body: { reason: 'made by an example' } })
  const { data } = (await service.ask('GET', '/api/v1/rollouts?live=true')).body
  for (const { id } of data) {
    const ended = await service.ask('POST', `/api/v1/rollouts/${id}/abort`, {
      body: { reason: 'seen enough' },
    })
    expect(ended.status).toBe(200)
  }
}

function shim(name: string, words: string): void {
  const file = join(bin, name)
  writeFileSync(
    file,
    `#!${process.execPath}
const { readFileSync } = require('node:fs')
const words = ${words}
if (words === null) throw new Error('expected firstpass, got ' + process.argv.slice(2).join(' '))
fetch(process.env.RUNNER, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ words, env: process.env, input: process.stdin.isTTY ? '' : readFileSync(0, 'utf8') }),
})
  .then((reply) => reply.json())
  .then(({ code, out, err }) => {
    process.stdout.write(out)
    process.stderr.write(err)
    process.exitCode = code
  })
`,
  )
  chmodSync(file, 0o755)
}

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
