import { afterEach, describe, expect, it } from 'vitest'
import { fastClock } from '../../../demo/clock.ts'
import type { FactoryOptions } from '../../../demo/factory/factory.ts'
import { demoPeople } from '../../../demo/factory/people-policy.ts'
import { smallFactory, until } from './small-factory.ts'

let open: Awaited<ReturnType<typeof smallFactory>>[] = []

async function running(changes: Partial<FactoryOptions> = {}) {
  const one = await smallFactory(changes)
  open.push(one)
  return one
}

afterEach(async () => {
  const those = open
  open = []
  for (const one of those) await one.end()
})

describe('a factory', () => {
  it('makes itself known, stores its past and then tests with the base build', async () => {
    const { server, factory, warnings } = await running({ pastFirstAttempts: 20 })
    expect(server.runs().length).toBeGreaterThanOrEqual(60)
    await until(() => factory.stats().runs >= 30, '30 live runs')
    expect(new Set(server.runs().map((run) => run.deployment_id))).toEqual(new Set([factory.base.id]))
    expect(new Set(server.runs().map((run) => run.station)).size).toBe(3)
    expect(warnings).toEqual([])
  })

  it('gives the same units the same outcomes for the same seed', async () => {
    const outcomes = async () => {
      const { server, factory } = await running()
      await until(() => factory.stats().runs >= 60, '60 runs')
      await factory.stop()
      const first = server.runs().toSorted((one, other) => one.started_at.localeCompare(other.started_at))
      const byUnit = Map.groupBy(first, (run) => `${run.station} ${run.serial_number}`)
      return new Map([...byUnit].map(([unit, runs]) => [unit, runs[0]?.outcome]))
    }
    const [one, other] = [await outcomes(), await outcomes()]
    const both = [...one.keys()].filter((unit) => other.has(unit))
    expect(both.length).toBeGreaterThan(45)
    for (const unit of both) expect(other.get(unit)).toBe(one.get(unit))
  })

  it('changes its build only between two runs, and says when it has it and when it runs it', async () => {
    const { server, factory } = await running()
    const [station = ''] = factory.stationNames
    await until(() => factory.stats().runs >= 15, 'some runs on base')
    server.pin(station, factory.candidate.id)
    const pickups = () =>
      server
        .seen()
        .filter((one) => one.station === station && one.path.endsWith('/pickups'))
        .map((one) => `${one.body.state} ${one.body.deployment_id}`)
    await until(() => (factory.stats().byDeployment[factory.candidate.id]?.runs ?? 0) >= 5, 'canary runs')
    await factory.stop()
    expect(pickups()).toEqual([
      `pulled ${factory.base.id}`,
      `running ${factory.base.id}`,
      `pulled ${factory.candidate.id}`,
      `running ${factory.candidate.id}`,
    ])
    const own = server
      .runs()
      .filter((run) => run.station === station)
      .toSorted((one, other) => one.started_at.localeCompare(other.started_at))
    const builds = own.map((run) => run.deployment_id)
    expect(builds.lastIndexOf(factory.base.id)).toBeLessThan(builds.indexOf(factory.candidate.id))
    own.slice(1).forEach((run, index) => {
      expect(Date.parse(own[index]?.ended_at ?? '')).toBeLessThanOrEqual(Date.parse(run.started_at))
    })
    const others = server.runs().filter((run) => run.station !== station)
    expect(new Set(others.map((run) => run.deployment_id))).toEqual(new Set([factory.base.id]))
  })

  it('ends the run in hand on the build it began with, though it knows of the new one at once', async () => {
    const { server, factory } = await running({ stations: 1, clock: fastClock({ speed: 50 }) })
    const [station = ''] = factory.stationNames
    const busy = () => server.seen().some((one) => one.path.endsWith('/heartbeats') && one.body.busy)
    await until(busy, 'a run starts')
    server.pin(station, factory.candidate.id)
    const pulled = () => server.seen().some((one) => one.body.deployment_id === factory.candidate.id)
    await until(pulled, 'the new build is pulled')
    expect(factory.stats().runs).toBe(0)
    await until(() => factory.stats().runs === 1, 'the run ends')
    await factory.stop()
    expect(server.runs().map((run) => run.deployment_id)).toEqual([factory.base.id])
  })

  it('says busy with the start of the very run that it posts', async () => {
    const { server, factory } = await running({ stations: 1 })
    await until(() => factory.stats().runs >= 10, '10 runs')
    await factory.stop()
    const beats = server.seen().filter((one) => one.path.endsWith('/heartbeats'))
    const started = new Set(beats.filter((one) => one.body.busy).map((one) => one.body.run_started_at))
    const posted = server.runs().filter((run) => started.has(run.started_at))
    expect(posted.length).toBeGreaterThanOrEqual(9)
    expect(beats.some((one) => one.body.busy === false)).toBe(true)
  })

  it('tells with every heartbeat how the station is, and with every run what was tested', async () => {
    const { server, factory } = await running({ pastFirstAttempts: 20 })
    await until(() => factory.stats().runs >= 30, '30 live runs')
    await factory.stop()
    // The first of each station tells that it has started.
    const told = server.seen().filter((one) => one.path.endsWith('/heartbeats'))
    const beats = told.filter((one) => one.body.telemetry !== undefined)
    expect(told.length - beats.length).toBeLessThanOrEqual(factory.stationNames.length)
    expect(beats.length).toBeGreaterThan(30)
    for (const { body } of beats)
      expect(body).toMatchObject({
        telemetry: {
          telemetry_gap_s: expect.any(Number),
          drops: 0,
          fixture_cycles: expect.any(Number),
        },
        checks: { acceptance_suite_passed: true },
      })
    // The past and the present alike.
    const shapes = new Set(server.runs().map((run) => typeof run.part_number + Object.keys(run.metrics)))
    expect(shapes).toEqual(new Set(['stringsettle_ms,retries']))
    for (const run of server.runs()) expect(run.phases.length).toBeGreaterThan(0)
  })

  it('tests reference samples beside its units, and counts them as none', async () => {
    // A minute in 3 real milliseconds: four hours, which bring samples to every station, in less than a second.
    const { server, factory } = await running({ clock: fastClock({ speed: 20_000 }) })
    const samples = () => server.runs().filter((run) => run.sample !== undefined && run.outcome !== 'ABORTED')
    await until(() => samples().length >= 6, 'samples of three stations')
    await factory.stop()
    for (const run of samples()) expect(run.outcome).toBe(run.sample === 'golden' ? 'PASS' : 'FAIL')
    const { runs, units, passed, failed } = factory.stats()
    expect(passed + failed + samples().length).toBeLessThanOrEqual(runs)
    const first = server.runs().filter((run) => run.sample === undefined && run.outcome !== 'ABORTED')
    expect(units).toBe(new Set(first.map((run) => run.serial_number)).size)
  })

  it('loses telemetry on the canary stations alone in the scenario drops', async () => {
    const { server, factory } = await running({ scenario: 'drops' })
    expect(server.policies()).toEqual([
      {
        gates: [
          expect.objectContaining({ metric: 'first-pass yield' }),
          expect.objectContaining({ metric: 'telemetry' }),
        ],
      },
    ])
    const [first = ''] = factory.stationNames
    await until(() => factory.stats().runs >= 9, 'some runs on base')
    server.pin(first, factory.candidate.id)
    await until(() => (factory.stats().byDeployment[factory.candidate.id]?.runs ?? 0) >= 10, 'canary runs')
    await factory.stop()
    const beats = server.seen().flatMap(({ path, station, body }) =>
      // The first of each station tells only that it has started.
      path.endsWith('/heartbeats') && body.telemetry !== undefined
        ? [{ station, ...(body as { telemetry: { drops: number }; checks: Record<string, boolean> }) }]
        : [],
    )
    const [own, others] = [true, false].map((isFirst) =>
      beats.filter((beat) => (beat.station === first) === isFirst),
    )
    const drops = own?.map((beat) => beat.telemetry.drops) ?? []
    expect(drops).toEqual(drops.toSorted((one, other) => one - other))
    expect(drops[0]).toBe(0)
    expect(drops.at(-1)).toBeGreaterThanOrEqual(10)
    for (const beat of own ?? [])
      expect(beat.checks).toEqual({ acceptance_suite_passed: beat.telemetry.drops === 0 })
    for (const beat of others ?? []) expect(beat.telemetry.drops).toBe(0)
  })

  it('keeps the runs of the new build back in the scenario blind, and sends them hours later', async () => {
    const { server, factory } = await running({ scenario: 'blind' })
    const [first = ''] = factory.stationNames
    await until(() => factory.stats().runs >= 9, 'some runs on base')
    server.pin(first, factory.candidate.id)
    const tested = () => factory.stats().byDeployment[factory.candidate.id]?.runs ?? 0
    const arrived = () => server.runs().filter((run) => run.deployment_id === factory.candidate.id).length
    await until(() => arrived() >= 3, 'its first runs arrive')
    await until(() => tested() >= arrived() + 40, 'forty runs are kept')
    const beats = server.seen().filter((one) => one.station === first && one.path.endsWith('/heartbeats'))
    expect(beats.length).toBeGreaterThan(40)
    expect(factory.stats().queued).toBeGreaterThanOrEqual(40)
    expect(factory.offlineNames()).toEqual([])
    await until(() => arrived() > 100 && arrived() >= tested() - 5, 'they arrive')
  })

  it('asks for what a scenario needs of the policy, and leaves one that is there', async () => {
    const { server, factory } = await running({ scenario: 'escape' })
    expect(server.policies()).toEqual([{ risk_class: 'high' }])
    await factory.stop()
    const earlier = { setUp: factory.setUp, generation: 2 }
    const again = await running({ url: server.url, earlier, scenario: 'drops' })
    await again.factory.stop()
    expect(server.policies()).toEqual([{ risk_class: 'high' }])
    expect((await running()).server.policies()).toEqual([])
  })

  it('tells once who may decide and who is called, and leaves what people made of it', async () => {
    const { server, factory } = await running({ people: demoPeople })
    expect(server.policiesOfAll()).toEqual([demoPeople])
    await factory.stop()
    const again = await running({
      url: server.url,
      earlier: { setUp: factory.setUp, generation: 2 },
      people: { ...demoPeople, rights: {} },
    })
    await again.factory.stop()
    expect(server.policiesOfAll()).toEqual([demoPeople])
  })

  it('asks for approvals by somebody else in the scenario approvals', async () => {
    const { server } = await running({ scenario: 'approvals' })
    expect(server.policies()).toEqual([{ stage_approvals: 1, four_eyes: true }])
  })

  it('tests a failed unit again under the same serial number', async () => {
    const { server, factory } = await running({ stations: 5, seed: 3 })
    await until(() => factory.stats().failed >= 8, '8 failed runs')
    await until(() => [...attempts(server.runs()).values()].some((runs) => runs.length > 1), 'a retest')
    for (const runs of attempts(server.runs()).values())
      for (const earlier of runs.slice(0, -1)) expect(earlier.outcome).not.toBe('PASS')
  })

  it('loses its first canary station in the silent scenario, and gets it back with its runs', async () => {
    const { server, factory } = await running({ scenario: 'silent' })
    const [first = '', second = ''] = factory.stationNames
    await until(() => factory.stats().runs >= 9, 'some runs on base')
    server.pin(first, factory.candidate.id)
    await until(() => heardOf(first).includes('pulled'), 'the canary station pulls')
    const runs = () => factory.stats().runs
    const later = runs() + 30
    await until(() => runs() >= later, 'the others go on')
    expect(heardOf(first)).toEqual(['pulled'])
    server.pin(second, factory.candidate.id)
    await until(() => heardOf(second).includes('running'), 'the second canary station is not silent')
    factory.comeBack(first)
    await until(
      () => server.runs().some((run) => run.station === first && run.deployment_id === factory.candidate.id),
      'its kept runs arrive',
    )

    function heardOf(station: string) {
      return server
        .seen()
        .filter((one) => one.station === station && one.body.deployment_id === factory.candidate.id)
        .map((one) => one.body.state ?? 'run')
    }
  })

  it('starts again with the stations it had, with serial numbers of its own', async () => {
    const { server, factory } = await running()
    await until(() => factory.stats().runs >= 6, 'some runs')
    await factory.stop()
    const before = new Set(server.runs().map((run) => run.serial_number))
    const again = await running({ url: server.url, earlier: { setUp: factory.setUp, generation: 2 } })
    await until(() => again.factory.stats().runs >= 6, 'runs of the second start')
    await again.factory.stop()
    const after = server.runs().filter((run) => !before.has(run.serial_number))
    expect(after.length).toBeGreaterThanOrEqual(6)
    expect(again.factory.stations).toEqual(factory.stations)
  })
})

function attempts<Run extends { serial_number: string; started_at: string }>(runs: Run[]) {
  const inOrder = runs.toSorted((one, other) => one.started_at.localeCompare(other.started_at))
  return Map.groupBy(inOrder, (run) => run.serial_number)
}
