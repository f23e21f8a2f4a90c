// A procedure, a station and a build with something of everything, as their pages get them.
import type { BuildDetail } from '../../server/domain/build-detail.ts'
import type { DailyYields } from '../../server/domain/daily-counts.ts'
import { procedureId, rolloutId, runId, stationId } from '../../server/domain/ids.ts'
import { effectivePolicy, organisationPolicy, procedurePolicy } from '../../server/domain/policy.ts'
import type { ProcedureRecord } from '../../server/domain/procedure-record.ts'
import type { StationRecord } from '../../server/domain/station-record.ts'
import { firstpass, ines, marek, noon, uuid } from './fixed-values.ts'
import { boards, right, wrong } from './fleet-builder.ts'

const hour = 3_600_000
const aRolloutId = rolloutId.parse(uuid(1, 1))
const long =
  'a name that goes on and on without any end in sight so that it has to be broken somewhere'.replaceAll(
    ' ',
    '',
  )

export const dailyYields: DailyYields = {
  of: boards.name,
  zone: 'Europe/Paris',
  from: '2026-10-01',
  to: '2026-11-20',
  days: ['2026-11-18', '2026-11-19', '2026-11-20'].flatMap((day, index) =>
    [right, wrong].map((build) => ({
      build,
      day,
      units: 40 + index,
      passed: 38,
      runs: 44 + index,
      errors: 1,
      timeouts: 0,
      passRuns: 39,
    })),
  ),
  marks: [{ at: noon - 24 * hour, label: 'held' }],
}

export function aProcedureRecord(part: Partial<ProcedureRecord> = {}): ProcedureRecord {
  const build = {
    ...right,
    sha: 'ab'.repeat(20),
    message: `Tighten rails ${long}`,
    author: 'Ines Duarte',
    status: 'ready' as const,
    environment: 'production' as const,
    labels: ['limits', long],
    createdAt: noon - 48 * hour,
    isActive: true,
    isFormer: false,
    isKnownGood: true,
    aborted: null,
    notEligible: null,
  }
  const hours = [
    { sites: ['Lyon'], zone: 'Europe/Paris', days: ['mon' as const], from: '07:00', to: '19:00' },
  ]
  const freeze = { from: '2026-11-20T00:00:00Z', to: null, why: long, sites: ['Lyon'], by: marek }
  return {
    id: procedureId.parse(boards.id),
    name: boards.name,
    identifier: 'FCT',
    zone: 'Europe/Paris',
    attemptRule: 'ever',
    repository: 'acme/boards',
    productionBranch: 'main',
    autoPush: true,
    timeLimitSeconds: 3600,
    revertLimitMinutes: 60,
    createdAt: noon - 90 * hour,
    stationCount: 2000,
    live: { id: aRolloutId, status: 'paused', version: '2.4.1', stageIndex: 1, stageCount: 4 },
    builds: [
      build,
      {
        ...build,
        ...wrong,
        isActive: false,
        isKnownGood: false,
        aborted: { at: noon, by: ines, why: 'burnt fixture' },
      },
    ],
    buildCount: 2,
    past: [
      {
        at: noon,
        by: ines,
        what: 'aborted the rollout of 2.3.9 after 3 h',
        why: long,
        rollout: { id: aRolloutId, version: '2.3.9', status: 'aborted' },
      },
      { at: noon - hour, by: firstpass, what: 'named 2.4.0 as the active build', why: null, rollout: null },
    ],
    policy: {
      effective: effectivePolicy(
        organisationPolicy.parse({ hours, riskClass: 'high', freezes: [] }),
        procedurePolicy.parse({
          rights: { stop: { users: ['U0TESTENG1'] } },
          stageApprovals: 2,
          fourEyes: true,
        }),
      ),
      version: 3,
      changed: { by: ines, at: noon, why: 'agreed with quality' },
      freezes: [{ ...freeze, inForce: true, isOfAll: false }],
    },
    window: {
      isOpen: false,
      why: 'outside the hours of Lyon',
      opensAt: noon + 5 * hour,
      closesAt: noon + 17 * hour,
      sites: [
        {
          site: 'Lyon',
          isOpen: false,
          why: 'outside the hours of Lyon',
          opensAt: noon + 5 * hour,
          closesAt: noon + 17 * hour,
        },
        { site: 'Penang', isOpen: true, why: null, opensAt: noon, closesAt: null },
      ],
    },
    ...part,
  }
}

