import { expect, test } from 'vitest'
import { defaultScopes } from '../../../demo/slack/state/installations.ts'
import { client, refusal } from './support/client.ts'
import { ines, marek, rollouts, workspace } from './support/small-app.ts'

const channels = [
  { id: 'C0OPEN', name: 'open', members: [ines, marek] },
  { id: 'C0OLD', name: 'old', isArchived: true },
  { id: 'C0SHARED', name: 'shared', isExtShared: true, appIsMember: false },
  { id: 'C0CLOSED', name: 'closed', isPrivate: true },
  { id: 'C0SECRET', name: 'secret', isPrivate: true, appIsMember: false },
]

test('a channel tells whether the app is in it, whether it is archived and who else reads along', async () => {
  const web = client(await workspace({ channels }))
  const info = async (channel: string) => (await web.conversations.info({ channel })).channel
  expect(await info('C0OPEN')).toMatchObject({ is_member: true, is_archived: false, is_ext_shared: false })
  expect(await info('C0OLD')).toMatchObject({ is_archived: true })
  expect(await info('C0SHARED')).toMatchObject({ is_member: false, is_ext_shared: true, is_shared: true })
  expect(await info('C0CLOSED')).toMatchObject({ is_private: true })
  expect(await refusal(web.conversations.info({ channel: 'C0SECRET' }))).toMatchObject({
    error: 'channel_not_found',
  })
  expect(await refusal(web.conversations.info({ channel: ines }))).toMatchObject({
    error: 'channel_not_found',
  })
})

test('a direct message needs a scope to be looked at that Firstpass does not ask for', async () => {
  const slack = await workspace()
  const opened = await client(slack).conversations.open({ users: ines })
  const channel = opened.channel?.id ?? ''
  expect(channel).toMatch(/^D/)
  expect(await refusal(client(slack).conversations.info({ channel }))).toMatchObject({
    error: 'missing_scope',
  })
  const allowed = await workspace({ scopes: [...defaultScopes, 'im:read'] })
  expect((await client(allowed).conversations.info({ channel })).channel).toMatchObject({
    is_im: true,
    user: ines,
  })
})

test('lists come in pages whose cursors lead on, and a made-up cursor nowhere', async () => {
  const web = client(await workspace({ channels }))
  const types = 'public_channel,private_channel'
  const first = await web.conversations.list({ types, limit: 3 })
  expect(first.channels?.map(({ id }) => id)).toEqual(['C0OPEN', 'C0OLD', 'C0SHARED'])
  const cursor = first.response_metadata?.next_cursor ?? ''
  const second = await web.conversations.list({ types, limit: 3, cursor })
  expect(second.channels?.map(({ id }) => id)).toEqual(['C0CLOSED'])
  expect(second.response_metadata?.next_cursor).toBe('')
  expect(await refusal(web.conversations.list({ cursor: 'bm90aGluZw==' }))).toMatchObject({
    error: 'invalid_cursor',
  })
  expect(await refusal(web.conversations.list({ types: 'public' }))).toMatchObject({
    error: 'invalid_types',
  })
})

test('members of a channel are its people and the app', async () => {
  const slack = await workspace({ channels })
  const members = await client(slack).conversations.members({ channel: 'C0OPEN' })
  expect(members.members).toEqual([ines, marek, slack.team.botUserId])
})

test('an archived channel takes no post and no change of an old one', async () => {
  const slack = await workspace()
  const web = client(slack)
  const { ts = '' } = await web.chat.postMessage({ channel: rollouts, text: 'card' })
  slack.changeChannel(rollouts, { isArchived: true })
  expect(await refusal(web.chat.postMessage({ channel: rollouts, text: 'next' }))).toMatchObject({
    error: 'is_archived',
  })
  expect(await refusal(web.chat.update({ channel: rollouts, ts, text: 'card, changed' }))).toMatchObject({
    error: 'is_inactive',
  })
  expect(await slack.say({ user: ines, channel: rollouts, text: 'hello' })).toMatchObject({ ok: false })
  expect(await slack.command({ user: ines, channel: rollouts, text: 'status' })).toMatchObject({
    says: 'pcba-rollouts is archived',
  })
})

