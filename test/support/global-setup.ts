// Before a project's tests: its database engine, with a migrated database from which every test file copies its own.
import { rmSync } from 'node:fs'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../db/client.ts'
import { startPostgres } from './postgres-server.ts'
import { scratchFolder } from './scratch-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated data directory to copy; absent on PostgreSQL. */
    pgliteTemplate?: string
    /** The server's maintenance database, and the migrated database to copy; absent on PGlite. */
    postgres?: { url: string; template: string }
  }
}

/** @throws when the engine cannot be started: tests that need it must not pass unrun. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = project.config.env.FIRSTPASS_TEST_ENGINE
  if (engine === 'postgres') return setupPostgres(project)
  if (engine === 'pglite') return setupPglite(project)
  throw new Error(`FIRSTPASS_TEST_ENGINE: expected pglite or postgres, got ${JSON.stringify(engine)}`)
}

/** Copying a directory takes 80 ms, making one 3 s. */
async function setupPglite(project: TestProject): Promise<() => Promise<void>> {
  const directory = scratchFolder('firstpass-template-')
  const database = await openDatabase({ directory })
  await database.close()
  project.provide('pgliteTemplate', directory)
  return async () => rmSync(directory, { recursive: true, force: true })
}

async function setupPostgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given
    ? { url: given, stop: async () => {} }
    : await startPostgres(undefined, scratchFolder('firstpass-postgres-'))
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  const template = `firstpass_template_${process.pid}_${Date.now()}`
  const drop = () => admin.unsafe(`drop database if exists ${template} with (force)`)
  try {
    await admin.unsafe(`create database ${template}`)
    const database = await openDatabase({ url: databaseUrl(server.url, template) })
    await database.close()
  } catch (error) {
    await drop().catch(() => {})
    await admin.end()
    await server.stop()
    throw error
  }
  project.provide('postgres', { url: server.url, template })
  return async () => {
    if (given) await drop()
    await admin.end()
    await server.stop()
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
