// Every verb of /rollout through the real app, over signed HTTP and over Socket Mode: done by who may, refused else.
import { describe, expect, it } from 'vitest'
import { subcommands } from '../../bot/commands/subcommands.ts'
import { deploymentId, procedureId } from '../../server/domain/ids.ts'
import { type VerbKind, verbKind } from '../../server/domain/rights.ts'
import { ines, marek, uuid } from '../support/fixed-values.ts'
import { aDeployment, aPausedRollout, aRollout, baseBuild } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, type FakeService, fakeService } from './support/fake-service.ts'
import { answerTo, channel, type Door, openBot } from './support/open-bot.ts'

const procedure = aProcedure()
const fresh = aBuild(aDeployment({ id: deploymentId.parse(uuid(2, 7)), version: '2.4.2', sha: '777777777' }))
const good = aBuild({
  ...aDeployment({ id: deploymentId.parse(uuid(2, 8)), version: '2.3.9', sha: '888888888' }),
  isKnownGood: true,
})
const active = aBuild({ ...baseBuild, isKnownGood: true, notEligible: 'already runs on every station' })
const builds = [aBuild(), fresh, good, active]
const live = { rollouts: [aPausedRollout()], procedures: [procedure], deployments: builds }
const idle = { rollouts: [], procedures: [procedure], deployments: builds }
const ended = { ...idle, rollouts: [aRollout({ status: 'aborted', endedAt: 5 })] }

/** What a verb was to do, as the service was asked. */
type Did = (service: FakeService) => unknown
const commanded: Did = (service) => service.commanded[0]?.verb
type Row = [text: string, given: Parameters<typeof fakeService>[0], did: Did, expected: unknown, says: string]

const table: Row[] = [
  [
    'start PCBA-FCT 2.4.2 new limits',
    idle,
    ({ started }) => started[0]?.input.deploymentId,
    fresh.id,
    'started',
  ],
  [
    'supersede PCBA-FCT 2.4.2 fixes the limits',
    live,
    ({ superseded }) => [superseded[0]?.id, superseded[0]?.input.deploymentId, superseded[0]?.input.reason],
    [aRollout().id, fresh.id, 'fixes the limits'],
    'superseded',
  ],
  [
    'supersede 2.4.2 fixes it',
    live,
    ({ superseded }) => superseded[0]?.input.deploymentId,
    fresh.id,
    'superseded',
  ],
  [
    'retry PCBA-FCT fixture repaired',
    ended,
    ({ retried }) => retried[0]?.why,
    'fixture repaired',
    'started again',
  ],
  [
    'advance good so far',
    live,
    commanded,
    { verb: 'advance', why: 'good so far', override: false },
    'did advance',
  ],
  [
    'advance --override dirty',
    live,
    commanded,
    { verb: 'advance', why: 'dirty', override: true },
    'did advance',
  ],
  [
    'set 50% night shift',
    live,
    commanded,
    { verb: 'set', share: 0.5, why: 'night shift', override: false },
    'did set',
  ],
  ['approve', live, commanded, { verb: 'approve' }, 'did approve'],
  ['resume cleaned', live, commanded, { verb: 'resume', why: 'cleaned' }, 'did resume'],
  ['undo too early', live, commanded, { verb: 'undo', why: 'too early' }, 'did undo'],
  ['pause checking', live, commanded, { verb: 'pause', why: 'checking' }, 'did pause'],
  ['abort false fails', live, commanded, { verb: 'abort', why: 'false fails' }, 'did abort'],
  [
    'acknowledge bad lot',
    live,
    commanded,
    { verb: 'acknowledge', gate: 'first-pass yield', why: 'bad lot' },
    'did ack',
  ],
  [
    'waive FCT-03 in repair',
    live,
    commanded,
    { verb: 'waive', stationId: aRollout().stations[2]?.id, why: 'in repair' },
    'did waive',
  ],
  ['retest', live, ({ retestsAsked }) => retestsAsked[0]?.count, 10, 'retests?format=csv'],
  [
    'retest PCBA-FCT 3 --with-errors',
    live,
    ({ retestsAsked }) => retestsAsked[0],
    { id: aRollout().id, count: 3, withErrors: true, by: ines },
    'Asked for retests of 3 pairs',
  ],
  [
    'rollback PCBA-FCT 2.3.9 fails good boards',
    idle,
    ({ rolledBack }) => rolledBack[0],
    { procedureId: procedure.id, deploymentId: good.id, why: 'fails good boards', by: ines },
    '/rollout history PCBA-FCT',
  ],
  [
    'freeze PCBA-FCT --site Munich customer audit',
    live,
    ({ policies }) => policies.frozen,
    [{ scope: procedure.id, until: null, why: 'customer audit', sites: ['Munich'] }],
    '/rollout unfreeze PCBA-FCT',
  ],
  [
    'freeze everything inventory',
    live,
    ({ policies }) => policies.frozen,
    [{ scope: 'organisation', until: null, why: 'inventory', sites: [] }],
    '/rollout unfreeze everything',
  ],
  [
    'unfreeze everything audit is over',
    live,
    ({ policies }) => policies.unfrozen,
    [{ scope: 'organisation', id: null, why: 'audit is over' }],
    'Lifted',
  ],
]

