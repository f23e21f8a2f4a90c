// The embedded database's own thread: one PGlite, one command at a time, commits really on the disk.
// In the service's thread a long query would hold up every poll (p99 1.3 s against 34–57 ms measured here).
import fs from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, types } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

export type PgliteWorkerData = {
  /** null: in memory. */
  directory: string | null
  /** Null: this thread compiles them, and tells them. The main thread loads the service meanwhile. */
  modules: CompiledPglite | null
}
/** PostgreSQL and its initdb. */
export type CompiledPglite = { postgres: WebAssembly.Module; initdb: WebAssembly.Module }

export type PgliteRequest =
  | {
      id: number
      op: 'query'
      text: string
      values: unknown[]
      rowMode: 'array' | 'object'
      inTransaction: boolean
    }
  | { id: number; op: 'exec'; text: string; inTransaction: boolean }
  | { id: number; op: 'listen'; channel: string }
  | { id: number; op: 'syncs' }
  | { id: number; op: 'close' }

export type PgliteReply =
  | { id: number; result: unknown }
  | { id: number; error: { message: string; fields: Record<string, unknown> } }
  | { compiled: CompiledPglite }
  | { notification: { channel: string; payload: string } }

let syncs = 0

/** PGlite's file system ignores fsync; this one carries it through to the disk. */
class SyncingNodeFs extends NodeFS {
  override async init(pg: Parameters<NodeFS['init']>[0], options: Parameters<NodeFS['init']>[1]) {
    const { emscriptenOpts } = await super.init(pg, options)
    const preRun = emscriptenOpts.preRun ?? []
    return {
      emscriptenOpts: {
        ...emscriptenOpts,
        preRun: [
          ...(Array.isArray(preRun) ? preRun : [preRun]),
          (module: { NODEFS: { stream_ops: Record<string, unknown> } }) => {
            module.NODEFS.stream_ops.fsync = (stream: { nfd: number }) => {
              syncs += 1
              fs.fsyncSync(stream.nfd)
            }
          },
        ],
      },
    }
  }
}

// Times and intervals as the database writes them: drizzle reads them itself. Told once, since PGlite copies all its parsers
// for a query that brings its own: a sixth of a query's time.
const asText = (value: string) => value
const parsers = Object.fromEntries(
  [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE, 1231, 1115, 1185, 1187, 1182].map(
    (oid) => [oid, asText],
  ),
)

async function compilePglite(): Promise<CompiledPglite> {
  const folder = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  const compile = async (file: string) => WebAssembly.compile(await readFile(join(folder, file)))
  const [postgres, initdb] = await Promise.all([compile('pglite.wasm'), compile('initdb.wasm')])
  const compiled = { postgres, initdb }
  parentPort?.postMessage({ compiled } satisfies PgliteReply)
  return compiled
}

const { directory, modules: given }: PgliteWorkerData = workerData
const modules = given ?? (await compilePglite())
const usual = { parsers, pgliteWasmModule: modules.postgres, initdbWasmModule: modules.initdb }
const durableParameters = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F')
const database = directory
  ? new PGlite({
      ...usual,
      fs: new SyncingNodeFs(directory),
      startParams: [...durableParameters, '-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
    })
  : new PGlite(usual)

async function answer(request: PgliteRequest): Promise<unknown> {
  switch (request.op) {
    case 'query': {
      const { rows, affectedRows, fields } = await database.query(request.text, request.values, {
        rowMode: request.rowMode,
      })
      return { rows, affectedRows, fields }
    }
    case 'exec':
      return database.exec(request.text)
    case 'listen':
      await database.listen(request.channel, (payload) =>
        parentPort?.postMessage({
          notification: { channel: request.channel, payload },
        } satisfies PgliteReply),
      )
      return null
    case 'syncs':
      return syncs
    case 'close':
      await database.close()
      return null
  }
}

// Strictly one after another: a failed block outside a transaction is rolled back before anything else may run.
let tail: Promise<void> = database.waitReady
parentPort?.on('message', (request: PgliteRequest) => {
  tail = tail.then(async () => {
    try {
      parentPort?.postMessage({ id: request.id, result: await answer(request) } satisfies PgliteReply)
    } catch (error) {
      if ('inTransaction' in request && !request.inTransaction)
        await database.exec('ROLLBACK').catch(() => {})
      const message = error instanceof Error ? error.message : String(error)
      const fields = Object.fromEntries(
        Object.entries(error ?? {}).filter(([, value]) => typeof value === 'string'),
      )
      parentPort?.postMessage({ id: request.id, error: { message, fields } } satisfies PgliteReply)
    }
  })
})
