// The demo's data directory: emptied only when the demo itself made it, and with what a later start must know.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const named = z.object({ id: z.string(), version: z.string() })

const demoRecord = z.object({
  /** Counts the starts: serial numbers of one never meet those of another. */
  generation: z.int(),
  seed: z.int(),
  /** The factory's time when it was last seen; it goes on from there, for it was ahead of the real one. */
  clock: z.number(),
  adminToken: z.string(),
  linkSecret: z.string(),
  setUp: z
    .object({
      procedureId: z.string(),
      base: named,
      candidate: named,
      stations: z.array(z.object({ id: z.string(), name: z.string(), key: z.string() })),
    })
    .nullable(),
})
export type DemoRecord = z.infer<typeof demoRecord>

const recordName = 'demo.json'

/** The record to go on from. Throws when the directory holds anything that the demo did not make. */
export async function openDataDirectory(
  path: string,
  options: { empty: boolean; seed: number; now: number },
): Promise<DemoRecord> {
  const earlier = await readRecord(path)
  if (options.empty || earlier?.setUp == null) await rm(path, { recursive: true, force: true })
  const record: DemoRecord =
    !options.empty && earlier?.setUp != null
      ? {
          ...earlier,
          generation: earlier.generation + 1,
          clock: Math.max(earlier.clock, options.now),
        }
      : {
          generation: 1,
          seed: options.seed,
          clock: options.now,
          adminToken: randomBytes(24).toString('hex'),
          linkSecret: randomBytes(32).toString('hex'),
          setUp: null,
        }
  await mkdir(path, { recursive: true })
  await saveRecord(path, record)
  return record
}

/** Written beside and then renamed, so that a crash leaves the former one; for its owner's eyes only. */
export async function saveRecord(path: string, record: DemoRecord): Promise<void> {
  const file = join(path, recordName)
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

/** Null when the directory is absent or empty. */
async function readRecord(path: string): Promise<DemoRecord | null> {
  if (!existsSync(path)) return null
  const text = await readFile(join(path, recordName), 'utf8').catch(() => null)
  if (text !== null) {
    const parsed = demoRecord.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } else if ((await readdir(path)).length === 0) return null
  throw new Error(
    `${path} holds files that this demo did not make. Remove them yourself, or choose another directory with --data.`,
  )
}