export function aStationRecord(part: Partial<StationRecord> = {}): StationRecord {
  const id = stationId.parse(uuid(4, 1))
  const run = {
    procedure: boards,
    serial: `SN-1 ${long}`,
    outcome: 'FAIL' as const,
    startedAt: noon - hour,
    endedAt: noon - hour + 42_000,
    build: right,
    sample: null,
    shadow: false,
    failureMode: 'power / rail_3v3',
    isFirstAttempt: true,
  }
  const alarm = {
    id: 1,
    procedure: boards,
    station: { id, name: 'ST-01', site: 'Lyon', line: 'L1' },
    kind: 'drifted' as const,
    since: noon - hour,
    detail: `runs 2.3.9 ${long}`,
    deployment: wrong,
    runs: 4,
    rolloutId: null,
    openedAt: noon - hour,
    closed: null,
    acknowledged: null,
  }
  return {
    id,
    name: `ST-01 ${long}`,
    site: 'Lyon',
    line: 'L1',
    tags: ['esd'],
    fixtures: ['Bed of nails B1'],
    createdAt: noon - 90 * hour,
    connection: { state: 'silent', heardAt: noon - hour, isClosed: false, busy: false },
    clockAheadMs: 300_000,
    held: { reason: 'probe worn', until: noon + hour },
    excluded: null,
    experiment: null,
    telemetry: { drops: 0, note: long },
    checks: { acceptance_suite_passed: true },
    procedures: [
      {
        ...boards,
        zone: 'Europe/Paris',
        active: right,
        desired: { ...right, since: noon - 5 * hour, servedAt: noon - 5 * hour, rolloutId: null },
        pulled: { ...right, state: 'running', message: null, at: noon - 4 * hour },
        ran: { ...wrong, at: noon - hour, outcome: 'PASS' },
        progress: 'runs another build',
        rollout: { id: aRolloutId, status: 'active', station: 'queued' },
      },
    ],
    pins: [
      {
        procedure: boards,
        build: right,
        rolloutId: aRolloutId,
        from: noon - 5 * hour,
        to: null,
        servedAt: noon,
      },
    ],
    pickups: [{ procedure: boards, build: right, state: 'failed', message: long, at: noon - 4 * hour }],
    rollouts: [
      {
        id: aRolloutId,
        status: 'aborted',
        procedure: boards,
        build: wrong,
        station: 'reverted',
        stageIndex: 0,
        startedAt: noon - 30 * hour,
        units: 80,
        passed: 60,
        runs: 90,
        errors: 3,
        pastUnits: 900,
        pastPassed: 880,
      },
    ],
    alarms: [
      alarm,
      {
        ...alarm,
        id: 2,
        closed: { at: noon, how: 'acknowledged' },
        acknowledged: { by: ines, at: noon, why: 'swapped' },
      },
    ],
    errors: [{ at: noon, code: 'GPIB', message: long }],
    keys: [
      {
        prefix: 'fps_abcd',
        createdAt: noon - 90 * hour,
        lastUsedAt: noon,
        endsAt: null,
        hasEnded: false,
        why: null,
      },
    ],
    acts: [{ type: 'held', by: ines, why: 'probe worn', at: noon }],
    runs: Array.from({ length: 50 }, (_, index) => ({
      ...run,
      id: runId.parse(uuid(8, index + 1)),
      outcome: index % 3 === 0 ? ('FAIL' as const) : ('PASS' as const),
      startedAt: noon - index * 60_000,
    })),
    runsBefore: noon - 50 * 60_000,
    ...part,
  }
}

export function aBuildDetail(part: Partial<BuildDetail> = {}): BuildDetail {
  return {
    ...right,
    procedure: { ...boards, zone: 'Europe/Paris' },
    commit: {
      sha: 'ab'.repeat(20),
      message: `Tighten the rails\n\n${long}\nand settle RF faster`,
      branch: 'main',
      author: 'Ines Duarte',
      url: 'https://github.com/acme/boards/commit/abab',
    },
    environment: 'production',
    status: 'ready',
    source: 'github',
    artifact: {
      url: `https://builds.test/${long}.tar.gz`,
      sha256: 'cd'.repeat(32),
      metadata: { size: 12_345 },
    },
    labels: ['limits'],
    expectation: 'VCC limits tightened',
    expectedYieldChange: -0.008,
    promoted: { by: marek, at: noon, from: 'preview', why: 'looks good' },
    createdAt: noon - 48 * hour,
    completedAt: noon,
    isActive: false,
    notEligible: { why: 'is not ready: its build failed', next: 'Build it again.' },
    push: { rolloutId: null, held: 'a rollout is live' },
    statusChanges: [
      { from: null, to: 'building', at: noon - 49 * hour, by: ines, why: null },
      { from: 'building', to: 'ready', at: noon - 48 * hour, by: ines, why: long },
    ],
    rollouts: [
      {
        id: aRolloutId,
        status: 'aborted',
        by: ines,
        reason: long,
        createdAt: noon - 30 * hour,
        startedAt: noon - 29 * hour,
        abort: { at: noon - 20 * hour, by: marek, why: 'burnt fixture' },
        completedAt: null,
      },
    ],
    runs: { total: 100, pass: 90, fail: 6, error: 2, timeout: 1, aborted: 1, shadow: 3, lastAt: noon },
    stations: Array.from({ length: 130 }, (_, index) => ({
      id: stationId.parse(uuid(4, index + 1)),
      name: `ST-${index}`,
      site: 'Lyon',
      line: 'L1',
      pinnedSince: noon - hour,
      pulledAt: noon,
      lastRunAt: index % 2 === 0 ? noon : null,
    })),
    diff: {
      build: { ...right, runs: 90, passes: 80, isDeclared: true },
      against: { ...wrong, runs: 90, passes: 85, isDeclared: false },
      shown: {
        total: 1,
        undeclared: 1,
        holding: 1,
        list: [
          {
            id: 'one',
            kind: 'limits',
            against: 'base',
            phase: 'power',
            measurement: `rail_3v3_${long}`,
            direction: 'loosened',
            old: '3.2 … 3.4 V',
            now: '3.1 … 3.5 V',
            words: 'loosened',
            products: ['A'],
            status: 'undeclared',
            accepted: null,
            holds: true,
            isSeen: true,
          },
        ],
      },
    },
    others: [wrong],
    log: Array.from({ length: 200 }, (_, index) => ({
      at: noon + index,
      level: index % 50 === 0 ? ('error' as const) : ('info' as const),
      message: `line ${index} ${index === 3 ? long.repeat(4) : ''}`,
    })),
    earlierLines: 30,
    ...part,
  }
}