test('an app that was taken out of a channel cannot post there until it is invited again', async () => {
  const slack = await workspace()
  const post = () => client(slack).chat.postMessage({ channel: rollouts, text: 'card' })
  slack.changeChannel(rollouts, { appIsMember: false })
  expect(await refusal(post())).toMatchObject({ error: 'not_in_channel' })
  slack.changeChannel(rollouts, { appIsMember: true })
  expect(await post()).toMatchObject({ ok: true })
})

test('a message that somebody deleted by hand cannot be changed any more', async () => {
  const slack = await workspace()
  const web = client(slack)
  const { ts = '' } = await web.chat.postMessage({ channel: rollouts, text: 'card' })
  slack.deleteMessage(rollouts, ts)
  expect(await refusal(web.chat.update({ channel: rollouts, ts, text: 'changed' }))).toMatchObject({
    error: 'message_not_found',
  })
})

test('what is unread counts, and what calls a person by name, group or channel counts twice', async () => {
  const slack = await workspace()
  const web = client(slack)
  for (const text of ['one', `two <@${ines}>`, 'three <!subteam^S0TESTENGS>', 'four <!subteam^S0QUALITY1>'])
    await web.chat.postMessage({ channel: rollouts, text })
  expect(slack.unread(ines, rollouts)).toEqual({ messages: 4, mentions: 2 })
  slack.read(ines, rollouts)
  expect(slack.unread(ines, rollouts)).toEqual({ messages: 0, mentions: 0 })
  await slack.say({ user: ines, channel: rollouts, text: 'mine' })
  expect(slack.unread(ines, rollouts)).toEqual({ messages: 0, mentions: 0 })
  await web.chat.postMessage({ channel: ines, text: 'for you' })
  expect(slack.unread(ines, ines)).toEqual({ messages: 1, mentions: 1 })
})

test('a plan without user groups says so', async () => {
  const web = client(await workspace({ plan: 'free' }))
  expect(await refusal(web.usergroups.list({}))).toMatchObject({ error: 'plan_upgrade_required' })
  expect(await refusal(web.usergroups.users.list({ usergroup: 'S0ONCALL01' }))).toMatchObject({
    error: 'plan_upgrade_required',
  })
})

test('a disabled group has no people unless one asks for disabled ones', async () => {
  const userGroups = [{ id: 'S0GONE', handle: 'gone', name: 'Gone', users: [ines], disabled: true }]
  const web = client(await workspace({ userGroups }))
  const usergroup = 'S0GONE'
  expect(await refusal(web.usergroups.users.list({ usergroup }))).toMatchObject({
    error: 'no_such_subteam',
  })
  expect(await web.usergroups.users.list({ usergroup, include_disabled: true })).toMatchObject({
    users: [ines],
  })
})

test('of a deactivated person Slack tells the name and little more', async () => {
  const slack = await workspace()
  slack.changeUser(ines, { deleted: true })
  const { user } = await client(slack).users.info({ user: ines })
  expect(user).toMatchObject({ deleted: true, name: 'ines' })
  expect(user).not.toHaveProperty('is_restricted')
  expect(await slack.command({ user: ines, channel: rollouts, text: 'status' })).toMatchObject({
    error: 'refused',
  })
})

test('a person’s zone comes with its offset, and their address only with its scope', async () => {
  const [user] = [{ id: 'U0KOLKATA', name: 'asha', realName: 'Asha', email: 'a@b.test', tz: 'Asia/Kolkata' }]
  const info = async (scopes: string[]) =>
    (await client(await workspace({ users: [user], scopes })).users.info({ user: user.id })).user
  expect(await info(['users:read'])).toMatchObject({ tz: 'Asia/Kolkata', tz_offset: 19_800 })
  expect((await info(['users:read']))?.profile).not.toHaveProperty('email')
  expect((await info(['users:read', 'users:read.email']))?.profile).toMatchObject({ email: 'a@b.test' })
})
