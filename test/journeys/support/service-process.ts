// The service as a process of its own, which can be killed in the middle of its work and started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

export type ServiceProcess = {
  url: string
  /** Its exit code. */
  stop(): Promise<number | null>
  /** SIGKILL: it can finish nothing and say nothing. */
  kill(): Promise<unknown>
  said(): string
}

const programs = {
  /** As it is installed, on the real clock. */
  main: new URL('../../../server/main.ts', import.meta.url),
  /** On the clock of the journey. */
  fast: new URL('./run-firstpass.ts', import.meta.url),
}

export async function serviceProcess(
  program: keyof typeof programs,
  env: Record<string, string>,
): Promise<ServiceProcess> {
  const url = `http://${env.HOST}:${env.PORT}`
  const path = fileURLToPath(programs[program])
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(String(part)))
  await until('the service answers', () => hasEnded(child) || answers(url), { instead: () => said.join('') })
  if (hasEnded(child)) throw new Error(`the service ended at its start: ${said.join('')}`)
  return {
    url,
    kill: () => ended(child, 'SIGKILL'),
    stop: () => ended(child, 'SIGTERM'),
    said: () => said.join(''),
  }
}

/** Sends the signal, unless it has ended already, and waits for the end: its exit code, null when a signal ended it. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!hasEnded(child)) {
    const end = once(child, 'exit')
    child.kill(signal)
    await end
  }
  return child.exitCode
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function answers(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    (response) => response.ok,
    () => false,
  )
}
