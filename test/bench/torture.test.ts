import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseArguments } from '../../bench/torture/arguments.ts'
import { cuttingProxy } from '../../bench/torture/replicas/cutting-proxy.ts'
import { isOfADeath, toldInThread, unexplainedDecisions } from '../../bench/torture/replicas/promises.ts'
import { report } from '../../bench/torture/report.ts'
import { tellings } from '../../bench/torture/tellings.ts'
import { firstpass } from '../../server/domain/actor.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'

describe('the arguments of the torture', () => {
  test('have a default for everything; a short run strikes less, and for less long', () => {
    expect(parseArguments([], 7)).toMatchObject({
      kind: 'run',
      arguments: {
        seed: 7,
        minutes: 5,
        kills: 5_000,
        short: false,
        beside: null,
        only: expect.arrayContaining(['replicas']),
      },
    })
    expect(parseArguments(['--short'], 7)).toMatchObject({
      arguments: { minutes: 0.25, kills: 200, short: true },
    })
    expect(parseArguments(['--beside', '.'], 7)).toMatchObject({ arguments: { beside: '.' } })
  })

  test('are refused together, each with what was expected', () => {
    expect(
      parseArguments(
        ['--seed=-1', '--minutes=0', '--kills', '1.5', '--only', 'replicas,floods', '--beside', 'bench'],
        7,
      ),
    ).toMatchObject({
      kind: 'wrong',
      faults: [
        expect.stringContaining('after --seed, got -1'),
        expect.stringContaining('after --minutes, got 0'),
        expect.stringContaining('after --kills, got 1.5'),
        expect.stringContaining('after --beside, got bench: it has no server/main.ts'),
        expect.stringContaining('got floods'),
      ],
    })
  })
})

test('what it tells names each promise that held, and each that was broken with what was seen', () => {
  const told = tellings()
  told.each('nothing is told twice', [])
  told.none('every run is stored', 0, 'none')
  told.none('every run is stored', 2, '2 of 90')
  const all = told.all([{ name: 'strikes', value: 12, unit: '' }])
  expect(all).toMatchObject({
    kept: ['nothing is told twice'],
    faults: [{ promise: 'every run is stored', seen: '2 of 90' }],
  })
  const text = report(all)
  expect(text).toContain('holds   nothing is told twice')
  expect(text).toMatch(/BROKEN {2}every run is stored\n +2 of 90/)
})