async function typing(door: Door, text: string, given: Parameters<typeof fakeService>[0], prepare?: Did) {
  const service = fakeService(given)
  prepare?.(service)
  const open = await openBot({ service, door })
  const outcome = await open.workspace.command({ user: ines.id, channel, text })
  expect(outcome).toMatchObject({ ok: true })
  return { ...open, service, says: (...parts: (string | RegExp)[]) => answerTo(open, ines.id, ...parts) }
}

describe.each(['http', 'socket'] as const)('over %s', (door) => {
  it.each(table)('/rollout %s', async (text, given, did, expected, says) => {
    const { service, says: answered } = await typing(door, text, given)
    await answered(says)
    expect(did(service)).toEqual(expected)
  })

  it.each([
    ['start', 'start_rollout', idle],
    ['start PCBA-FCT', 'start_rollout', idle],
    ['supersede', 'start_rollout', live],
    ['supersede PCBA-FCT', 'start_rollout', live],
    ['config', 'rollout_config', idle],
    ['config PCBA-FCT', 'rollout_config', idle],
  ])('/rollout %s opens a form', async (text, form, given) => {
    const { workspace } = await typing(door, text, given)
    await workspace.waitFor(() => workspace.views(ines.id).at(-1)?.callback_id === form, 2000)
  })

  it.each([
    ['status', 'PCBA-FCT 2.4.1, stage 2 of 4: paused'],
    ['why', 'Next:'],
    ['list', 'paused, stage 2 of 4'],
    ['history', 'Nothing has been rolled out of *PCBA-FCT* yet'],
    ['help', '*Stop*'],
    ['nonsens', 'is not something /rollout knows'],
  ])('/rollout %s is answered', async (text, says) => {
    const { says: answered } = await typing(door, text, live)
    await answered(says)
  })
})

it('the table has every verb that changes something', () => {
  const typed = new Set(table.map(([text]) => text.split(' ')[0]))
  const deciding = Object.entries(subcommands).flatMap(([name, { verb }]) => (verb === null ? [] : [name]))
  expect([...typed].toSorted()).toEqual(deciding.toSorted())
})

