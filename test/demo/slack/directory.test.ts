import { expect, test } from 'vitest'
import { client, refusal } from './support/client.ts'
import { ines, workspace } from './support/small-app.ts'

test('auth.test says who the app is', async () => {
  const slack = await workspace()
  const { team } = slack
  expect(await client(slack).auth.test()).toMatchObject({
    team_id: team.teamId,
    user_id: team.botUserId,
    bot_id: team.botId,
  })
  expect(await client(slack).bots.info({ bot: team.botId })).toMatchObject({ bot: { app_id: team.appId } })
})

test('a guest is known as one, and a stranger as of another team', async () => {
  const slack = await workspace({
    users: [
      { id: 'U0GUEST', name: 'lee', realName: 'Lee', email: 'lee@supplier.test', isRestricted: true },
      { id: 'U0OTHER', name: 'kim', realName: 'Kim', email: 'kim@other.test', teamId: 'T0OTHER' },
    ],
  })
  const web = client(slack)
  expect((await web.users.info({ user: 'U0GUEST' })).user).toMatchObject({ is_restricted: true })
  expect((await web.users.info({ user: 'U0OTHER' })).user).toMatchObject({
    team_id: 'T0OTHER',
    is_stranger: true,
  })
  expect(await refusal(web.users.info({ user: 'U0NOBODY' }))).toMatchObject({ error: 'user_not_found' })
})

test('people are found by their address', async () => {
  const slack = await workspace()
  const web = client(slack)
  expect((await web.users.lookupByEmail({ email: 'ines@factory.test' })).user).toMatchObject({ id: ines })
  expect(await refusal(web.users.lookupByEmail({ email: 'x@y.z' }))).toMatchObject({
    error: 'users_not_found',
  })
  expect((await web.users.list({})).members).toHaveLength(7)
})

test('channels are listed by their kind', async () => {
  const slack = await workspace({
    channels: [
      { id: 'C0OPEN', name: 'open' },
      { id: 'C0CLOSED', name: 'closed', isPrivate: true },
    ],
  })
  const web = client(slack)
  const names = async (types: string) =>
    (await web.conversations.list({ types })).channels?.map((one) => one.name)
  expect(await names('public_channel')).toEqual(['open'])
  expect(await names('public_channel,private_channel')).toEqual(['open', 'closed'])
  expect((await web.conversations.info({ channel: 'C0OPEN' })).channel).toMatchObject({ is_member: true })
})

test('a user group lists its people', async () => {
  const slack = await workspace({
    userGroups: [{ id: 'S0APPROVE', handle: 'approvers', name: 'Approvers', users: [ines] }],
  })
  const web = client(slack)
  expect((await web.usergroups.list({ include_count: true })).usergroups).toMatchObject([
    { handle: 'approvers', user_count: 1 },
  ])
  expect((await web.usergroups.users.list({ usergroup: 'S0APPROVE' })).users).toEqual([ines])
  expect(await refusal(web.usergroups.users.list({ usergroup: 'S0NONE' }))).toMatchObject({
    error: 'no_such_subteam',
  })
})
