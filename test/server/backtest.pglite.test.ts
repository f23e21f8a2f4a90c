// The command, on a data directory as a service leaves it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from '../domain/backtest/synthetic-history.ts'
import { rawLine } from '../support/raw-line.ts'
import { storeHistory } from '../support/stored-history.ts'
import { databaseSettings, type TestDatabase, testDatabase } from '../support/test-database.ts'

const command = fileURLToPath(new URL('../../bench/backtest.ts', import.meta.url))

async function backtest(settings: Record<string, string>, ...words: string[]) {
  const { DATABASE_URL: _url, DATA_DIR: _directory, ...environment } = process.env
  const made = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', command, ...words], {
    env: { ...environment, ...settings },
  })
  const [out, err, [code]] = await Promise.all([text(made.stdout), text(made.stderr), once(made, 'close')])
  return { out, err, code: code as number }
}

describe('npm run backtest', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let names: { long: string; short: string }

  beforeAll(async () => {
    database = await testDatabase()
    const open = await database.open()
    try {
      const long = await rawLine(open.db, { stations: 3, deployments: 1 })
      await storeHistory(open.db, long, history({ stations: 3, days: 20, runsPerDay: 40, rate: 0.05 }))
      const short = await rawLine(open.db, { stations: 2, deployments: 1 })
      await storeHistory(open.db, short, history({ stations: 2, days: 5, runsPerDay: 10, rate: 0.05 }))
      names = { long: `Procedure ${long.procedureId}`, short: `Procedure ${short.procedureId}` }
    } finally {
      await open.close()
    }
  })
  afterAll(() => database.drop())
  const settings = () => databaseSettings(database.where)

  test('tells people, for each procedure with enough history, and why not for the others', async () => {
    const { out, err, code } = await backtest(settings(), '--rollouts', '4')
    expect(out).toContain(`${names.long}: 4 rollouts that never were`)
    expect(out).toMatch(/3 stations, 2,400 runs, 2026-05-01 to 2026-05-20; .* on \d of 20 dates/)
    expect(out).toMatch(/of 8 healthy ones stopped: .*\n.* what the gates may spend, 5\.0/)
    expect(out).toMatch(/\n1 station +1 +\d of 4 .* → .*\n50 % +2 +\d of 4 /)
    expect(err).toBe(
      `${names.short}: expected 17 days on one build (14 days before a start, 3 days after it), on two stations and half of those that run; got 5 days of 2 stations (2026-05-01 to 2026-05-05), on one build for 5 days at the longest. Look further back, or wait until there is more history.\n`,
    )
    expect(code).toBe(0)
  })

  test('gives one object to programs', async () => {
    const { out, code } = await backtest(settings(), '--json', '--rollouts', '2', '--procedure', names.long)
    expect(JSON.parse(out)).toMatchObject({
      ...{ rollouts: 2, days: 60, seed: 1 },
      procedures: [
        { name: names.long, report: { rollouts: 2, stations: 3, runs: 2400 }, stationsLeftOut: 0 },
      ],
    })
    expect(code).toBe(0)
  })

  test('ends with 1 where there is too little history, or no such procedure', async () => {
    const short = await backtest(settings(), '--json', '--procedure', names.short)
    expect(JSON.parse(short.out).procedures).toEqual([
      expect.objectContaining({ name: names.short, refused: 'not ready', why: expect.any(String) }),
    ])
    expect(short.code).toBe(1)
    const unknown = await backtest(settings(), '--procedure', 'nothing')
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringContaining('got nothing: there is Procedure '),
    ])
  })

  test('is refused while the service uses the directory', async () => {
    const open = await database.open()
    const { err, code } = await backtest(settings())
    await open.close()
    expect(err).toContain(`is in use by process ${process.pid}. The embedded database takes one process`)
    expect(code).toBe(1)
  })

  test('makes no database where there is none', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'firstpass-nothing-'))
    const { err, code } = await backtest({ DATA_DIR: directory })
    expect([code, readdirSync(directory)]).toEqual([1, []])
    expect(err).toContain(`expected the embedded database of the service in ${directory}, got none`)
    rmSync(directory, { recursive: true })
  })
})
