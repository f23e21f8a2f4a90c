// Every verb of /rollout through the real app, over signed HTTP and over Socket Mode: done by who may, refused else.
import { describe, expect, it } from 'vitest'
import { subcommands } from '../../bot/commands/subcommands.ts'
import { type VerbKind, verbKind } from '../../server/domain/rights.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import type { FakeService, fakeService } from './support/fake-service.ts'
import { ended, fresh, good, idle, live, procedure, typing } from './support/typing.ts'

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
