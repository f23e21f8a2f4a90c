// The verbs of /rollout against the service itself: what is typed is done, and what is refused says what to do.
import { expect, test } from 'vitest'
import { type FakeService, fakeService } from '../bot/support/fake-service.ts'
import { answerTo, channel, openBot } from '../bot/support/open-bot.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const real = await openTestService()
const leads = { id: 'S0LEADS001', handle: 'line-leads', name: 'Line leads', users: [ines.id] }
const user = ines.id

async function atALine(name: string) {
  const line = await testLine(real, { stations: 4, name })
  const service: FakeService = { ...fakeService(), ...real.service }
  const open = await openBot({ service, workspace: { userGroups: [leads] } })
  open.clock.now = real.clock.now()
  const types = async (text: string, ...says: (string | RegExp)[]) => {
    await open.workspace.command({ user, channel, text })
    return answerTo(open, user, ...says)
  }
  const live = async () => (await real.service.list({ live: true, procedureId: line.procedure }))[0]
  return { ...open, line, types, live }
}

test('a build is started, held, frozen, replaced and taken back by typing', async () => {
  const { types, live, line } = await atALine('PCBA FCT')
  await types('start "PCBA FCT" v2 --stages 1,100% new limits', '*PCBA FCT v2*: started the rollout')
  await types('start "PCBA FCT" v2 again', 'PCBA FCT v2> is being rolled out already')
  await types('pause checking fixture 3', 'paused: checking fixture 3')
  expect((await live())?.status).toBe('paused')
  await types(
    'freeze "PCBA FCT" --until 3h --site Lyon customer audit',
    'Froze PCBA FCT at Lyon until <!date',
  )
  await types('freeze everything --site Paris audit', 'No station is at "Paris"', 'Known sites are: Lyon')
  await types('status', '*Frozen:* PCBA FCT at Lyon, until <!date', 'customer audit, by Ines Duarte')
  await types('unfreeze "PCBA FCT" audit is over', 'Lifted the freeze of PCBA FCT at Lyon: customer audit')
  await types('resume cleaned', '*PCBA FCT v2*: resumed')
  const third = await line.build('v3')
  await types('start "PCBA FCT" v3 fixes the limits', '`/rollout supersede "PCBA FCT" v3 fixes the limits`')
  await types(
    'supersede v3 fixes the limits',
    '*PCBA FCT v3*: started',
    'It takes the place of',
    'PCBA FCT v2>',
  )
  expect((await live())?.deployment.id).toBe(third)
  await types('retest 5', 'no site has a station confirmed on v3 and another on v1 now')
  await types('abort false fails', '*PCBA FCT v3*: aborted')
  await types('history', 'superseded by another build: fixes the limits', 'false fails')
})

test('a build that completed is rolled back from, and that is in the history', async () => {
  const { types, line } = await atALine('Final Test')
  const rollout = await testRollout(real, line)
  await types(
    'rollback "Final Test" v1 why',
    'Final Test v2> is being rolled out',
    '`/rollout abort "Final Test" why`',
  )
  for (let stage = 0; stage < 3; stage += 1) await rollout.onward()
  expect((await rollout.get()).status).toBe('completed')
  await types('rollback "Final Test" v1', 'A rollback needs a reason')
  await types('rollback "Final Test" v2 why', '*v2* already is the build of every station', 'Known good: v1')
  await types('rollback "Final Test" v1 fails good boards', 'Rolled Final Test back to v1 on 4 stations')
  for (const bench of line.benches) expect(await line.pinned(bench)).toBe(line.base)
  await types('history "Final Test"', 'fails good boards')
})

test('settings are saved as a version of the policy, and bind the next command', async () => {
  const { workspace, line, types } = await atALine('Burn-in')
  await types('start Burn-in v2 --stages 1,100% new limits', 'started the rollout of Burn-in v2')
  await workspace.command({ user, channel, text: 'config Burn-in' })
  const view = () => workspace.views(user).at(-1)
  await workspace.waitFor(() => view()?.callback_id === 'rollout_config', 2000)
  const viewId = view()?.id ?? ''
  await workspace.suggestOptions({ user, viewId, actionId: 'config_group', blockId: 'on_call', value: '' })
  const values = { channel: 'C0LINE2000', on_call: leads.id, stop_users: [marek.id], why: 'agreed' }
  expect(await workspace.submitView({ user, viewId, values })).toMatchObject({ ok: true })
  await workspace.waitFor(() => workspace.views(user).length === 0, 2000)
  expect(await real.service.policy(line.procedure)).toMatchObject({
    version: 1,
    own: { rights: { stop: { groups: [], users: [marek.id] } }, alerts: { onCall: leads.id } },
    changed: { by: ines, why: 'agreed' },
  })
  expect(await real.service.procedure(line.procedure)).toMatchObject({ channel: 'C0LINE2000' })
  await types('abort Burn-in false fails', 'You tried to abort a rollout of Burn-in', `<@${marek.id}>`)
  await types('advance Burn-in --override in time', 'Burn-in v2')
})
