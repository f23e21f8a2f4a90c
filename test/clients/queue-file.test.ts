// The queue on disk: what a crash or a disk leaves behind of it is read back.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { openQueueFile, type QueueFile } from '../../clients/station/queue-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'firstpass-queue-'))
const path = join(folder, 'queue.jsonl')
const damaged: string[] = []
let open: QueueFile | null = null
afterEach(async () => {
  await open?.close()
  open = null
  damaged.length = 0
  rmSync(path, { force: true })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function queue(): Promise<QueueFile> {
  await open?.close()
  open = await openQueueFile(path, async (lines) => void damaged.push(...lines))
  return open
}
async function bodies(from: QueueFile): Promise<unknown[]> {
  const all = from.first({ count: 1000, bytes: 1e9 })
  return Promise.all(all.map(async (entry) => JSON.parse(await from.read(entry))))
}
const many = { count: 1000, bytes: 1e9 }

test('what was put is there after a restart, in its order, and what was settled is not', async () => {
  const one = await queue()
  await Promise.all([1, 2, 3, 4].map((serial) => one.put('run', JSON.stringify({ serial, text: 'µ\n' }))))
  const [first, second] = one.first(many)
  await one.settle(new Set([second?.number ?? 0]))
  expect(first?.number).toBe(1)
  const again = await queue()
  expect(await bodies(again)).toEqual([1, 3, 4].map((serial) => ({ serial, text: 'µ\n' })))
  await again.put('run', '{"serial":5}')
  expect((await bodies(await queue())).at(-1)).toEqual({ serial: 5 })
})

test('a last line that a crash has torn is cut off, and the next one stands on a line of its own', async () => {
  const one = await queue()
  await one.put('run', '{"serial":1}')
  appendFileSync(path, '{"n":2,"kind":"run","bo')
  const again = await queue()
  expect(await bodies(again)).toEqual([{ serial: 1 }])
  await again.put('run', '{"serial":2}')
  expect(await bodies(await queue())).toEqual([{ serial: 1 }, { serial: 2 }])
  expect(damaged).toEqual([])
})

test('a line that a disk has spoilt is handed out once, and holds up nothing', async () => {
  const one = await queue()
  for (const serial of [1, 2, 3]) await one.put('run', JSON.stringify({ serial }))
  writeFileSync(path, readFileSync(path, 'utf8').replace('"serial":2', '\0\0\0\0\0\0\0\0\0\0'))
  expect(await bodies(await queue())).toEqual([{ serial: 1 }, { serial: 3 }])
  expect(damaged).toHaveLength(1)
  expect(await bodies(await queue())).toEqual([{ serial: 1 }, { serial: 3 }])
  expect(damaged).toHaveLength(1)
})

test('a batch is of one kind, of so many reports, and of so many bytes but at least one', async () => {
  const one = await queue()
  for (const kind of ['run', 'run', 'run', 'pickup', 'run'] as const) await one.put(kind, '{"a":1}')
  const length = one.first({ count: 1, bytes: 1 })[0]?.length ?? 0
  expect(one.first(many)).toHaveLength(3)
  expect(one.first({ count: 2, bytes: 1e9 })).toHaveLength(2)
  expect(one.first({ count: 9, bytes: 2 * length })).toHaveLength(2)
  expect(one.first({ count: 9, bytes: 1 })).toHaveLength(1)
})

test('the file is empty when all is settled, and loses its waste while something always waits', async () => {
  const one = await queue()
  const large = JSON.stringify({ text: 'x'.repeat(1_048_576) })
  for (let count = 0; count < 12; count++) await one.put('run', large)
  const all = one.first({ count: 11, bytes: 1e9 })
  for (const entry of all) await one.settle(new Set([entry.number]))
  expect(statSync(path).size).toBeLessThan(6 * 1_048_576)
  await one.put('run', '{"serial":"last"}')
  const again = await queue()
  expect((await bodies(again)).at(-1)).toEqual({ serial: 'last' })
  expect(again.count()).toBe(2)
  await again.settle(new Set(again.first(many).map((entry) => entry.number)))
  expect(statSync(path).size).toBe(0)
})
