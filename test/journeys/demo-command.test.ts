// The demo as a person starts it from a terminal: its addresses, its end, and what it says when it cannot start.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../demo/factory/free-port.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { until } from './support/until.ts'

test('the demo says where it is, and Ctrl-C ends it with nothing left behind', async () => {
  const [port, slackPort] = [await freePort(), await freePort()]
  const data = temporary()
  const words = ['--port', port, '--slack-port', slackPort, '--data', data, '--stations', 4, '--speed', 60]
  for (const start of ['first', 'second'] as const) {
    const demo = npmRunDemo(...words)
    await until(
      `the ${start} start is up`,
      () => demo.said().includes('Firstpass is running.') || demo.hasEnded(),
      {
        ms: 60_000,
        instead: demo.said,
      },
    )
    expect(demo.said()).toContain(`http://127.0.0.1:${port}`)
    expect(demo.said()).toContain(`http://127.0.0.1:${slackPort}`)
    expect(demo.said()).toContain('/rollout start PCBA-FCT 2.4.1')
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${slackPort}/`)).status).toBe(200)

    expect(await demo.interrupted()).toBe(0)
    expect(demo.said()).toContain('Stopping.')
    await expectFree(port)
    await expectFree(slackPort)
    const [lock = 'none'] = readdirSync(join(data, 'database')).filter((name) =>
      name.startsWith('firstpass.lock'),
    )
    expect(JSON.parse(readFileSync(join(data, 'database', lock), 'utf8'))).toMatchObject({ pid: 0 })
  }
})

test('a port that is taken is named, with the flag that chooses another', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(async () => {
    taken.close()
    await once(taken, 'close')
  })
  const address = taken.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  for (const [flag, other] of [
    ['--port', '--slack-port'],
    ['--slack-port', '--port'],
  ] as const) {
    const demo = npmRunDemo(flag, port, other, await freePort(), '--data', temporary())
    expect(await demo.ended()).toBe(1)
    expect(demo.said()).toContain(`Port ${port} is taken. Choose another one with ${flag}`)
  }
})

test('wrong words are told all at once', async () => {
  const demo = npmRunDemo('--scenario', 'sunny', '--stations', 'many', '--speed', 0, '--fast', 'please')
  expect(await demo.ended()).toBe(2)
  for (const fault of [
    '--scenario: expected healthy, regression, broken, slow, silent, escape, bad-station, new-failure, other-product, blind, drops, approvals, stuck-station, limits, got "sunny"',
    '--stations: expected a whole number from 2 to 500, got "many"',
    '--speed: expected a whole number from 1 to 600, got "0"',
    '--fast: not known here',
    'please: not known here',
  ])
    expect(demo.said()).toContain(fault)
})

/** What `npm run demo -- …` starts: npm itself answers a Ctrl-C with a signal and hides the exit code. */
function npmRunDemo(...words: (string | number)[]) {
  const [program, ...given] = packageJson.scripts.demo.split(' ')
  expect(program).toBe('node')
  const child: ChildProcess = spawn(process.execPath, [...given, ...words.map(String)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit')
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => said.push(String(part)))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const send = (signal: NodeJS.Signals) => {
    if (!hasEnded()) child.kill(signal)
  }
  onTestFinished(async () => {
    send('SIGKILL')
    await exit
  })
  return {
    said: () => said.join(''),
    hasEnded,
    async ended(): Promise<unknown> {
      const [code] = await exit
      return code
    },
    async interrupted(): Promise<unknown> {
      send('SIGINT')
      const [code] = await exit
      return code
    },
  }
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'firstpass-demo-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function expectFree(port: number): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1')
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}