describe('somebody who may not', () => {
  const others = { groups: [], users: [marek.id] }
  const everyKind = Object.fromEntries(
    verbKind.options.map((kind): [VerbKind, typeof others] => [kind, others]),
  )

  it.each(table)('is refused /rollout %s, and told who may', async (text, given, did) => {
    const { service, says } = await typing('http', text, given, (fake) => fake.policies.onlyFor(everyKind))
    await says('You tried to', `That is for <@${marek.id}>. Ask one of them.`, `/rollout ${text}`)
    expect(
      [undefined, []].some((nothing) => JSON.stringify(nothing) === JSON.stringify(asked(did, service))),
    ).toBe(true)
    expect([service.commanded, service.started, service.superseded, service.rolledBack]).toEqual([
      [],
      [],
      [],
      [],
    ])
    expect([service.retried, service.retestsAsked, service.policies.frozen]).toEqual([[], [], []])
  })

  /** Of a list of what was asked: nothing at all. */
  function asked(did: Did, service: FakeService): unknown {
    const found = did(service)
    return Array.isArray(found) && found.every((each) => each === undefined) ? undefined : found
  }

  it('override is refused apart from advance', async () => {
    const { service, says } = await typing('http', 'advance --override dirty', live, ({ policies }) =>
      policies.onlyFor({ override: others }),
    )
    await says('You tried to override what is still open in a rollout of PCBA-FCT')
    expect(service.commanded).toEqual([])
    const without = await typing('http', 'advance', live, ({ policies }) =>
      policies.onlyFor({ override: others }),
    )
    await without.says('did advance')
  })

  it('is recorded with user, team, trigger, verb and decision', async () => {
    const { logged, says } = await typing('http', 'abort now', live, (fake) =>
      fake.policies.onlyFor(everyKind),
    )
    await says('You tried to abort')
    const line = logged.map((each) => JSON.parse(each)).find((each) => each.decision === 'refused')
    expect(line).toMatchObject({
      user: ines.id,
      verb: 'abort',
      trigger: expect.any(String),
      team: expect.any(String),
    })
  })
})

