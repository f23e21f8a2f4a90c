import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { parseArguments } from '../../bench/speed/arguments.ts'
import { beginLoad } from '../../bench/speed/load/load.ts'
import type { Traffic } from '../../bench/speed/load/traffic.ts'
import { isReached, type Row, summaryNames, summaryOf } from '../../bench/speed/measure.ts'
import { interleaved, median, medianRatio, percentile } from '../../bench/speed/rounds.ts'
import { table } from '../../bench/speed/table.ts'
import { listening } from '../support/listening.ts'

const bench = (...flags: string[]) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'bench/speed.ts', ...flags], {
    encoding: 'utf8',
  })

describe('the arguments of the bench', () => {
  test('have a default for everything; a quick run has fewer rounds', () => {
    expect(parseArguments([])).toMatchObject({
      kind: 'run',
      arguments: {
        quick: false,
        json: false,
        rounds: 5,
        only: expect.arrayContaining(['polls', 'verdicts']),
      },
    })
    expect(parseArguments(['--quick'])).toMatchObject({ arguments: { quick: true, rounds: 1 } })
  })

  test('of a quick run leave out what takes long, unless it is named', () => {
    const named = (...argv: string[]) => {
      const parsed = parseArguments(argv)
      return parsed.kind === 'run' ? parsed.arguments.only : []
    }
    expect(named()).toContain('scale-out')
    expect(named('--quick')).not.toContain('scale-out')
    expect(named('--quick', '--only', 'scale-out')).toEqual(['scale-out'])
  })

  test('are read', () => {
    expect(
      parseArguments(['--json', '--rounds=9', '--only', 'polls, start', '--out', 'x.json']),
    ).toMatchObject({
      arguments: { json: true, rounds: 9, only: ['polls', 'start'], out: 'x.json' },
    })
    expect(parseArguments(['-h'])).toEqual({ kind: 'help' })
  })

  test('are refused together, each with what was expected', () => {
    expect(parseArguments(['--rounds', '0', '--only', 'polls,flights'])).toMatchObject({
      kind: 'wrong',
      faults: [
        expect.stringContaining('from 1 to 999 after --rounds, got 0'),
        expect.stringContaining('got flights'),
      ],
    })
    expect(parseArguments(['--slow'])).toMatchObject({
      kind: 'wrong',
      faults: [expect.stringContaining('--slow')],
    })
  })

  test('that are wrong end the command with its help and code 2', () => {
    const { stderr, status } = bench('--rounds', 'many')
    expect(stderr).toContain('got many')
    expect(stderr).toContain('npm run bench -- [flags]')
    expect(status).toBe(2)
  })
})

describe('the rounds of a comparison', () => {
  test('let contenders take turns, in an order that turns around', async () => {
    const turns: string[] = []
    const contender = (name: string) => async () => turns.push(name)
    const figures = await interleaved(3, { ours: contender('ours'), peer: contender('peer') })
    expect(turns).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer'])
    expect([figures('ours'), figures('peer')]).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ])
  })

  test('are told by the median of their own ratios', () => {
    expect(medianRatio([10, 40, 90], [10, 20, 30])).toBe(2)
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN])
    expect([percentile([5, 1, 4, 2, 3], 0.5), percentile([1, 2], 0.99)]).toEqual([3, 2])
  })
})

const row = (part: Partial<Row>): Row => ({ measure: 'polls', ours: 26_400, unit: 'polls/s', ...part })

describe('what the bench tells', () => {
  test('is a table with peer, ratio, goal and whether it is reached', () => {
    const text = table([
      row({ peer: { name: 'bare', figure: 31_000 }, ratio: 0.8516, goal: { at: 'least', figure: 0.75 } }),
      row({
        measure: 'idle long poll',
        ours: 21.26,
        unit: 'kB',
        goal: { at: 'most', figure: 20 },
        note: 'of 10,000',
      }),
      row({ measure: 'clicks', ours: null, unit: '', note: 'failed: no server' }),
    ])
    expect(text.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['measure', 'ours', 'peer', 'ratio', 'goal', 'reached'],
      ['polls', '26,400 polls/s', '31,000 polls/s (bare)', '0.852', '≥ 0.75', 'yes'],
      ['idle long poll', '21.3 kB', '≤ 20', 'NO'],
      ['of 10,000'],
      ['clicks', 'n/a'],
      ['failed: no server'],
    ])
  })

  test('is one object of the ratios: null for what was not measured, the worst of two under one name', () => {
    const clicks = { name: 'click_ack_p99_ms', unit: 'ms', goal: { at: 'most', figure: 50 } } as const
    const summary = summaryOf([
      row({ ratio: 0.8, name: 'polls_vs_bare', goal: { at: 'least', figure: 0.75 } }),
      row({ ...clicks, ours: 31 }),
      row({ ...clicks, ours: 44 }),
    ])
    expect(Object.keys(summary)).toEqual([...summaryNames])
    expect(summary).toMatchObject({ polls_vs_bare: 0.8, click_ack_p99_ms: 44, start_ms: null })
  })

  test('says nothing of a goal where nothing was measured', () => {
    expect(isReached(row({ goal: { at: 'least', figure: 1 }, ours: null }))).toBeNull()
    expect(isReached(row({}))).toBeNull()
    expect(isReached(row({ ours: 3, goal: { at: 'most', figure: 2 } }))).toBe(false)
  })
})

