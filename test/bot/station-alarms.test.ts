// Alarms of stations and rollbacks in the local Slack workspace: told once, brought up to date, acknowledged with a reason.
import { describe, expect, it } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import type { AlarmView } from '../../server/domain/station-alarms/alarm.ts'
import { anAlarm, aStationGoingBack, aWayBack } from '../support/alarm-builder.ts'
import { ines, marek, noon } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { aProcedure, fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'
import { alertChannel } from './support/thread-story.ts'

const { procedure } = anAlarm()
const job = (kind: AlarmView['kind'] = 'drifted') => ({
  kind: 'alarms' as const,
  procedureId: procedure.id,
  alarm: kind,
  openedAt: noon,
})

async function withAlarms(alarms: AlarmView[], given: Parameters<typeof fakeService>[0] = {}) {
  const service = fakeService(given)
  service.alarms = alarms
  const open = await openBot({ service })
  const posted = () => open.workspace.messages(channel)
  const words = (index = 0) => JSON.stringify(posted()[index]?.blocks).replaceAll('\u00a0', ' ')
  const press = async (user = ines.id) => {
    const ts = posted()[0]?.ts ?? ''
    await open.workspace.click({ user, channel, ts, actionId: 'acknowledge_alarms' })
    await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
    return open.workspace.views(user).at(-1)
  }
  return { ...open, service, posted, words, press }
}

describe('an alarm', () => {
  it('is told once in the channel, for all stations that came together, and redrawn when one of them ends', async () => {
    const { bot, posted, words, service, clock } = await withAlarms([anAlarm(0), anAlarm(1)])
    await Promise.all([bot.deliver(job()), bot.deliver(job())])
    await bot.deliver(job())
    expect(posted()).toHaveLength(1)
    expect(words()).toContain('*2 stations of PCBA-FCT run a build that nobody asked for*')
    service.alarms = [anAlarm(0, { closed: { at: noon, how: 'recovered' } }), anAlarm(1)]
    expect(await bot.deliver(job())).toMatchObject({ delivered: false, why: 'changed a moment ago' })
    clock.now += 4000
    await bot.deliver(job())
    expect(posted()).toHaveLength(1)
    expect(words()).toContain(': recovered')
  })

  it('is told in the thread of the card while a rollout is live', async () => {
    const view = aRollout()
    const live = { ...view, stageCount: 4 }
    const { bot, posted, workspace } = await withAlarms([anAlarm(0, { rolloutId: view.id })], {
      rollouts: [view],
      procedures: [aProcedure({ live })],
    })
    await bot.deliver(job())
    expect(posted()).toHaveLength(1)
    const [, reply, ...more] = workspace.thread(channel, posted()[0]?.ts ?? '')
    expect(more).toEqual([])
    expect(reply?.text).toContain('FCT-01 of PCBA-FCT runs a build that nobody asked for')
    expect(reply?.text).toContain(`<@${ines.id}>`)
    expect(reply?.reply_broadcast).toBeUndefined()
  })

  it('that is severe is told in the alert channel too, once', async () => {
    const { bot, workspace, service } = await withAlarms([anAlarm(0, { kind: 'runs what was taken back' })])
    service.policies.given('organisation', {
      alerts: { channel: alertChannel, onCall: null, second: null, escalateAfterMinutes: 30 },
    })
    await bot.deliver(job('runs what was taken back'))
    await bot.deliver(job('runs what was taken back'))
    expect(workspace.messages(alertChannel).map(({ text }) => text)).toEqual([
      expect.stringContaining('FCT-01 of PCBA-FCT runs the build that was taken back'),
    ])
  })

  it('goes nowhere where the procedure has no channel', async () => {
    const { bot, posted } = await withAlarms([anAlarm()], { procedures: [aProcedure({ channel: null })] })
    expect(await bot.deliver(job())).toEqual({ delivered: true })
    expect(posted()).toEqual([])
  })

  it('is acknowledged with a reason, for all of its stations that are still open', async () => {
    const closed = anAlarm(2, { closed: { at: noon, how: 'recovered' } })
    const { bot, press, service, workspace } = await withAlarms([anAlarm(0), anAlarm(1), closed])
    await bot.deliver(job())
    const view = await press()
    expect(JSON.stringify(view?.blocks)).toContain('FCT-01')
    expect(JSON.stringify(view?.blocks)).not.toContain('FCT-03')
    const values = { reason: 'a trial of the new limits' }
    await workspace.submitView({ user: ines.id, viewId: view?.id ?? '', values })
    expect(service.acknowledged).toEqual([{ ids: [1, 2], why: 'a trial of the new limits', by: ines }])
  })

  it('is not acknowledged by who may not, and the reason is not lost', async () => {
    const { bot, press, service, workspace } = await withAlarms([anAlarm()])
    await bot.deliver(job())
    service.policies.onlyFor({ acknowledge: { groups: [], users: [marek.id] } })
    const view = await press()
    const answered = await workspace.submitView({
      user: ines.id,
      viewId: view?.id ?? '',
      values: { reason: 'known' },
    })
    expect(JSON.stringify(answered)).toContain('That is for Marek Nowak')
    expect(service.acknowledged).toEqual([])
  })

  it('stands in /rollout status, whether anything is rolled out or not', async () => {
    const { workspace } = await withAlarms([anAlarm()])
    await workspace.command({ user: ines.id, channel, text: 'status' })
    await workspace.waitFor(() => workspace.ephemerals(ines.id).length > 0, 2000)
    const [answer] = workspace.ephemerals(ines.id)
    expect(answer?.text).toContain('No rollout is live.')
    expect(answer?.text).toContain('Alarm in *PCBA-FCT*: *FCT-01* (Munich, Line 1): ran 2.3.9')
  })
})

describe('a rollback', () => {
  it('is posted when it is made, and redrawn until every station is proven back', async () => {
    const { bot, posted, words, service, clock } = await withAlarms([])
    const rollback = { kind: 'rollback' as const, procedureId: procedure.id, rollbackId: 7, mayPost: true }
    const out = aStationGoingBack(1, {
      provenAt: null,
      pulledAt: null,
      toldAt: null,
      seenAt: noon + 11 * minute,
    })
    service.way = aWayBack([aStationGoingBack(0), out])
    // One that was made before anybody told of it is not posted long after.
    await bot.deliver({ ...rollback, mayPost: false })
    expect(posted()).toEqual([])
    await bot.deliver(rollback)
    await bot.deliver(rollback)
    expect(posted()).toHaveLength(1)
    expect(words()).toContain('*PCBA-FCT rolled back to 2.4.0* from 2.4.1 by Ines Duarte')
    expect(words()).toContain('fails good boards')
    expect(words()).toContain(
      '*Way back* 1 of 2 stations proven back, 1 out: FCT-02 not told yet; 12 min of 60',
    )
    service.way = aWayBack([aStationGoingBack(0), aStationGoingBack(1, { provenAt: noon + 20 * minute })])
    clock.now += 4000
    await bot.deliver({ ...rollback, mayPost: false })
    expect(posted()).toHaveLength(1)
    expect(words()).toContain('2 of 2 stations proven back; first after 60 s')
  })
})
