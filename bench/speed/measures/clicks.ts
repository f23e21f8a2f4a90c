// From a click in Slack to its acknowledgement while runs come in as fast as they are taken, on both engines.
import { messagePayload } from '../../../demo/slack/api/message-payload.ts'
import { payload } from '../../../demo/slack/app/payload.ts'
import { elementsOf } from '../../../demo/slack/blocks/check-blocks.ts'
import type { Message } from '../../../demo/slack/state/messages.ts'
import { startSlackWorkspace } from '../../../demo/slack/workspace.ts'
import { seedFleet, startRollout } from '../fleet.ts'
import { clicks as click } from '../load/clicker.ts'
import { beginLoad } from '../load/load.ts'
import type { Measure, Row } from '../measure.ts'
import type { Engine, Place } from '../place.ts'
import { median, percentile } from '../rounds.ts'
import { wordsOf } from '../seen.ts'
import { startService } from '../servers/service.ts'
import { runsOf } from '../traffics.ts'

export const clicks: Measure = {
  name: 'clicks',
  about: 'from a signed click to its 200 while ingest is saturated',
  async run(place) {
    const onPostgres = await clicked(place, 'postgres')
    return place.quick ? [onPostgres] : [onPostgres, await clicked(place, 'pglite')]
  },
}

const channel = 'C0ROLLOUTS'
const signingSecret = 'a-secret-only-slack-knows'
const botToken = 'xoxb-of-the-bench'

async function clicked(place: Place, engine: Engine): Promise<Row> {
  const where = await place.database(engine)
  const seeded = await seedFleet(where, 200, { channel })
  const slack = await startSlackWorkspace({ signingSecret, botToken })
  place.atEnd(slack.close)
  const service = await startService(where, {
    env: { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: signingSecret },
  })
  place.atEnd(service.stop)
  const fleet = await startRollout(service, seeded)
  const isCard = (message: Message) => message.blocks?.some(({ block_id }) => block_id === 'state') ?? false
  await slack.waitFor(() => slack.messages(channel).some(isCard), 30_000)
  const card = slack.messages(channel).find(isCard)
  if (card === undefined) throw new Error('expected the card of the stage')
  const load = beginLoad(
    {
      url: service.url,
      connections: 256,
      warmupMs: place.quick ? 500 : 3_000,
      ms: null,
      traffic: runsOf(fleet),
    },
    service.pid,
  )
  await load.begun
  const count = place.quick ? 40 : 2_000
  const told = await click({
    url: `${service.url}/slack/events`,
    signingSecret,
    // Acknowledged, then refused as drawn against a state that is gone: nothing moves, all of the work is done.
    payload: stalePause(slack, card),
    count,
    everyMs: 25,
  })
  load.stop()
  const ingest = await load.done
  const { 200: good = 0 } = told.statuses
  if (good !== count)
    throw new Error(
      `${engine}: expected ${count} clicks to be answered with 200, got ${JSON.stringify(told.statuses)}`,
    )
  return {
    measure: `click to acknowledgement, p99, ${engine}`,
    ours: percentile(told.ms, 0.99),
    unit: 'ms',
    goal: { at: 'most', figure: 50 },
    // Of fewer clicks the figure is their slowest one.
    ...(place.quick ? {} : { name: 'click_ack_p99_ms' }),
    note: `${count} clicks, 40 a second, median ${median(told.ms).toFixed(1)} ms, longest ${Math.max(...told.ms).toFixed(0)} ms; meanwhile ${ingest.perSecond.toFixed(0)} runs/s by 256 connections, ${wordsOf([ingest])}`,
  }
}

type Slack = Awaited<ReturnType<typeof startSlackWorkspace>>

function stalePause(slack: Slack, card: Message) {
  const found = (card.blocks ?? [])
    .flatMap(elementsOf)
    .find((element) => element.type === 'button' && element.action_id === 'pause')
  if (found?.type !== 'button') throw new Error('expected a button to pause on the card')
  const value = JSON.stringify({ ...JSON.parse(String(found.value)), v: 0 })
  const user = { id: 'U0TESTENG1', name: 'ines', realName: 'Ines Duarte', email: 'ines@factory.test' }
  return {
    ...payload('block_actions', user, slack.team),
    container: { type: 'message', message_ts: card.ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: 'rollouts' },
    message: messagePayload(card, slack.team),
    state: { values: {} },
    response_url: `${slack.url}nowhere`,
    actions: [
      {
        type: 'button',
        block_id: 'buttons',
        action_id: 'pause',
        text: { type: 'plain_text', text: 'Pause' },
        value,
      },
    ],
  }
}
