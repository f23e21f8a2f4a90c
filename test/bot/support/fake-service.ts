// A service that remembers what it was asked: decisions are the real service's business, tested there.
import type { Actor } from '../../../server/domain/actor.ts'
import type { Containment } from '../../../server/domain/containment.ts'
import type { ChangesView } from '../../../server/domain/definition/changes-view.ts'
import { fleetView } from '../../../server/domain/fleet/fleet-view.ts'
import { rolloutId } from '../../../server/domain/ids.ts'
import { type Plan, plan } from '../../../server/domain/plan.ts'
import type { Representativeness } from '../../../server/domain/representativeness.ts'
import { summary } from '../../../server/domain/retest-summary.ts'
import type { Reverting } from '../../../server/domain/reverting.ts'
import type { Against, Refusal } from '../../../server/domain/rollout/commands.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import type { RolloutLine, RolloutView } from '../../../server/domain/rollout-view.ts'
import type { AlarmView } from '../../../server/domain/station-alarms/alarm.ts'
import type {
  DeploymentLine,
  HistoryLine,
  Outcome,
  ProcedureSummary,
  RolloutVerb,
  Service,
  StartInput,
} from '../../../server/service.ts'
import { withDeclared } from '../../../server/with-declared.ts'
import { noon, uuid } from '../../support/fixed-values.ts'
import { aDeployment, aRollout, baseBuild } from '../../support/rollout-view-builder.ts'
import { fakeLearning } from './fake-learning.ts'
import { type FakePolicies, fakePolicies } from './fake-policies.ts'

export type Commanded = {
  id: string
  verb: RolloutVerb
  by: Actor
  against: Against | undefined
  commandId: string | undefined
}
export type Started = { input: StartInput; plan: Plan; by: Actor; commandId: string | undefined }

export type FakeService = Service & {
  commanded: Commanded[]
  started: Started[]
  retried: { id: string; why: string }[]
  superseded: (Started & { id: string })[]
  rolledBack: { procedureId: string; deploymentId: string; why: string; by: Actor }[]
  retestsAsked: { id: string; count: number; withErrors: boolean; by: Actor }[]
  accepted: { id: string; ids: string[] | null; why: string; by: Actor }[]
  channels: { procedureId: string; channel: string | null; team: string | null }[]
  pushes: { procedureId: string; on: boolean; by: Actor }[]
  policies: FakePolicies
  alarms: AlarmView[]
  acknowledged: { ids: number[]; why: string; by: Actor }[]
  /** How far a rollback has come. */
  way: Reverting | null
  /** What the build of every rollout has judged. */
  contained: Containment | null
  signedOff: { id: string; note: string; digest: string | null; by: Actor }[]
  rollouts: RolloutView[]
  record: (RolloutEvent & { sequence: number })[]
  /** What the history of every procedure is, newest first. */
  told: HistoryLine[]
  /** What a preview says of the first stage's stations. */
  canaries: Representativeness
  /** What a preview says of hours and freezes. */
  closedBecause: string | null
  /** What a preview says of the build's changes. */
  changes: ChangesView | null
  /** What a start or a command is answered with, when it is not to succeed. */
  refusal: Refusal | null
}

type Given = Partial<{
  rollouts: RolloutView[]
  procedures: ProcedureSummary[]
  deployments: DeploymentLine[]
  record: (RolloutEvent & { sequence: number })[]
}>

export function aProcedure(part: Partial<ProcedureSummary> = {}): ProcedureSummary {
  const { procedure } = aRollout()
  return {
    ...procedure,
    activeDeployment: baseBuild,
    stationCount: 10,
    sites: ['Munich'],
    lines: ['Line 1', 'Line 2'],
    tags: [],
    live: null,
    autoPush: false,
    soakMinutes: null,
    zone: 'Europe/Berlin',
    ...part,
  }
}

export function aBuild(part: Partial<DeploymentLine> = {}): DeploymentLine {
  return {
    ...aDeployment(),
    status: 'ready',
    environment: 'production',
    labels: [],
    createdAt: noon,
    promotedAt: null,
    expectation: null,
    expectedYieldChange: null,
    notEligible: null,
    aborted: null,
    push: null,
    isKnownGood: false,
    ...part,
  }
}

