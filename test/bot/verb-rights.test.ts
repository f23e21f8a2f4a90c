// Rights per verb: user groups of Slack, people by name where Slack is silent, asked anew at every click.
import { WebClient } from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { createPeople } from '../../bot/workspaces/people.ts'
import { createRights } from '../../bot/workspaces/rights.ts'
import { createUserGroups } from '../../bot/workspaces/user-groups.ts'
import type { Fault } from '../../demo/slack/state/faults.ts'
import type { Actor } from '../../server/domain/actor.ts'
import type { RightfulVerb, Rights } from '../../server/domain/rights.ts'
import { rightfulVerb } from '../../server/domain/rights.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { aProcedure, fakeService } from './support/fake-service.ts'
import { botToken, openBot } from './support/open-bot.ts'

const procedure = aProcedure()
const leads = () => ({ id: 'S0LEADS001', handle: 'line-leads', name: 'Line leads', users: [ines.id] })
const onlyLeads = { groups: ['S0LEADS001'], users: [] }

async function rightsOf(rights: Rights, groups = [leads()]) {
  const service = fakeService()
  service.policies.onlyFor(rights)
  const { workspace } = await openBot({ service, workspace: { userGroups: groups } })
  const clock = { now: 0 }
  const options = { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true }
  const client = new WebClient(botToken, options)
  const now = () => clock.now
  const people = createPeople({ client, teamId: workspace.team.teamId, now })
  const { teamId } = workspace.team
  const clients = { interactive: client, background: client }
  const asked = createRights({ service, clients, people, teamId, now })
  const may = async (user: Actor, verb: RightfulVerb) =>
    (await asked.refusal(user, verb, procedure.id)) === null
  const listings = () => workspace.calls().filter((call) => call.method === 'usergroups.users.list').length
  const silent = (fault: Fault) => workspace.faults.set({ ...fault, methods: ['usergroups.users.list'] })
  return { ...asked, may, listings, silent, clock, workspace, service }
}

const away: Fault = { kind: 'error500' }
const limited: Fault = { kind: 'ratelimited', retryAfterSeconds: 30 }
const refusing = (error: string): Fault => ({ kind: 'error', error })
const ways: [string, Fault][] = [
  ['answers with a fault', away],
  ['asks for fewer calls', limited],
  ['lacks the scope', refusing('missing_scope')],
  ['has a plan without groups', refusing('paid_teams_only')],
]

describe('a verb', () => {
  it('is open to everybody where nobody is named, without a call to Slack', async () => {
    const { may, listings } = await rightsOf({ stop: onlyLeads })
    for (const verb of rightfulVerb.options.filter(
      (each) => !['pause', 'abort', 'rollback', 'freeze'].includes(each),
    ))
      expect(await may(marek, verb), verb).toBe(true)
    expect(listings()).toBe(0)
  })

  it.each([
    ['decide', 'start advance set override resume undo retry supersede waive acknowledge retest unfreeze'],
    ['stop', 'pause abort rollback freeze'],
    ['approve', 'approve'],
    ['configure', 'config'],
  ])('of the kind %s is for the group that is named for it', async (kind, verbs) => {
    const { may } = await rightsOf({ [kind]: onlyLeads })
    for (const verb of rightfulVerb.options) {
      expect(await may(ines, verb), verb).toBe(true)
      expect(await may(marek, verb), verb).toBe(!verbs.split(' ').includes(verb))
    }
  })

  it('has rights of its own that go before those of its kind', async () => {
    const { may } = await rightsOf({ stop: onlyLeads, abort: { groups: [], users: [marek.id] } })
    expect([await may(marek, 'abort'), await may(ines, 'abort')]).toEqual([true, false])
    expect([await may(marek, 'pause'), await may(ines, 'pause')]).toEqual([false, true])
  })

  it('is for nobody where nobody may', async () => {
    const { refusal } = await rightsOf({ advance: { groups: [], users: [] } })
    expect(await refusal(ines, 'advance', procedure.id)).toContain('let nobody do that from Slack')
  })

  it('over a procedure of another workspace is for nobody here, whoever may there', async () => {
    const { refusal, service, workspace } = await rightsOf({})
    service.procedureInBrief = async () => ({ ...procedure, team: 'T0ELSEWHER' })
    expect(await refusal(ines, 'abort', procedure.id)).toContain('PCBA-FCT are in another Slack workspace')
    service.procedureInBrief = async () => ({ ...procedure, team: workspace.team.teamId })
    expect(await refusal(ines, 'abort', procedure.id)).toBeNull()
  })

  it('is for nobody where the procedure is not known', async () => {
    const { refusal, service } = await rightsOf({})
    service.policy = async () => null
    expect(await refusal(ines, 'advance', procedure.id)).toContain('does not know this procedure')
  })
})