describe('the proxy', () => {
  async function echoed() {
    const server = createServer((socket) => socket.on('error', () => {}).pipe(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const proxy = await cuttingProxy(address !== null && typeof address === 'object' ? address.port : 0)
    onTestFinished(async () => {
      await proxy.close()
      server.close()
    })
    const client = connect(proxy.port, '127.0.0.1').on('error', () => {})
    await once(client, 'connect')
    let heard = ''
    client.on('data', (part) => {
      heard += part
    })
    return { proxy, client, heard: () => heard }
  }

  test('breaks off at the very byte, whichever way it goes', async () => {
    const { proxy, client, heard } = await echoed()
    const struck = proxy.strike({ at: 'byte', after: 8, reach: 'one', pid: null })
    client.write('12345')
    await once(client, 'close')
    expect(await struck).toEqual({ where: 'answer', commitOpen: false })
    expect(heard()).toBe('')
  })

  test('lets a commit through and keeps its answer, or does not let it through', async () => {
    for (const at of ['commit', 'commit answer'] as const) {
      const { proxy, client, heard } = await echoed()
      client.write('begin')
      await once(client, 'data')
      const struck = proxy.strike({ at, after: 0, reach: 'all', pid: null })
      client.write('commit')
      await once(client, 'close')
      expect(await struck).toEqual({ where: at === 'commit' ? 'question' : 'answer', commitOpen: true })
      expect(heard()).toBe('begin')
    }
  })

  test('strikes between two questions where nothing passes', async () => {
    const { proxy, client } = await echoed()
    const closed = once(client, 'close')
    expect(await proxy.strike({ at: 'byte', after: 8, reach: 'one', pid: null })).toMatchObject({
      where: 'idle',
    })
    await closed
  })
})

test('a decision needs a click of its own, drawn against the very version', () => {
  const id = uuid(1, 1)
  const event = (sequence: number, at: number) => ({
    sequence,
    type: 'RolloutPaused' as const,
    reason: 'person' as const,
    why: 'look',
    by: ines,
    at: noon + at,
  })
  const click = { user: ines.id, action: 'pause', rolloutId: id, version: 0 }
  const decided = (clicks: (typeof click)[]) => {
    const events = [event(1, 0), event(2, 5)]
    const recorded = [{ id, status: 'paused', events, versions: [4, 5], isItsRecord: true }]
    return unexplainedDecisions(recorded, clicks).unexplained.length
  }
  expect(decided([click, { ...click, version: 4 }])).toBe(0)
  expect(decided([click, { ...click, version: 5 }])).toBe(1)
  expect(decided([click])).toBe(1)
})

test('advancing a paused rollout is one decision, explained by that click, drawn against the version before both', () => {
  const id = uuid(1, 1)
  const by = { by: ines, at: noon }
  const events = [
    {
      sequence: 1,
      type: 'RolloutPaused' as const,
      reason: 'breach' as const,
      why: 'x',
      by: firstpass,
      at: noon - 5,
    },
    { sequence: 2, type: 'RolloutResumed' as const, why: null, ...by },
    {
      sequence: 3,
      type: 'StageAdvanced' as const,
      from: 0,
      to: 1,
      why: null,
      override: [],
      evidence: [],
      ...by,
    },
  ]
  const recorded = [{ id, status: 'active', events, versions: [4, 5, 6], isItsRecord: true }]
  const click = { user: ines.id, action: 'advance', rolloutId: id, version: 4 }
  expect(unexplainedDecisions(recorded, [click])).toEqual({ decisions: 1, unexplained: [] })
  expect(unexplainedDecisions(recorded, [{ ...click, version: 5 }]).unexplained).toHaveLength(1)
})

test('the end of a rollout is promised in a thread where a breach was open', () => {
  const opened = (sequence: number, gate: string) => ({
    sequence,
    type: 'BreachOpened' as const,
    gate,
    mode: 'pause' as const,
    severity: 'breach' as const,
    logEvidence: 3,
    headline: 'x',
    details: [],
    suspect: null,
    by: firstpass,
    at: noon,
  })
  const acknowledged = (sequence: number, gate: string) => ({
    sequence,
    type: 'BreachAcknowledged' as const,
    gate,
    logEvidence: 3,
    evidence: [],
    why: 'known',
    by: ines,
    at: noon,
  })
  const end = (sequence: number) => [
    { sequence, type: 'RolloutAborted' as const, why: 'x', wayBack: [], by: ines, at: noon },
    { sequence: sequence + 1, type: 'AbortFinished' as const, by: firstpass, at: noon },
  ]
  expect(toldInThread([opened(1, 'a'), ...end(2)])).toEqual([1, 2, 3])
  expect(toldInThread([opened(1, 'a'), acknowledged(2, 'a'), ...end(3)])).toEqual([1])
  expect(toldInThread([opened(1, 'a'), opened(2, 'b'), acknowledged(3, 'a'), ...end(4)])).toEqual([
    1, 2, 4, 5,
  ])
  expect(toldInThread(end(1))).toEqual([])
})

test('a message that is said twice is put down to a death only while it could not be noted yet', () => {
  const ts = '1796000000.000100'
  const second = 1_796_000_000_000
  expect(isOfADeath(ts, [second - 1])).toBe(false)
  expect(isOfADeath(ts, [second - 1, second + 400])).toBe(true)
  expect(isOfADeath(ts, [second + 2_999])).toBe(true)
  expect(isOfADeath(ts, [second + 3_000])).toBe(false)
  expect(isOfADeath(ts, [])).toBe(false)
})