export function fakeService(given: Given = {}): FakeService {
  const procedures = given.procedures ?? [aProcedure()]
  const deployments = given.deployments ?? [aBuild()]
  const policies = fakePolicies()
  const has = (text: string, search: string | undefined) =>
    search === undefined || text.toLowerCase().includes(search.toLowerCase())

  const fake: FakeService = {
    ...fakeLearning,
    commanded: [],
    started: [],
    retried: [],
    superseded: [],
    rolledBack: [],
    retestsAsked: [],
    accepted: [],
    channels: [],
    pushes: [],
    policies,
    alarms: [],
    acknowledged: [],
    way: null,
    contained: null,
    signedOff: [],
    rollouts: given.rollouts ?? [],
    record: given.record ?? [],
    told: [],
    canaries: {
      score: 1,
      missing: [],
      volumeShare: 0.25,
      yields: { canaries: 0.981, fleet: 0.979 },
      suggested: [],
    },
    closedBecause: null,
    changes: null,
    refusal: null,

    start: async (input, by, commandId) => {
      fake.started.push({ input, plan: plan.parse(input.plan), by, commandId })
      if (fake.refusal) return fake.refusal
      const rollout = aRollout({ id: rolloutId.parse(uuid(1, 90 + fake.started.length)) })
      return { rollout, did: 'started: 1 station gets the build', events: [] }
    },
    command: async (id, verb, by, against, commandId) => {
      fake.commanded.push({ id, verb, by, against, commandId })
      if (fake.refusal) return fake.refusal
      return decided(id, verb, by, against)
    },
    retry: async (id, why) => {
      fake.retried.push({ id, why })
      return { rollout: aRollout(), did: 'started again', events: [] }
    },
    supersede: async (id, input, by, commandId) => {
      fake.superseded.push({ id, input, plan: plan.parse(input.plan), by, commandId })
      if (fake.refusal) return fake.refusal
      const rollout = aRollout({ id: rolloutId.parse(uuid(1, 80 + fake.superseded.length)) })
      return { rollout, did: 'superseded the former rollout', events: [] }
    },
    rollback: async (procedureId, deploymentId, why, by) => {
      fake.rolledBack.push({ procedureId, deploymentId, why, by })
      return fake.refusal ?? { did: 'rolled PCBA-FCT back to 2.4.0 on 10 stations' }
    },
    askRetests: async (id, { count, withErrors = false }, by) => {
      fake.retestsAsked.push({ id, count, withErrors, by })
      return fake.refusal ?? { did: `asked for retests of ${count} pairs`, pairs: [], summary: noRetests }
    },
    diff: async () => ({ refused: 'not found', why: 'there is no such build', next: 'Look.' }),
    acceptChanges: async (id, { ids, why }, by) => {
      fake.accepted.push({ id, ids, why, by })
      return fake.refusal ?? { did: 'accepted the change of 2.4.1', accepted: [] }
    },
    declareDefinition: async () => ({ did: 'declared what 2.4.1 tests' }),
    setChannel: async (procedureId, to) => {
      fake.channels.push({ procedureId, ...to })
      return fake.refusal ?? { did: `cards go to ${to.channel} from now on` }
    },
    setAutoPush: async (procedureId, on, by) => {
      fake.pushes.push({ procedureId, on, by })
      return fake.refusal ?? { did: `switched automatic pushes ${on ? 'on' : 'off'}` }
    },
    buildRecord: async () => null,
    failures: async () => null,
    procedureFailures: async () => null,
    tryFailureRules: async () => null,
    retests: async () => null,
    stationAlarms: async (filter = {}) =>
      fake.alarms
        .filter((alarm) => filter.open === undefined || (alarm.closed === null) === filter.open)
        .filter((alarm) => !filter.procedureId || alarm.procedure.id === filter.procedureId)
        .filter(
          ({ kind, openedAt }) =>
            !filter.group || (kind === filter.group.kind && openedAt === filter.group.openedAt),
        ),
    acknowledgeAlarms: async (ids, why, by) => {
      fake.acknowledged.push({ ids, why, by })
      if (fake.refusal) return fake.refusal
      fake.alarms = fake.alarms.map((alarm) =>
        ids.includes(alarm.id)
          ? { ...alarm, closed: { at: noon, how: 'acknowledged' }, acknowledged: { by, at: noon, why } }
          : alarm,
      )
      return { did: 'acknowledged', alarms: fake.alarms.filter(({ id }) => ids.includes(id)) }
    },
    stationStates: async () => [],
    overview: async () => ({ live: [], moreLive: 0, asks: [], moreAsks: 0, ended: [], procedures: [] }),
    fleet: (filter) => Promise.resolve(fleetView([], filter)).then((view) => ({ ...view, rows: [] })),
    procedureRecord: async () => null,
    procedureYields: async () => null,
    stationRecord: async () => null,
    stationYields: async () => null,
    buildDetail: async () => null,
    buildDays: async () => null,
    reverting: async () => fake.way,
    shadowPairs: async () => null,
    containment: async () => fake.contained,
    containedUnits: async () => null,
    ledger: async () => null,
    recomputed: async () => null,
    signOffContainment: async (id, { note, digest }, by) => {
      fake.signedOff.push({ id, note, digest, by })
      if (fake.refusal) return fake.refusal
      if (fake.contained === null) return notHere
      const { counts, signOffs } = fake.contained
      const { units, escapes, falseScrap } = counts
      const open = escapes.open + falseScrap.open
      const signed = { by, at: noon, note, units, passed: escapes.units, failed: falseScrap.units, open }
      fake.contained = {
        ...fake.contained,
        state: 'signed off',
        signOffs: [{ ...signed, digest: counts.digest }, ...signOffs],
      }
      return { did: 'signed off', containment: fake.contained }
    },
    preview: async (_id, input, deploymentId = null) => {
      const build = deployments.find((each) => each.id === deploymentId)
      const parsed = plan.safeParse(build ? withDeclared(input, build) : input)
      if (!parsed.success)
        return { ...notHere, refused: 'invalid', why: parsed.error.issues[0]?.message ?? '' }
      const stations = aRollout().stations
      return {
        plan: parsed.data,
        stationCount: 10,
        stages: parsed.data.stages.map((_stage, index) => ({
          label: `stage ${index + 1}`,
          stations: stations.slice(0, index === parsed.data.stages.length - 1 ? undefined : index + 1),
          hoursToVerdict: 24,
          smallestDrop: 0.021,
        })),
        canaries: fake.canaries,
        leftOut: [{ name: 'FCT-77', why: 'an experiment runs on it' }],
        changes: fake.changes,
        trouble: [],
        closedBecause: fake.closedBecause,
      }
    },
    history: async (_id, limit = 20) => fake.told.slice(0, limit),
    get: async (id) => fake.rollouts.find((rollout) => rollout.id === id) ?? null,
    procedureOf: async (id) => fake.rollouts.find((rollout) => rollout.id === id)?.procedure ?? null,
    list: async (filter = {}) =>
      fake.rollouts
        .filter((rollout) => filter.live !== true || rollout.endedAt === null)
        .filter((rollout) => !filter.procedureId || rollout.procedure.id === filter.procedureId)
        .map(lineOf)
        .toSorted((a, b) => b.createdAt - a.createdAt)
        .slice(0, filter.limit ?? 100),
    events: async () => fake.record,
    policy: policies.policy,
    policyHistory: policies.policyHistory,
    setPolicy: policies.setPolicy,
    freeze: policies.freeze,
    unfreeze: policies.unfreeze,
    procedures: async (search) => procedures.filter((each) => has(each.name, search)),
    procedureInBrief: async (id) => procedures.find((each) => each.id === id) ?? null,
    procedure: async (name) =>
      procedures.find((each) => each.id === name || each.name.toLowerCase() === name.toLowerCase()) ?? null,
    deployments: async (_id, search) => deployments.filter((each) => has(each.version, search)),
    deployment: async (_id, name) =>
      deployments.find((each) => each.id === name || each.version === name || each.sha.startsWith(name)) ??
      null,
    group: async (_id, words) =>
      words.toLowerCase() === 'line 1'
        ? { sites: [], lines: ['Line 1'], tags: [] }
        : {
            refused: 'invalid',
            why: `No site, line or tag is called ${words}.`,
            next: 'There are: Line 1, Line 2.',
          },
  }

  /** As the real one: a command against an older version is refused with the name of who was first. */
  function decided(id: string, verb: RolloutVerb, by: Actor, against: Against | undefined): Outcome {
    const rollout = fake.rollouts.find((each) => each.id === id)
    if (!rollout) return { refused: 'not found', why: 'There is no such rollout.', next: '' }
    if (against?.version !== undefined && against.version !== rollout.version)
      return {
        refused: 'stale',
        why: `${rollout.lastDecision.by.name} ${rollout.lastDecision.what} at 12:00.`,
        next: 'Look at the card as it is now.',
      }
    const what = { what: verb.verb, by, at: noon, why: 'why' in verb ? (verb.why ?? null) : null }
    const after: RolloutView = { ...rollout, version: rollout.version + 1, lastDecision: what }
    const advanced = verb.verb === 'advance' ? advancedView(after, what) : after
    const changed = verb.verb === 'pause' ? pausedView(advanced, what) : advanced
    fake.rollouts = fake.rollouts.map((each) => (each.id === id ? changed : each))
    return { rollout: changed, did: `did ${verb.verb}`, events: [] }
  }

  return fake
}

const noRetests = summary([])
const notHere: Refusal = { refused: 'not now', why: 'Not in this test.', next: '' }

function advancedView(view: RolloutView, decision: RolloutView['lastDecision']): RolloutView {
  const stageIndex = view.stageIndex + 1
  const stages = view.stages.map((stage) => {
    if (stage.index === view.stageIndex)
      return {
        ...stage,
        state: 'done' as const,
        decision: { ...decision, what: `advanced to stage ${stageIndex + 1}` },
      }
    return stage.index === stageIndex ? { ...stage, state: 'current' as const } : stage
  })
  return {
    ...view,
    stageIndex,
    stages,
    lastDecision: { ...decision, what: `advanced to stage ${stageIndex + 1}` },
  }
}

function pausedView(view: RolloutView, { by, at, why }: RolloutView['lastDecision']): RolloutView {
  return { ...view, status: 'paused', pause: { reason: 'person', why: why ?? '', by, at } }
}

function lineOf(view: RolloutView): RolloutLine {
  return { ...view, stageCount: view.stages.length }
}
