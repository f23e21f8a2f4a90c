// A copy of a test's database as docs/operation.md makes one: by pg_dump and pg_restore, or of the stopped data directory.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { scratchFolder } from './scratch-folder.ts'
import type { TestDatabase, Where } from './test-database.ts'
import { testDatabase } from './test-database.ts'

export type DatabaseCopy = { by: string; where: Where; drop(): Promise<void> }

/** @param stop the service that has it: a data directory is copied while nothing runs on it. */
export async function databaseCopy(of: TestDatabase, stop: () => Promise<void>): Promise<DatabaseCopy> {
  return 'url' in of.where ? dumped(of.where.url) : copied(of.where.directory, stop)
}

async function copied(directory: string, stop: () => Promise<void>): Promise<DatabaseCopy> {
  await stop()
  const copy = scratchFolder('firstpass-copy-')
  cpSync(directory, copy, { recursive: true })
  const drop = async () => rmSync(copy, { recursive: true, force: true })
  return { by: 'a copy of the stopped directory', where: { directory: copy }, drop }
}

/** pg_dump refuses a server that is newer than itself: there PostgreSQL's own copy of a database stands in for it. */
async function dumped(url: string): Promise<DatabaseCopy> {
  const empty = await testDatabase('empty')
  if (!('url' in empty.where)) throw new Error('expected an empty database on the same server')
  const to = { where: empty.where, drop: empty.drop }
  if (dumpVersion() >= (await serverVersion(url))) {
    const file = join(scratchFolder('firstpass-dump-'), 'firstpass.dump')
    execFileSync('pg_dump', ['--format=custom', `--file=${file}`, url])
    execFileSync('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${empty.where.url}`, file])
    rmSync(file)
    return { by: 'pg_dump and pg_restore', ...to }
  }
  await empty.drop()
  const admin = new URL(url)
  const [from, name] = [admin.pathname.slice(1), new URL(empty.where.url).pathname.slice(1)]
  admin.pathname = '/postgres'
  const client = postgres(admin.href, { max: 1, onnotice: () => {} })
  await client`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${from}`
  await client.unsafe(`create database ${name} template ${from}`)
  await client.end()
  return { by: 'a copy by the server', ...to }
}

/** Major; 0: there is none. */
function dumpVersion(): number {
  try {
    const said = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' })
    return Number(/ (\d+)\./.exec(said)?.[1] ?? 0)
  } catch {
    return 0
  }
}

async function serverVersion(url: string): Promise<number> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  const [found] = await client`select current_setting('server_version_num')::int / 10000 as major`
  await client.end()
  return found?.major
}