describe('a refusal', () => {
  it('says what was tried, who may, whom to ask and where that is set, in markup and in plain text', async () => {
    const { refused } = await rightsOf({
      abort: { groups: ['S0LEADS001'], users: ['U0LINELEAD', 'U0ONCALL01'] },
    })
    const no = await refused(marek, 'abort', procedure.id)
    expect(no?.plain).toBe(
      'You tried to abort a rollout of PCBA-FCT. That is for @line-leads, Priya Raman and Tomás Vega. Ask one of them. Nothing was changed. Who may is set with /rollout config PCBA-FCT.',
    )
    expect(no?.text.markup).toContain('That is for <!subteam^S0LEADS001>, <@U0LINELEAD> and <@U0ONCALL01>.')
  })

  it('names a group by its id while Slack does not say what it is called', async () => {
    const { refusal, workspace } = await rightsOf({ abort: onlyLeads })
    workspace.faults.set({ kind: 'error500', methods: ['usergroups.list'] })
    expect(await refusal(marek, 'abort', procedure.id)).toContain('That is for the group S0LEADS001.')
  })

  it('stays short with two hundred people', async () => {
    const users = Array.from({ length: 200 }, (_, index) => `U0PERSON${index}`)
    const { refused } = await rightsOf({ abort: { groups: [], users } })
    const no = await refused(marek, 'abort', procedure.id)
    expect(no?.plain).toContain('194 more')
    expect(no?.plain.length).toBeLessThan(600)
  })
})

describe.each(ways)('while Slack %s', (_way, fault) => {
  it('people named in the settings may, members of a group may not, and are told why', async () => {
    const { may, refusal, silent } = await rightsOf({
      advance: { groups: ['S0LEADS001'], users: [marek.id] },
    })
    silent(fault)
    expect(await may(marek, 'advance')).toBe(true)
    expect(await may(ines, 'advance')).toBe(false)
    expect(await refusal(ines, 'advance', procedure.id)).toMatch(
      /Slack cannot say who is in @line-leads now \(.+\), so only people named in the settings may, and you are not one of them/,
    )
  })

  it('whoever was in the group may still stop, and do nothing else; others may not', async () => {
    const { may, silent, clock } = await rightsOf({ stop: onlyLeads, decide: onlyLeads })
    expect([await may(ines, 'advance'), await may(ines, 'pause')]).toEqual([true, true])
    clock.now += 61_000
    silent(fault)
    for (const verb of ['pause', 'abort', 'rollback', 'freeze'] as const)
      expect([verb, await may(ines, verb), await may(marek, verb)]).toEqual([verb, true, false])
    for (const verb of ['advance', 'resume', 'unfreeze'] as const)
      expect(await may(ines, verb), verb).toBe(false)
  })
})

describe('who is in a group', () => {
  it('is asked once a minute, and believed for no longer', async () => {
    const group = leads()
    const { may, listings, clock } = await rightsOf({ advance: onlyLeads }, [group])
    expect(await may(ines, 'advance')).toBe(true)
    group.users = [marek.id]
    clock.now += 59_999
    expect([await may(ines, 'advance'), await may(marek, 'advance')]).toEqual([true, false])
    expect(listings()).toBe(1)
    clock.now += 1
    expect([await may(ines, 'advance'), await may(marek, 'advance')]).toEqual([false, true])
    expect(listings()).toBe(2)
  })

  it('is nobody in a group that was deleted, not even for a stop', async () => {
    const groups = [leads()]
    const { may, clock } = await rightsOf({ abort: onlyLeads }, groups)
    expect(await may(ines, 'abort')).toBe(true)
    groups.pop()
    clock.now += 60_000
    expect(await may(ines, 'abort')).toBe(false)
  })

  it('is not asked again before Slack wants to be asked', async () => {
    const { may, listings, silent, clock, workspace } = await rightsOf({ advance: onlyLeads })
    silent(limited)
    for (let times = 0; times < 5; times += 1) expect(await may(ines, 'advance')).toBe(false)
    expect(listings()).toBe(1)
    workspace.faults.clear()
    clock.now += 30_000
    expect(await may(ines, 'advance')).toBe(true)
  })

  it('is looked up in every group until one holds the person', async () => {
    const night = { id: 'S0NIGHT001', handle: 'night', name: 'Night shift', users: [marek.id] }
    const both = { groups: ['S0LEADS001', 'S0NIGHT001'], users: [] }
    const { may, silent } = await rightsOf({ advance: both }, [leads(), night])
    expect([await may(ines, 'advance'), await may(marek, 'advance')]).toEqual([true, true])
    silent(away)
    expect(await may(marek, 'advance')).toBe(true)
  })
})

it('groups are told by handle, those that are in use alone', async () => {
  const { workspace } = await openBot({
    workspace: {
      userGroups: [leads(), { id: 'S0OLD00001', handle: 'a-old', name: 'Old', users: [], disabled: true }],
    },
  })
  const client = new WebClient(botToken, { slackApiUrl: workspace.apiUrl })
  const groups = await createUserGroups({ client, now: () => 0 }).all()
  expect(groups).toEqual([{ id: 'S0LEADS001', handle: 'line-leads', name: 'Line leads' }])
})
