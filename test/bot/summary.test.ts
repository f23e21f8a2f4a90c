// What became of a rollout: said once in its channel, with outcome, time, evidence and who decided.
import { describe, expect, it } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import { firstpass, ines, marek, noon } from '../support/fixed-values.ts'
import { aBreach, aRollout, aStation } from '../support/rollout-view-builder.ts'
import { channel } from './support/open-bot.ts'
import { threadStory } from './support/thread-story.ts'

const at = noon
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at }
const overriding = { override: ['soaked 12 of 60 min'], evidence: [] }
const advanced: RolloutEvent = {
  type: 'StageAdvanced',
  from: 1,
  to: 2,
  why: 'clean',
  ...overriding,
  by: marek,
  at,
}
const completed: RolloutEvent = {
  type: 'RolloutCompleted',
  why: null,
  override: [],
  evidence: [],
  by: firstpass,
  at,
}
const aborted: RolloutEvent = { type: 'RolloutAborted', why: 'false fails', wayBack: [], by: marek, at }
const finished: RolloutEvent = { type: 'AbortFinished', by: firstpass, at }
const stations = Array.from({ length: 10 }, (_, index) => aStation(index, { status: 'confirmed' }))

const whole = aRollout({
  status: 'completed',
  stageIndex: 3,
  stations,
  startedAt: at - 125 * minute,
  endedAt: at,
  watchUntil: at + 60 * minute,
  breaches: [aBreach({ closed: { at, how: 'acknowledged' } })],
  economics: { unitsPerHour: null, extraFailures: { estimate: 3.1, low: -0.4, high: 7.2 }, verdictAt: null },
})

describe('a rollout that is over', () => {
  it('is summed up in its channel, not in a thread', async () => {
    const { deliver, workspace } = await threadStory(whole, started, advanced, completed)
    await deliver(3)
    const [summary, ...more] = workspace.messages(channel)
    expect(more).toEqual([])
    expect(summary?.thread_ts).toBeUndefined()
    const text = summary?.text.replaceAll('\u00a0', ' ')
    expect(text).toContain('*PCBA-FCT 2.4.1 completed on 10 stations*')
    expect(text).toMatch(/Took 2 h 5 min, <!date/)
    expect(text).toContain('reached stage 4 of 4')
    expect(text).toContain('1 breach: first-pass yield (acknowledged)')
    expect(text).toContain('Cost: 3.1 failures more than base would have had (−0.4 … +7.2)')
    expect(text).toContain('First-pass yield: *98.3 % of 60* vs 98.2 % expected')
    expect(text).toContain('Gates: *healthy so far*')
    expect(text).toContain('Marek Nowak advanced to stage 3, overriding 1 condition: clean')
    expect(JSON.stringify(summary?.blocks)).toContain(whole.url)
  })

  it('is summed up once, by however many processes and however often it is delivered', async () => {
    const story = await threadStory(whole, started, completed)
    const other = await story.replica()
    await Promise.all([story.deliver(2), other.bot.deliver(story.thread(2)), story.deliver(2)])
    await other.bot.deliver(story.thread(2))
    expect(story.workspace.messages(channel)).toHaveLength(1)
  })

  it('after an abort is summed up when the last station is back, with who aborted and why', async () => {
    const view = aRollout({
      status: 'aborted',
      abort: { why: 'false fails', by: marek, at },
      endedAt: at,
      stations: stations.map((station, index) => ({ ...station, status: index < 3 ? 'reverted' : 'queued' })),
    })
    const { deliver, workspace } = await threadStory(view, started, aborted, finished)
    await deliver(2)
    expect(workspace.messages(channel)).toEqual([])
    await deliver(3)
    const [summary] = workspace.messages(channel)
    expect(summary?.text.replaceAll('\u00a0', ' ')).toContain(
      '*PCBA-FCT 2.4.1 aborted: 3 stations back on 2.4.0*',
    )
    expect(summary?.text).toContain('Aborted by Marek Nowak: false fails')
    expect(summary?.text).toContain('No gate was breached')
  })

  it('that was aborted before its start is summed up at once', async () => {
    const pending = aRollout({
      status: 'aborted',
      stageIndex: -1,
      startedAt: null,
      endedAt: at,
      abort: { why: 'wrong build', by: marek, at },
      stations: stations.map((station) => ({ ...station, status: 'queued' })),
    })
    const { deliver, workspace } = await threadStory(pending, aborted)
    await deliver(1)
    expect(workspace.messages(channel)[0]?.text).toContain('aborted before any station had it')
  })

  it('waits for Slack and is not lost', async () => {
    const { deliver, workspace, clock } = await threadStory(whole, started, completed)
    workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 9, times: 1 })
    expect(await deliver(2)).toMatchObject({ delivered: false, waitSeconds: 9 })
    clock.now += 9000
    await deliver(2)
    expect(workspace.messages(channel)).toHaveLength(1)
  })
})
