// A server as a process of its own: started, asked until it answers, watched for what it takes of the machine.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export type ChildServer = {
  url: string
  pid: number
  /** From its spawning to its first answer. */
  startMs: number
  stop(): Promise<void>
  /** SIGKILL: it can finish nothing. */
  kill(): Promise<void>
  said(): string
}

/** On a machine that many share a start takes minutes: six seconds of processor time. */
const patienceMs = 300_000

/**
 * @param options.url where it will listen; `ready` the path whose first answer below 400 says that it serves.
 * @throws with what it said when it ends before, or does not answer in time.
 */
export async function childServer(options: {
  file: string
  env: Record<string, string>
  url: string
  ready: string
  directory?: string
}): Promise<ChildServer> {
  const spawned = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', options.file], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
  })
  // However the bench ends: nobody else would.
  const killNow = () => void child.kill('SIGKILL')
  process.once('exit', killNow)
  child.once('exit', () => process.removeListener('exit', killNow))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      said = `${said}${part}`.slice(-4000)
    })
  const answered = await untilAnswers(child, `${options.url}${options.ready}`)
  if (!answered) {
    await ended(child, 'SIGKILL')
    throw new Error(`${options.file} did not begin to serve: ${said.slice(-1500) || 'it said nothing'}`)
  }
  return {
    url: options.url,
    pid: child.pid ?? 0,
    startMs: performance.now() - spawned,
    stop: () => ended(child, 'SIGTERM'),
    kill: () => ended(child, 'SIGKILL'),
    said: () => said,
  }
}

/** Seconds of processor time that a process has used, all its threads together. Null where the kernel does not tell it. */
export function processorSeconds(pid: number): number | null {
  const fields = statOf(pid)
  return fields === null ? null : (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory in kilobytes. Null where the kernel does not tell it. */
export function residentKb(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Number(found[1]) : null
  } catch {
    return null
  }
}

/** On every Linux that Node runs on. */
const ticksPerSecond = 100

function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

async function untilAnswers(child: ChildProcess, url: string): Promise<boolean> {
  const from = performance.now()
  while (child.exitCode === null && child.signalCode === null && performance.now() - from < patienceMs) {
    if (
      await fetch(url)
        .then(({ status }) => status < 400)
        .catch(() => false)
    )
      return true
    await pause(10)
  }
  return false
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = once(child, 'exit')
  child.kill(signal)
  // Whoever does not end when asked to is made to.
  const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await end
  clearTimeout(impatience)
}
