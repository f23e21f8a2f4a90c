// A database of a test's own, on the engine that its project runs on.
import { randomBytes } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import postgres from 'postgres'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../db/client.ts'
import { scratchFolder } from './scratch-folder.ts'

export type Where = { directory: string } | { url: string }
export type TestDatabase = {
  where: Where
  /** Opens it as the service does. Whoever opens it closes it before `drop`. */
  open(): Promise<Database>
  drop(): Promise<void>
}

export function testEngine(): 'pglite' | 'postgres' {
  return inject('postgres') ? 'postgres' : 'pglite'
}

/** A fresh one; `migrated` unless an empty one is asked for. */
export async function testDatabase(from: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const server = inject('postgres')
  if (server) return onServer(server, from)
  const template = inject('pgliteTemplate')
  if (template) return inDirectory(template, from)
  throw new Error('this project has no database: it belongs to pglite, postgres or journeys')
}

/** The settings by which the service opens it. */
export function databaseSettings(where: Where): Record<string, string> {
  return 'url' in where ? { DATABASE_URL: where.url } : { DATA_DIR: where.directory }
}

async function onServer(
  server: { url: string; template: string },
  from: 'migrated' | 'empty',
): Promise<TestDatabase> {
  const name = `firstpass_test_${randomBytes(8).toString('hex')}`
  await asAdmin(
    server.url,
    `create database ${name}${from === 'migrated' ? ` template ${server.template}` : ''}`,
  )
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const where = { url: url.href }
  return {
    where,
    open: () => openDatabase(where),
    drop: () => asAdmin(server.url, `drop database if exists ${name} with (force)`),
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await admin.unsafe(statement)
  } finally {
    await admin.end()
  }
}

async function inDirectory(template: string, from: 'migrated' | 'empty'): Promise<TestDatabase> {
  const where = { directory: scratchFolder('firstpass-test-') }
  if (from === 'migrated') cpSync(template, where.directory, { recursive: true })
  return {
    where,
    open: () => openDatabase(where),
    drop: async () => rmSync(where.directory, { recursive: true, force: true }),
  }
}