describe('a load', () => {
  test('knows its ETag in three of four requests and counts each answer by its status', async () => {
    let [asked, tagged] = [0, 0]
    const enough = Promise.withResolvers<void>()
    const url = await listening(async (app) => {
      app.get('/', async (request, reply) => {
        asked += 1
        if (asked > 400) enough.resolve()
        const isKnown = request.headers['if-none-match'] === 'W/"1"'
        tagged += isKnown ? 1 : 0
        reply.header('etag', 'W/"1"')
        return isKnown ? reply.code(304).send() : { for: request.headers.authorization }
      })
    })
    const requests = ['a', 'b', 'c'].map((key) => ({ path: '/', headers: { authorization: key } }))
    const traffic = { kind: 'gets', requests, taggedOfFour: 3 } as const
    const running = beginLoad({ url, connections: 4, warmupMs: 0, ms: null, traffic }, process.pid)
    await enough.promise
    running.stop()
    const seen = await running.done
    expect(Object.keys(seen.statuses)).toEqual(['200', '304'])
    expect(seen.requests).toBe((seen.statuses[200] ?? 0) + (seen.statuses[304] ?? 0))
    expect(tagged / asked).toBeCloseTo(0.75, 1)
    expect(seen.failures).toBe(0)
  })

  test('reports runs of new units only, a batch with as many bad ones as asked', async () => {
    const bodies: unknown[] = []
    const enough = Promise.withResolvers<void>()
    const url = await listening(async (app) => {
      app.post('/batch', async (request, reply) => {
        bodies.push(request.body)
        if (bodies.length > 20) enough.resolve()
        return reply.code(207).send({})
      })
    })
    const traffic = {
      kind: 'runs',
      path: '/batch',
      procedureId: 'p',
      stations: [{ key: 'k', deploymentId: 'd' }],
      batch: 5,
      mark: 'm',
      bad: 2,
    } satisfies Traffic
    const running = beginLoad({ url, connections: 2, warmupMs: 0, ms: null, traffic }, process.pid)
    await enough.promise
    running.stop()
    await running.done
    const sent = z.array(z.object({ runs: z.array(z.object({ serial_number: z.string() })) })).parse(bodies)
    const serials = sent.flatMap(({ runs }) => runs.map((run) => run.serial_number))
    const good = serials.filter((serial) => serial !== '')
    expect(new Set(good).size).toBe(good.length)
    expect(good.length / serials.length).toBe(0.6)
  })
})

describe('a quick run', () => {
  test('with --json prints one object of the ratios, and writes every row to the file', {
    timeout: 240_000,
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'firstpass-bench-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const out = join(folder, 'speed.json')
    const { stdout, stderr, status } = bench('--quick', '--json', '--only', 'verdicts,start', '--out', out)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const measured = ['verdict_20_ms', 'verdict_2000_ms', 'start_ms']
    const summary = z.record(z.enum(summaryNames), z.number().nullable()).parse(JSON.parse(stdout))
    expect(Object.keys(summary)).toEqual([...summaryNames])
    for (const name of summaryNames) {
      if (measured.includes(name)) expect(summary[name], name).toBeGreaterThan(0)
      else expect(summary[name], name).toBeNull()
    }
    const written = z
      .object({
        failed: z.array(z.string()),
        rows: z.array(z.object({ measure: z.string(), ours: z.number().gt(0) })),
      })
      .parse(JSON.parse(readFileSync(out, 'utf8')))
    expect(written.failed).toEqual([])
    expect(written.rows.map(({ measure }) => measure)).toContain('start to ready, PGlite with existing data')
  })
})
