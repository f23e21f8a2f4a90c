// What the machine can commit when there is nothing else to do: one small row after the other, by some connections at once.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'

const run = promisify(execFile)
const writers = 16
const body = 'x'.repeat(100)

/** pgbench comes with a PostgreSQL of the machine, not with the binaries that the project brings along. */
const hasPgbench = spawnSync('pgbench', ['--version'], { stdio: 'ignore' }).status === 0

export const commits = {
  by: hasPgbench ? 'pgbench, prepared INSERTs of 100 bytes' : 'prepared INSERTs of 100 bytes',
  note: hasPgbench
    ? `pgbench with ${writers} connections`
    : `pgbench is not on this machine: a loop of prepared one-row INSERTs, ${writers} connections, stands in for it`,
  /** @returns commits a second. */
  async perSecond(url: string, ms: number): Promise<number> {
    const sql = postgres(url, { max: writers, onnotice: () => {} })
    try {
      await sql`create table if not exists lone_rows (id bigint generated always as identity primary key, body text not null)`
      return await (hasPgbench ? byPgbench(url, ms) : byLoop(sql, ms))
    } finally {
      await sql.end()
    }
  },
}

async function byPgbench(url: string, ms: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'firstpass-pgbench-'))
  try {
    const script = join(folder, 'one-row.sql')
    writeFileSync(script, `insert into lone_rows (body) values ('${body}');\n`)
    const seconds = String(Math.max(1, Math.round(ms / 1000)))
    const words = ['--no-vacuum', '--protocol=prepared', '--client', String(writers), '--jobs', '2']
    const { stdout } = await run('pgbench', [...words, '--time', seconds, '--file', script, url])
    const [, perSecond] = /^tps = ([\d.]+)/m.exec(stdout) ?? []
    if (perSecond === undefined)
      throw new Error(`expected a line "tps = …" of pgbench, got ${stdout.slice(-500)}`)
    return Number(perSecond)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function byLoop(sql: postgres.Sql, ms: number): Promise<number> {
  const from = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() - from < ms) {
        await sql`insert into lone_rows (body) values (${body})`
        done += 1
      }
    }),
  )
  return done / ((performance.now() - from) / 1000)
}
