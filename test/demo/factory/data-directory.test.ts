import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataDirectory, saveRecord } from '../../../demo/factory/data-directory.ts'

let path = ''

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'firstpass-demo-')), 'data')
})

afterEach(async () => {
  await rm(join(path, '..'), { recursive: true, force: true })
})

const setUp = {
  procedureId: 'p',
  base: { id: 'b', version: '1' },
  candidate: { id: 'c', version: '2' },
  stations: [{ id: 's', name: 'LYON-L1-01', key: 'secret' }],
}

async function usedBefore() {
  const record = await openDataDirectory(path, { empty: true, seed: 1, now: 1000 })
  await saveRecord(path, { ...record, clock: 5000, setUp })
  await writeFile(join(path, 'database'), 'rows')
  return record
}

describe('the data directory', () => {
  it('is made for its owner alone, since it holds keys', async () => {
    await openDataDirectory(path, { empty: true, seed: 1, now: 1000 })
    expect((await stat(join(path, 'demo.json'))).mode & 0o777).toBe(0o600)
  })

  it('is emptied when asked, and then knows nothing of before', async () => {
    const before = await usedBefore()
    const after = await openDataDirectory(path, { empty: true, seed: 2, now: 1000 })
    expect(existsSync(join(path, 'database'))).toBe(false)
    expect(after).toMatchObject({ generation: 1, seed: 2, clock: 1000, setUp: null })
    expect(after.adminToken).not.toBe(before.adminToken)
  })

  it('goes on with the same stations, seed and tokens, and with the clock where it was', async () => {
    const before = await usedBefore()
    const after = await openDataDirectory(path, { empty: false, seed: 2, now: 2000 })
    expect(existsSync(join(path, 'database'))).toBe(true)
    expect(after).toEqual({ ...before, generation: 2, clock: 5000, setUp })
  })

  it('starts anew where a set-up did not finish', async () => {
    await openDataDirectory(path, { empty: true, seed: 1, now: 1000 })
    await writeFile(join(path, 'database'), 'half')
    const after = await openDataDirectory(path, { empty: false, seed: 1, now: 1000 })
    expect(after.generation).toBe(1)
    expect(existsSync(join(path, 'database'))).toBe(false)
  })

  it.each([true, false])('never touches what the demo did not make (empty: %s)', async (empty) => {
    const theirs = join(path, '..', 'theirs')
    await writeFile(theirs, 'precious')
    await expect(openDataDirectory(join(path, '..'), { empty, seed: 1, now: 1000 })).rejects.toThrow(
      /did not make/,
    )
    expect(existsSync(theirs)).toBe(true)
  })
})