describe('bad input', () => {
  const preview = aBuild({
    ...aDeployment({ id: deploymentId.parse(uuid(2, 4)), version: '2.5.0-pr7', sha: '444444444' }),
    environment: 'preview',
    notEligible: 'is a preview build: promote it first',
  })
  const building = aBuild({
    ...aDeployment({ id: deploymentId.parse(uuid(2, 3)), version: '2.6.0', sha: '333333333' }),
    status: 'building',
    notEligible: 'is not ready: its build is building',
  })
  const two = {
    ...idle,
    procedures: [procedure, aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Burn-in' })],
  }
  const given = { ...live, deployments: [...builds, preview, building] }

  it.each<[string, Parameters<typeof fakeService>[0], ...string[]]>([
    ['start PCBA-FTC 2.4.2', given, 'No procedure is called *PCBA-FTC*', '`/rollout start PCBA-FCT`'],
    [
      'rollback PCBA-FTC 2.3.9 why',
      given,
      'No procedure is called',
      '`/rollout rollback PCBA-FCT 2.3.9 why`',
    ],
    ['history PCBA-FTC', given, 'No procedure is called *PCBA-FTC*', '`/rollout history PCBA-FCT`'],
    ['config PCBA-FTC', given, 'No procedure is called *PCBA-FTC*', '`/rollout config PCBA-FCT`'],
    ['freeze PCBA-FTC audit', given, 'No procedure is called', '`/rollout freeze PCBA-FCT audit`'],
    ['freeze everyting audit', given, 'Did you mean `/rollout freeze everything audit`?'],
    ['retry PCBA-FTC why', ended, 'No procedure is called', '`/rollout retry PCBA-FCT why`'],
    ['start PCBA-FCT 2.6.0', given, '*2.6.0* cannot be rolled out: it is not ready: its build is building'],
    ['start PCBA-FCT 2.5.0-pr7', given, 'a preview build', 'Only production builds go to stations: register'],
    ['supersede 2.5.0-pr7 why', given, 'a preview build', 'Only production builds go to stations'],
    ['supersede 2.4.1 why', given, '*2.4.1* is the build that is being rolled out'],
    ['supersede 2.4.2', given, 'It needs a reason', '/rollout supersede'],
    ['supersede 2.4.2 why', idle, 'No rollout is live'],
    ['set 0% why', given, 'Expected more than 0 %'],
    ['set 140% why', given, 'Expected at most 100 %'],
    ['retest 0', given, 'Expected how many pairs, a whole number from 1 to 200, got *0*'],
    ['retest many', given, 'Expected how many pairs', 'got *many*'],
    ['retest --with-error', given, '--with-error is not an option', 'Did you mean --with-errors?'],
    [
      'rollback PCBA-FCT 2.4.2 why',
      given,
      '*2.4.2* never ran on all stations',
      'Known good: 2.3.9',
      'rollback PCBA-FCT 2.3.9',
    ],
    [
      'rollback PCBA-FCT 2.4.0 why',
      given,
      '*2.4.0* already is the build of every station',
      'Known good: 2.3.9',
    ],
    ['rollback PCBA-FCT 9.9 why', given, 'has no version *9.9*', 'Known good: 2.3.9'],
    ['rollback PCBA-FCT', given, 'Which version of *PCBA-FCT*?', '`/rollout rollback PCBA-FCT 2.3.9`'],
    [
      'rollback PCBA-FCT 2.3.9',
      given,
      'A rollback needs a reason',
      'rollback PCBA-FCT 2.3.9 fails good boards',
    ],
    ['rollback 2.3.9 why', two, 'There are 2 procedures', '`/rollout rollback Burn-in 2.3.9 why`'],
    ['freeze audit', two, 'Name a procedure, or everything', '`/rollout freeze everything audit`'],
    ['freeze everything', given, 'A freeze needs a reason', '/rollout freeze everything --until 3h audit'],
    ['freeze everything --until soon audit', given, '--until: Expected until when, such as 3h', 'got "soon"'],
    ['freeze everything --until 2020-01-01T10:00 audit', given, 'which is over'],
    ['freeze everything --untl 3h audit', given, '--untl is not an option', 'Did you mean --until?'],
    ['history PCBA-FCT please', given, 'takes a procedure only'],
    [
      'start PCBA-FCT 2.4.2 --group nowhere',
      given,
      'No site, line or tag is called nowhere',
      'There are: Line 1',
    ],
  ])('/rollout %s', async (text, holding, ...says) => {
    const { service, says: answered } = await typing('http', text, holding)
    await answered(...says, `\`\`\`/rollout ${text}\`\`\``)
    expect([service.commanded, service.started, service.superseded, service.rolledBack]).toEqual([
      [],
      [],
      [],
      [],
    ])
    expect([service.retried, service.retestsAsked, service.policies.frozen]).toEqual([[], [], []])
  })

  it('a rollout that is live already is named and linked, and replacing it is offered', async () => {
    const line = { ...aRollout(), stageCount: 4 }
    const busy = { ...live, procedures: [aProcedure({ live: line })] }
    const open = await typing('http', 'start PCBA-FCT 2.4.2 --preset hot-fix new limits', busy, (fake) => {
      fake.refusal = { refused: 'not now', why: 'a rollout of PCBA-FCT is already live', next: '' }
    })
    await open.says(
      `<${line.url}|PCBA-FCT 2.4.1>, active, stage 2 of 4, owner Ines Duarte`,
      '`/rollout supersede PCBA-FCT 2.4.2 --preset hot-fix new limits`',
    )
    const message = open.workspace.ephemerals(ines.id).at(-1)
    const click = { user: ines.id, channel, ts: message?.ts ?? '', actionId: 'supersede' }
    expect(await open.workspace.click(click)).toMatchObject({ ok: true })
    await open.workspace.waitFor(() => open.workspace.views(ines.id).length > 0, 2000)
    expect(open.workspace.views(ines.id).at(-1)?.callback_id).toBe('start_rollout')
  })

  it('a refusal for another reason is told as it is', async () => {
    const { says } = await typing('http', 'start PCBA-FCT 2.4.2 why', idle, (fake) => {
      fake.refusal = { refused: 'not now', why: 'the first stage may take no station: frozen', next: 'Wait.' }
    })
    await says('The first stage may take no station: frozen', 'Wait.')
  })

  it('a rollback that a live rollout hinders says how to abort it', async () => {
    const busy = { ...live, procedures: [aProcedure({ live: { ...aRollout(), stageCount: 4 } })] }
    const { says } = await typing('http', 'rollback PCBA-FCT 2.3.9 fails good boards', busy, (fake) => {
      fake.refusal = { refused: 'not now', why: 'a rollout of this procedure is live', next: 'Abort it.' }
    })
    await says('`/rollout abort PCBA-FCT fails good boards`')
  })
})

describe('a freeze', () => {
  it('lasts until a time on the clock of the procedure’s factory', async () => {
    const { service, says, clock } = await typing(
      'http',
      'freeze PCBA-FCT --until tomorrow 06:00 audit',
      live,
    )
    await says('Froze')
    const [frozen] = service.policies.frozen
    const until = new Date(frozen?.until ?? '')
    expect(until.toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })).toBe('06:00:00')
    const hours = (until.getTime() - clock.now) / 3_600_000
    expect(hours).toBeGreaterThan(5)
    expect(hours).toBeLessThan(31)
    expect(frozen?.why).toBe('audit')
  })

  it('of everything asks for a zone where the factories have several', async () => {
    const far = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Burn-in', zone: 'America/Chicago' })
    const given = { ...idle, procedures: [procedure, far] }
    const vague = await typing('http', 'freeze everything --until tomorrow 06:00 audit', given)
    await vague.says('several time zones', 'such as 3h')
    expect(vague.service.policies.frozen).toEqual([])
    const clear = await typing('http', 'freeze everything --until 3h audit', given)
    await clear.says('Froze')
  })

  it('that is in force stands in the status, with who set it and how long it holds', async () => {
    const { says } = await typing('http', 'status', live, ({ policies }) => {
      policies.given('organisation', {
        freezes: [{ from: '2026-11-20T08:00:00Z', to: null, why: 'inventory', sites: ['Munich'], by: marek }],
      })
    })
    await says(
      '*Frozen:* everything at Munich, until it is lifted: inventory, by Marek Nowak',
      'stage 2 of 4',
    )
  })

  it('of another procedure does not stand in the status of this one', async () => {
    const burnIn = procedureId.parse(uuid(4, 2))
    const given = { ...live, procedures: [procedure, aProcedure({ id: burnIn, name: 'Burn-in' })] }
    const freezing = ({ policies }: FakeService) =>
      policies.given(burnIn, {
        freezes: [{ from: '2026-11-20T08:00:00Z', to: null, why: 'oven', sites: [] }],
      })
    const one = await typing('http', 'status PCBA-FCT', given, freezing)
    expect(await one.says('stage 2 of 4')).not.toContain('oven')
    const all = await typing('http', 'status', given, freezing)
    await all.says('*Frozen:* Burn-in, until it is lifted: oven')
  })
})

it('history tells who did what and why, with a link to the page', async () => {
  const rollout = {
    id: aRollout().id,
    url: 'https://x.test/r',
    version: '2.4.1',
    status: 'completed' as const,
  }
  const { says } = await typing('http', 'history', live, (fake) => {
    fake.history = async () => [
      {
        at: 1_795_176_000_000,
        by: marek,
        what: 'rolled out 2.4.1 in 2 days',
        why: 'limits <!channel>',
        rollout,
      },
      { at: 1_795_000_000_000, by: ines, what: 'rolled back to 2.3.9', why: null, rollout: null },
    ]
  })
  await says(
    'Marek Nowak rolled out 2.4.1 in 2 days: limits &lt;!channel&gt; · <https://x.test/r|completed>',
    'Ines Duarte rolled back to 2.3.9',
  )
})
