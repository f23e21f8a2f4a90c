// Where workspaces install the app themselves: what is installed is looked up after Slack was answered.
import { expect, it } from 'vitest'
import { defaultTeam } from '../../demo/slack/state/team.ts'
import { ines } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

const user = ines.id

/** Not `used`: nothing has asked for the token yet. */
async function installed({ used = true } = {}) {
  const service = fakeService({ rollouts: [aRollout()] })
  const open = await openBot({ service, oauth: {} })
  const page = await fetch(`${open.server.listeningOrigin}/slack/install`)
  const url = /href="([^"]*oauth\/v2\/authorize[^"]*)"/.exec(await page.text())?.[1] ?? ''
  const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? ''
  const asked = open.workspace.authorize({ user, url: url.replaceAll('&amp;', '&'), allow: true })
  await fetch('location' in asked ? asked.location : '', { headers: { cookie } })
  expect([...open.store.keptInstallations.keys()]).toEqual([defaultTeam.teamId])
  if (used) await open.bot.deliver({ kind: 'card', rolloutId: aRollout().id, stageIndex: 1 })
  const { ts } = open.workspace.messages(channel)[0] ?? { ts: '' }
  return { ...open, ts }
}

/** The store answers only once it is let go. */
function stuck({ store }: Awaited<ReturnType<typeof installed>>) {
  const { find } = store.installations
  const go = Promise.withResolvers<void>()
  store.installations.find = async (team) => {
    await go.promise
    return find(team)
  }
  return go.resolve
}

it('a click is acknowledged while the installation cannot be read, and done once when it can', async () => {
  const open = await installed()
  const go = stuck(open)
  expect(await open.workspace.click({ user, channel, ts: open.ts, actionId: 'pause' })).toMatchObject({
    ok: true,
  })
  expect(open.service.commanded).toEqual([])
  go()
  await open.workspace.waitFor(() => open.service.commanded.length > 0, 2000)
  expect(open.service.commanded.map(({ verb }) => verb.verb)).toEqual(['pause'])
})

it('so is a command', async () => {
  const open = await installed()
  const go = stuck(open)
  expect(await open.workspace.command({ user, channel, text: 'help' })).toMatchObject({ ok: true })
  go()
  await answerTo(open, user, '/rollout help')
})

it('a form is closed before Slack gives up, and carried out once', async () => {
  const open = await installed()
  await open.workspace.click({ user, channel, ts: open.ts, actionId: 'abort' })
  await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
  const viewId = open.workspace.views(user).at(-1)?.id ?? ''
  const go = stuck(open)
  expect(await open.workspace.submitView({ user, viewId, values: { reason: 'smoke' } })).toMatchObject({
    ok: true,
  })
  expect(open.service.commanded).toEqual([])
  go()
  await open.workspace.waitFor(() => open.service.commanded.length > 0, 2000)
  expect(open.service.commanded.map(({ verb }) => verb.verb)).toEqual(['abort'])
})

/** The store fails at once, as it does without a database; so does what a click asks of the service. */
function dead({ store, service }: Awaited<ReturnType<typeof installed>>) {
  const fails = async () => {
    throw new Error('the database does not answer')
  }
  store.installations.find = fails
  service.command = fails
}

it.each([
  ['a button', 'Look at the card before you try again'],
  ['a command', 'Look at `/rollout status` before you try again'],
])(
  'whoever uses %s while the database is away is told, with the token known from before',
  async (what, says) => {
    const open = await installed()
    dead(open)
    if (what === 'a button') await open.workspace.click({ user, channel, ts: open.ts, actionId: 'pause' })
    else await open.workspace.command({ user, channel, text: 'pause looking around' })
    await answerTo(open, user, 'Firstpass failed to do this', says)
  },
)

it('a form that is submitted meanwhile stays open and says that it failed', async () => {
  const open = await installed()
  await open.workspace.click({ user, channel, ts: open.ts, actionId: 'abort' })
  await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
  const viewId = open.workspace.views(user).at(-1)?.id ?? ''
  dead(open)
  const values = { reason: 'smoke' }
  expect(await open.workspace.submitView({ user, viewId, values })).toMatchObject({
    ok: true,
    body: { response_action: 'errors', errors: { reason: expect.stringContaining('Firstpass failed') } },
  })
})

it('a command that comes to a process which has seen no token yet is answered by its response_url', async () => {
  const open = await installed({ used: false })
  dead(open)
  await open.workspace.command({ user, channel, text: 'help' })
  await answerTo(open, user, 'Firstpass failed to do this', '`/rollout status`')
  expect(open.workspace.calls().filter(({ method }) => method === 'chat.postEphemeral')).toEqual([])
})
