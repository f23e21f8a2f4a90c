// Who hears of a breach: the severity decides, and nobody is called for what only observes.
import { describe, expect, it } from 'vitest'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import { firstpass, ines, noon } from '../support/fixed-values.ts'
import { aPausedRollout, aStation } from '../support/rollout-view-builder.ts'
import { channel } from './support/open-bot.ts'
import { alertChannel, threadStory } from './support/thread-story.ts'

const at = noon
const alerts = { channel: alertChannel, onCall: 'S0ONCALL01', second: 'S0LINELEAD', escalateAfterMinutes: 30 }
const view = aPausedRollout({ alerts })
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: at - 1 }
const opened: Extract<RolloutEvent, { type: 'BreachOpened' }> = {
  type: 'BreachOpened',
  gate: 'first-pass yield',
  mode: 'pause',
  severity: 'breach',
  logEvidence: 4,
  headline: 'first-pass yield 88.3 % against expected 98.2 %',
  details: [],
  suspect: null,
  by: firstpass,
  at,
}
const paused: RolloutEvent = { type: 'RolloutPaused', reason: 'breach', why: 'breach', by: firstpass, at }
const severe = { ...opened, severity: 'severe' as const }
const worsened: RolloutEvent = {
  type: 'BreachWorsened',
  gate: 'first-pass yield',
  logEvidence: 9,
  headline: '30 of 80 units failed',
  by: firstpass,
  at: at + 1,
}
const escalated: RolloutEvent = {
  type: 'BreachEscalated',
  gate: 'first-pass yield',
  by: firstpass,
  at: at + 2,
}

describe('a breach', () => {
  it('calls the owner and the group on call, in the thread alone', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, opened, paused)
    await deliver(2)
    expect(replies()[0]?.text).toContain('<@U0TESTENG1> <!subteam^S0ONCALL01>: acknowledge it with a reason')
    expect(replies()[0]?.reply_broadcast).toBeUndefined()
    expect(workspace.messages(channel)).toHaveLength(1)
    expect(workspace.messages(alertChannel)).toEqual([])
  })

  it('that only observes calls nobody and is told nowhere else, severe or not', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, { ...severe, mode: 'observe' })
    await deliver(2)
    expect(JSON.stringify(replies())).not.toMatch(/<@U|subteam/)
    expect(replies()[0]?.reply_broadcast).toBeUndefined()
    expect(workspace.messages(alertChannel)).toEqual([])
  })

  it('that is severe is shown in the channel, and told once in the alert channel with a link to its thread', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, severe, paused)
    await deliver(2)
    await deliver(2)
    expect(replies()[0]).toMatchObject({ reply_broadcast: true })
    const [alert, ...more] = workspace.messages(alertChannel)
    expect(more).toEqual([])
    expect(alert?.text).toContain('*Severe breach: first-pass yield* in PCBA-FCT 2.4.1')
    expect(alert?.text).toContain(`/p${replies()[0]?.ts.replace('.', '')}`)
    expect(alert?.text).toContain(`<${view.url}|Its page>`)
  })

  it('that grows severe calls again, in the channel and in the alert channel', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, opened, paused, worsened)
    await deliver(2)
    await deliver(4)
    expect(replies()[1]).toMatchObject({ reply_broadcast: true })
    expect(replies()[1]?.text).toContain('<@U0TESTENG1> <!subteam^S0ONCALL01>: acknowledge it')
    expect(workspace.messages(alertChannel)).toHaveLength(1)
  })

  it('is told in its thread although the bot is not in the alert channel, which is waited for', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, severe, paused)
    await deliver(1)
    workspace.faults.set({ kind: 'error', error: 'not_in_channel', channels: [alertChannel] })
    expect(await deliver(2)).toMatchObject({ delivered: false, why: 'not_in_channel' })
    workspace.faults.clear()
    await deliver(2)
    expect(replies()).toHaveLength(1)
    expect(workspace.messages(alertChannel)).toHaveLength(1)
  })

  it('is told once by two processes', async () => {
    const story = await threadStory(view, started, severe, paused)
    const other = await story.replica()
    await Promise.all([story.deliver(2), other.bot.deliver(story.thread(2)), story.deliver(2)])
    expect(story.workspace.messages(channel).filter((message) => !message.reply_broadcast)).toHaveLength(1)
    expect(story.replies()).toHaveLength(1)
    expect(story.workspace.messages(alertChannel)).toHaveLength(1)
  })
})

describe('an alarm of the watch', () => {
  const alarm: RolloutEvent = {
    type: 'WatchAlarmed',
    gate: 'error rate',
    severity: 'severe',
    logEvidence: 6,
    headline: 'error rate 4.1 % against expected 0.4 %',
    by: firstpass,
    at,
  }

  it('calls the owner and the group on call, and says the very command that takes the build back', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, alarm)
    await deliver(2)
    expect(replies()[0]).toMatchObject({ reply_broadcast: true })
    expect(replies()[0]?.text).toContain('<@U0TESTENG1> <!subteam^S0ONCALL01>: nothing was taken back')
    expect(replies()[0]?.text).toContain('`/rollout rollback PCBA-FCT 2.4.0 why it has to go`')
    expect(workspace.messages(alertChannel)[0]?.text).toContain('*Severe alarm of the watch: error rate*')
  })

  it('that is not severe stays in its thread', async () => {
    const { deliver, replies, workspace } = await threadStory(view, started, { ...alarm, severity: 'breach' })
    await deliver(2)
    expect(replies()[0]?.reply_broadcast).toBeUndefined()
    expect(workspace.messages(alertChannel)).toEqual([])
  })
})

describe('a breach that nobody answers', () => {
  it('calls the second group in its thread and says since when', async () => {
    const { deliver, replies } = await threadStory(view, started, opened, paused, escalated)
    await deliver(4)
    expect(replies()).toHaveLength(2)
    expect(replies()[1]?.text).toMatch(
      /^<!subteam\^S0LINELEAD>: nobody has answered the first-pass yield breach of PCBA-FCT 2\.4\.1 since <!date\^/,
    )
  })
})

describe('Ask for retest', () => {
  const ids = async (part: Parameters<typeof aPausedRollout>[0]) => {
    const { deliver, replies } = await threadStory(aPausedRollout(part), started, opened, paused)
    await deliver(2)
    return JSON.stringify(replies()[0]?.blocks)
  }

  it('is offered where a site has stations of both builds and units failed on both', async () => {
    expect(await ids({})).toContain('"action_id":"retest"')
  })

  it('is not offered where no site has stations of both builds', async () => {
    const stations = Array.from({ length: 6 }, (_, index) =>
      aStation(index, { site: index < 3 ? 'Munich' : 'Penang' }),
    )
    expect(await ids({ stations })).not.toContain('"retest"')
  })

  it('is not offered when the rollout goes back', async () => {
    expect(await ids({ status: 'aborting' })).not.toContain('"retest"')
  })
})
