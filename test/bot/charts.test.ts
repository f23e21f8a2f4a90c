// The chart picture of a card: it comes when Slack has it, and nothing ever waits for it.
import { describe, expect, it } from 'vitest'
import type { ChartSource } from '../../bot/deliveries/charts.ts'
import { anArm, aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const rollout = aRollout()
const card = { kind: 'card' as const, rolloutId: rollout.id, stageIndex: 1 }
const minute = 60_000

async function withChart(part: { processing?: number; fails?: boolean } = {}) {
  const service = fakeService({ rollouts: [rollout] })
  const shows = { hash: 'one', drawings: 0 }
  const charts: ChartSource = async () => ({
    hash: shows.hash,
    alt: `First-pass yield over time, ${shows.hash}. Times in UTC.`,
    draw: async () => {
      shows.drawings += 1
      if (part.fails) throw new Error('the thread that draws charts ended without a drawing')
      return Buffer.from('a picture')
    },
  })
  const workspace = { fileProcessingMs: part.processing ?? 0 }
  const open = await openBot({ service, charts, workspace })
  const image = () => {
    const found = open.workspace.messages(channel)[0]?.blocks?.find((block) => block.type === 'image')
    return found?.type === 'image' ? found : undefined
  }
  const files = () => open.workspace.files()
  const becomes = (change: Partial<typeof rollout>) => {
    service.rollouts = service.rollouts.map((each) => ({ ...each, ...change }))
  }
  /** As the queue does: again when it is time, until it is done. */
  async function deliver(most = 6): Promise<string[]> {
    const waits: string[] = []
    for (let turn = 0; turn < most; turn += 1) {
      const result = await open.bot.deliver(card)
      if (result.delivered) return waits
      waits.push(result.why)
      open.clock.now += result.waitSeconds * 1000
    }
    return waits
  }
  const calls = (method: string) => open.workspace.calls().filter((call) => call.method === method)
  return { ...open, shows, image, files, becomes, deliver, calls }
}

describe('the chart of a card', () => {
  it('comes with the next drawing of a card that is there at once', async () => {
    const { bot, workspace, image, files, deliver } = await withChart()
    await bot.deliver(card)
    expect(workspace.messages(channel)).toHaveLength(1)
    expect(image()).toBeUndefined()
    await deliver()
    expect(image()).toMatchObject({
      slack_file: { id: files()[0]?.id },
      alt_text: 'First-pass yield over time, one. Times in UTC.',
    })
    expect(files()[0]).toMatchObject({ name: '9f3c2ab41d7e-stage-2.png', bytes: Buffer.from('a picture') })
    expect(files()[0]?.channel).toBeUndefined()
    expect(workspace.messages(channel)).toHaveLength(1)
  })

  it('is left out while Slack still processes it, and comes later, with the table there all along', async () => {
    const { workspace, image, deliver } = await withChart({ processing: 3_600_000 })
    const types = () => workspace.messages(channel)[0]?.blocks?.map((block) => block.type)
    const waits = await deliver(3)
    expect(waits).toEqual(Array.from({ length: 3 }, () => 'Slack processes the chart of the card'))
    expect(image()).toBeUndefined()
    expect(types()).toContain('table')
  })

  it('that Slack never takes is given up, and asked for again when the card changes', async () => {
    const { deliver, calls, becomes } = await withChart({ processing: 3_600_000 })
    const waits = await deliver(40)
    expect(waits.length).toBeLessThan(15)
    const before = calls('chat.update').length
    becomes({ next: 'something else' })
    await deliver()
    expect(calls('chat.update').length).toBeGreaterThan(before)
    expect(calls('files.completeUploadExternal')).toHaveLength(1)
  })

  it('is uploaded once while it stays the same, and again for creeping numbers after ten minutes', async () => {
    const { shows, files, clock, becomes, deliver, image } = await withChart()
    await deliver()
    shows.hash = 'two'
    becomes({ canaryArm: anArm({ units: 61 }), verdict: null })
    clock.now += 20_000
    await deliver()
    becomes({ canaryArm: anArm({ units: 62 }) })
    clock.now += 5 * minute
    await deliver()
    expect(files()).toHaveLength(2)
    shows.hash = 'three'
    becomes({ next: 'later' })
    clock.now += 4 * minute
    await deliver()
    expect(files()).toHaveLength(2)
    clock.now += 6 * minute
    await deliver()
    expect(files()).toHaveLength(3)
    expect(image()?.alt_text).toContain('three')
    clock.now += 11 * minute
    await deliver()
    expect(shows.drawings).toBe(3)
  })

  it('is uploaded soon when the verdict or the state changes', async () => {
    const { shows, files, clock, becomes, deliver } = await withChart()
    await deliver()
    shows.hash = 'two'
    becomes(aPausedRollout())
    clock.now += 20_000
    await deliver()
    expect(files()).toHaveLength(2)
  })

  it.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])(
    'whose upload fails at %s costs nothing but the chart, and is left alone for some minutes',
    async (method) => {
      const { workspace, deliver, image, becomes, clock, calls, logged } = await withChart()
      workspace.faults.set({ kind: 'error', error: 'fatal_error', methods: [method] })
      expect(await deliver()).toEqual([])
      becomes({ next: 'something else' })
      clock.now += 4000
      expect(await deliver()).toEqual([])
      expect(workspace.messages(channel)[0]?.text).toContain('something else')
      expect(calls('files.getUploadURLExternal')).toHaveLength(1)
      expect(logged.join()).toContain('a card goes without its chart for now')
      workspace.faults.clear()
      clock.now += 6 * minute
      await deliver()
      expect(image()).toBeDefined()
    },
  )

  it('that cannot be drawn costs nothing but the chart', async () => {
    const { deliver, workspace, files } = await withChart({ fails: true })
    expect(await deliver()).toEqual([])
    expect(workspace.messages(channel)).toHaveLength(1)
    expect(files()).toEqual([])
  })

  it('is not asked for on a rollout that has not started', async () => {
    const { becomes, deliver, shows } = await withChart()
    becomes({ status: 'pending', stageIndex: -1 })
    await deliver()
    expect(shows.drawings).toBe(0)
  })
})
