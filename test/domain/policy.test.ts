// What a procedure's rollouts keep to: its own policy over the organisation's.
import { describe, expect, test } from 'vitest'
import { builtInRules } from '../../server/domain/failures/built-in-rules.ts'
import { gates } from '../../server/domain/gates/gate.ts'
import { effectivePolicy, organisationPolicy, procedurePolicy } from '../../server/domain/policy.ts'
import { riskClasses } from '../../server/domain/risk-classes.ts'

type Given = Record<string, unknown>
const effective = (organisation: Given = {}, procedure: Given = {}) =>
  effectivePolicy(organisationPolicy.parse(organisation), procedurePolicy.parse(procedure))
const faults = (given: Given, schema: typeof procedurePolicy | typeof organisationPolicy = procedurePolicy) =>
  schema.safeParse(given).error?.issues.map((issue) => issue.path.join('.'))

const hours = (site: string) => ({ sites: [site], zone: 'Europe/Paris', from: '07:00', to: '19:00' })
const freeze = (why: string) => ({ from: '2026-05-22T06:00:00Z', to: null, why })
const oneGate = [{ metric: 'error rate' }]

test('where nobody has set anything: standard, no automatic rollback, always open, no approvals', () => {
  expect(effective()).toEqual({
    failureRules: builtInRules,
    riskClass: 'standard',
    gates: gates.parse(riskClasses.standard.gates),
    passes: 'likely',
    autoRollback: false,
    hours: [],
    organisationHours: [],
    freezes: [],
    overnight: 'go on',
    shifts: null,
    stageMinutes: null,
    startApprovals: null,
    stageApprovals: null,
    fourEyes: false,
    approvalsLastMinutes: null,
    rights: {},
    alerts: { channel: null, onCall: null, second: null, escalateAfterMinutes: 30 },
  })
})

test('what a procedure names goes before what the organisation says', () => {
  const shifts = { zone: 'Europe/Paris', starts: ['05:00', '17:00'] }
  const own = { riskClass: 'low', autoRollback: false, overnight: 'go on', shifts, stageMinutes: 60 }
  expect(
    effective(
      { riskClass: 'high', autoRollback: true, overnight: 'pause', stageMinutes: 90, startApprovals: 2 },
      { ...own, startApprovals: 0, stageApprovals: 1 },
    ),
  ).toMatchObject({ ...own, passes: 'likely', startApprovals: 0, stageApprovals: 1 })
})

test('what it leaves open is the organisation’s: a freeze of its own lowers no class', () => {
  const organisation = {
    riskClass: 'high',
    autoRollback: true,
    overnight: 'pause',
    shifts: { zone: 'Asia/Kolkata', starts: ['06:00'] },
    stageMinutes: 90,
    startApprovals: 2,
    stageApprovals: 1,
  }
  expect(effective(organisation, { freezes: [freeze('inventory')] })).toMatchObject({
    ...organisation,
    passes: 'proven',
    gates: gates.parse(riskClasses.high.gates),
  })
})

test('hours and freezes of both hold', () => {
  const both = effective(
    { hours: [hours('Lyon')], freezes: [freeze('audit')] },
    { hours: [hours('Metz')], freezes: [freeze('inventory')] },
  )
  expect(both.organisationHours.map((each) => each.sites)).toEqual([['Lyon']])
  expect(both.hours.map((each) => each.sites)).toEqual([['Metz']])
  expect(both.freezes.map((each) => each.why)).toEqual(['audit', 'inventory'])
})

