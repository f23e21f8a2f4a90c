// The demo as a process of its own, with a factory that starts from nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../factory/free-port.ts'
import type { ScenarioName } from '../factory/scenario.ts'

export type RunningDemo = { slack: string; stop(): Promise<void> }

/** @throws with what it said when it ends before it runs. */
export async function runningDemo(scenario: ScenarioName, stations: number): Promise<RunningDemo> {
  const directory = await mkdtemp(join(tmpdir(), 'firstpass-pictures-'))
  const [port, slackPort] = [await freePort(), await freePort()]
  const flags = {
    scenario,
    stations,
    speed: 120,
    port,
    'slack-port': slackPort,
    data: join(directory, 'data'),
  }
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      'demo/main.ts',
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let said = ''
  const running = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Firstpass is running')) running.resolve()
    })
  child.once('exit', (code) => running.reject(new Error(`the demo ended with ${code}:\n${said}`)))
  await running.promise
  return {
    slack: `http://127.0.0.1:${slackPort}/`,
    async stop() {
      child.kill('SIGINT')
      await once(child, 'exit')
      await rm(directory, { recursive: true, force: true })
    },
  }
}
