// Who may decide from Slack: full members of this workspace, as Slack knows them at this minute.
import { WebClient } from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { createPeople } from '../../bot/workspaces/people.ts'
import { ines } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, botToken, channel, openBot } from './support/open-bot.ts'

const user = (id: string, part: object) => ({
  id,
  name: id,
  realName: id,
  email: `${id}@factory.test`,
  ...part,
})
const users = [
  user(ines.id, {}),
  user('U0DELETED1', { deleted: true }),
  user('U0BOTUSER1', { isBot: true }),
  user('U0GUEST001', { isRestricted: true }),
  user('U0GUEST002', { isUltraRestricted: true }),
  user('U0STRANGER', { teamId: 'T0ELSEWHER' }),
]

describe('a command by', () => {
  it.each([
    ['U0BOTUSER1', 'Bots may not decide'],
    ['U0GUEST001', 'Guests may not'],
    ['U0GUEST002', 'Guests may not'],
    ['U0STRANGER', 'Only people of this workspace'],
  ])('%s is refused', async (id, says) => {
    const service = fakeService({ rollouts: [aRollout()] })
    const open = await openBot({ service, workspace: { users } })
    await open.workspace.command({ user: id, channel, text: 'abort now' })
    await answerTo(open, id, says, '/rollout abort now')
    expect(service.commanded).toEqual([])
  })
})

describe('what Slack says of a person', () => {
  it.each([
    ['U0DELETED1', { refused: 'Your Slack account is deactivated.' }],
    ['U0NOBODY01', { refused: 'Slack does not know you in this workspace.' }],
    [ines.id, { actor: { kind: 'person', id: ines.id, name: ines.id, door: 'slack' } }],
  ])('decides over %s', async (id, result) => {
    const { workspace } = await openBot({ workspace: { users } })
    const client = new WebClient(botToken, { slackApiUrl: workspace.apiUrl })
    const people = createPeople({ client, teamId: workspace.team.teamId, now: () => 0 })
    expect(await people.identify(id)).toEqual(result)
  })

  it.each([
    [{ team_id: 'T0OTHER' }, 'Only people of this workspace may use rollouts.'],
    [{ team_id: 'T1', is_stranger: true }, 'Only people of this workspace may use rollouts.'],
    [
      { team_id: 'E1', enterprise_user: { teams: ['T0OTHER'] } },
      'Only people of this workspace may use rollouts.',
    ],
    [{ team_id: 'E1', enterprise_user: { teams: ['T1'] } }, undefined],
  ])('keeps other companies’ people out: %j', async (part, refused) => {
    const answer = { ok: true, user: { id: 'U1', name: 'u', ...part } }
    const client = new WebClient('xoxb-x', { fetch: async () => Response.json(answer) })
    const identified = await createPeople({ client, teamId: 'T1', now: () => 0 }).identify('U1')
    expect('refused' in identified ? identified.refused : undefined).toBe(refused)
  })

  it('is asked once a minute', async () => {
    const open = await openBot({ service: fakeService({ rollouts: [aRollout()] }), workspace: { users } })
    const asked = () => open.workspace.calls().filter((call) => call.method === 'users.info').length
    for (const text of ['why', 'status', 'list']) {
      await open.workspace.command({ user: ines.id, channel, text })
      await open.workspace.waitFor(() => open.workspace.ephemerals(ines.id).length > 0, 2000)
    }
    await answerTo(open, ines.id, 'Next:')
    expect(asked()).toBe(1)
    open.clock.now += 60_000
    await open.workspace.command({ user: ines.id, channel, text: 'pause' })
    await answerTo(open, ines.id, 'did pause')
    expect(asked()).toBe(2)
  })
})