describe('approvals, rights and alerts are', () => {
  const organisation = {
    fourEyes: true,
    approvalsLastMinutes: 480,
    rights: { decide: { groups: ['S0ENGINEERS'] } },
    alerts: { onCall: 'S0ONCALL', second: 'S0SECOND', escalateAfterMinutes: 15 },
  }

  test('the organisation’s where the procedure is silent', () => {
    expect(effective(organisation, { freezes: [freeze('inventory')] })).toMatchObject({
      fourEyes: true,
      approvalsLastMinutes: 480,
      rights: { decide: { groups: ['S0ENGINEERS'], users: [] } },
      alerts: { channel: null, onCall: 'S0ONCALL', second: 'S0SECOND', escalateAfterMinutes: 15 },
    })
  })

  test('the procedure’s own: alerts as a whole, rights verb by verb, so that naming one opens no other', () => {
    const own = {
      fourEyes: false,
      approvalsLastMinutes: 60,
      rights: { abort: { users: ['U0LEAD'] } },
      alerts: { channel: 'C0LINE3' },
    }
    const both = effective(organisation, own)
    expect(both).toMatchObject({ fourEyes: false, approvalsLastMinutes: 60 })
    expect(both.rights).toEqual({
      decide: { groups: ['S0ENGINEERS'], users: [] },
      abort: { groups: [], users: ['U0LEAD'] },
    })
    expect(both.alerts).toEqual({ channel: 'C0LINE3', onCall: null, second: null, escalateAfterMinutes: 30 })
  })

  test('refused with their place when Slack could not know what they name', () => {
    expect(
      faults({
        rights: { abort: { groups: ['engineers'], users: ['@ada'] } },
        alerts: { channel: '#line-3', onCall: 'U0ADA', escalateAfterMinutes: 0 },
        approvalsLastMinutes: 0,
      })?.sort(),
    ).toEqual([
      'alerts.channel',
      'alerts.escalateAfterMinutes',
      'alerts.onCall',
      'approvalsLastMinutes',
      'rights.abort.groups.0',
      'rights.abort.users.0',
    ])
    expect(faults({ rights: { dance: {} } })).toEqual(['rights'])
  })
})

describe('the gates are', () => {
  const names = (organisation: Given, procedure: Given) =>
    effective(organisation, procedure).gates.map((gate) => gate.name)
  const ofClass = (name: 'low' | 'standard' | 'high') =>
    gates.parse(riskClasses[name].gates).map((gate) => gate.name)

  test("the procedure's own where it names some, also none", () => {
    expect(names({ gates: [{ metric: 'duration' }] }, { gates: oneGate })).toEqual(['error rate'])
    expect(names({}, { gates: [] })).toEqual([])
  })
  test("the organisation's for procedures of its class", () => {
    expect(names({ gates: oneGate }, {})).toEqual(['error rate'])
    expect(names({ gates: oneGate }, { riskClass: 'standard' })).toEqual(['error rate'])
  })
  test('those of the class for a procedure of another one', () => {
    expect(names({ gates: oneGate }, { riskClass: 'high' })).toEqual(ofClass('high'))
  })
})

test('every fault is named with its place', () => {
  expect(
    faults({
      riskClass: 'brave',
      gates: [{ metric: 'error rate' }, { metric: 'error rate', marginRelative: 0 }],
      hours: [{ zone: 'Paris', from: '25:00', to: '19:00' }],
      freezes: [{ from: 'today', to: null, why: '' }],
      overnight: 'sleep',
      stageMinutes: 0,
      stageApprovals: 1.5,
      stagez: 1,
    })?.sort(),
  ).toEqual([
    '',
    'freezes.0.from',
    'freezes.0.why',
    'gates.1.marginRelative',
    'hours.0.from',
    'hours.0.zone',
    'overnight',
    'riskClass',
    'stageApprovals',
    'stageMinutes',
  ])
  expect(faults({ gates: [{ metric: 'error rate', alpha: 0.06 }] })).toEqual(['gates'])
})

test('the organisation leaves nothing to anybody else', () => {
  expect(faults({ riskClass: null, autoRollback: null, overnight: null }, organisationPolicy)).toEqual([
    'riskClass',
    'autoRollback',
    'overnight',
  ])
})

test('rules of failures are asked from near to far: the procedure’s, the organisation’s, those built in', () => {
  const own = { category: 'fixture', contains: 'pogo' }
  const all = { category: 'script', contains: ['a', 'b'] }
  const rules = effective({ failureRules: [all] }, { failureRules: [own] }).failureRules
  expect(rules.slice(0, 2)).toMatchObject([
    { ...own, contains: ['pogo'], from: 'procedure' },
    { ...all, from: 'organisation' },
  ])
  expect(rules.slice(2)).toEqual(builtInRules)
})
