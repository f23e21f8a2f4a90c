// Three processes on one PostgreSQL under load, struck thousands of times: nothing is lost, and nothing happens twice.
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '../../db/client.ts'
import { startSlackWorkspace } from '../../demo/slack/workspace.ts'
import { randomFrom } from '../calibrate/random.ts'
import { driftOf } from '../speed/drift.ts'
import { seedFleet } from '../speed/fleet.ts'
import { anywhere } from './replicas/anywhere.ts'
import { cluster } from './replicas/cluster.ts'
import { judgings, watchJudges } from './replicas/judges.ts'
import { people } from './replicas/people.ts'
import {
  messagesAgainstPosts,
  pinsAgainstState,
  recordedRollouts,
  unexplainedDecisions,
  untold,
  wrongPins,
} from './replicas/promises.ts'
import { delivered, ended } from './replicas/settle.ts'
import { slackDoor } from './replicas/slack-door.ts'
import { starts } from './replicas/starts.ts'
import { stations } from './replicas/stations.ts'
import { strikes } from './replicas/strikes.ts'
import { tellings } from './tellings.ts'
import type { Place, Told, Torture } from './torture.ts'

export const replicas: Torture = {
  name: 'replicas',
  about: 'three processes on one PostgreSQL, cut off and killed at random points under load',
  run,
}

const channel = 'C0ROLLOUTS'
const signingSecret = 'a-secret-only-slack-knows'
const botToken = 'xoxb-of-the-torture'
const users = ['U0TESTENG1', 'U0PROCESS1', 'U0LINELEAD']
/** A short run has to be at rest soon after its last strike. */
const sizes = {
  full: { procedures: 4, stationsEach: 5, patienceMs: 25_000 },
  short: { procedures: 2, stationsEach: 4, patienceMs: 6_000 },
}

async function run(place: Place): Promise<Told> {
  const { seed, ms, kills, short, say, beside } = place
  const { procedures, stationsEach, patienceMs } = sizes[short ? 'short' : 'full']
  const from = performance.now()
  const since = () => ((performance.now() - from) / 1000).toFixed(0)
  const where = await place.database('postgres')
  if (!('url' in where)) throw new Error('expected a PostgreSQL')
  const database = await openDatabase(where)
  place.atEnd(database.close)
  const { db } = database
  await watchJudges(db)
  const fleets = []
  for (let count = 0; count < procedures; count++)
    fleets.push(await seedFleet(where, stationsEach, { channel }))

  let slackUrl = ''
  const slack = await startSlackWorkspace({ signingSecret, botToken, appUrl: () => slackUrl })
  place.atEnd(slack.close)
  const three = await cluster(place, where.url, {
    count: 3,
    beside,
    env: {
      LOG_LEVEL: 'fatal',
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: botToken,
      SLACK_SIGNING_SECRET: signingSecret,
    },
  })
  const door = await slackDoor(three.urls, randomFrom(seed, 'slack'))
  place.atEnd(door.close)
  slackUrl = door.url

  const ask = anywhere(three.urls, randomFrom(seed, 'doors'))
  const started = starts(fleets, ask)
  const testing = stations(fleets, ask, { seed, restMs: 400, isBad: started.isBad })
  const pressing = people(slack, { users, channel, seed, restMs: 300, isBad: started.isBad })

  let [isOver, looks] = [false, 0]
  const wrongAtLook: string[] = []
  const looking = (async () => {
    for (; !isOver; looks += 1) {
      wrongAtLook.push(...(await pinsAgainstState(db)))
      await pause(250)
    }
  })()
  say(`three processes serve after ${since()} s`)
  const struck = await strikes(three, { seed, kills, ms, short })
  say(`struck ${struck.struck} times after ${since()} s`)
  await three.whole()
  await started.stop()
  pressing.finish()
  const end = await ended(db, ask, patienceMs)
  await pressing.stop()
  await testing.drain()
  isOver = true
  await looking
  say(`all is at rest after ${since()} s`)
  const queue = await delivered(db, 60_000)
  say(`all is delivered after ${since()} s`)
  await three.whole()
  await three.stop()

  const told = tellings()
  for (const fault of [...testing.faults, ...started.faults]) told.fault(fault)
  for (const fleet of fleets) {
    const drift = await driftOf(where, fleet, testing.acknowledged.get(fleet.procedureId) ?? new Set())
    told.none(
      'every acknowledged run is stored',
      drift.missing,
      `${drift.missing} missing of ${fleet.procedureId}`,
    )
    told.none(
      'every stored run was acknowledged in the end',
      drift.extra,
      `${drift.extra} of ${fleet.procedureId}`,
    )
    told.none('tallies equal a recount', drift.differing, `${drift.differing} rows of ${fleet.procedureId}`)
  }
  const recorded = await recordedRollouts(db)
  const clicked = unexplainedDecisions(recorded, door.clicks)
  const messages = slack.messages(channel).flatMap(({ ts }) => slack.thread(channel, ts))
  const posts = await messagesAgainstPosts(db, {
    messages: [...new Map(messages.map((each) => [each.ts, each])).values()],
    files: new Set(slack.files().flatMap(({ id, completedAt }) => (completedAt === undefined ? [] : [id]))),
    killedAt: struck.killedAt,
  })
  const said = await untold(db, recorded)
  const judged = await judgings(db)
  told.each('pins match the state of their rollout, at every look', wrongAtLook)
  told.each('in the end each station has one pin, to what its procedure runs', await wrongPins(db))
  told.each(
    'the record of a rollout, folded, is its state',
    recorded.filter(({ isItsRecord }) => !isItsRecord).map(({ id, status }) => `${id}, ${status}`),
  )
  told.each('a click makes one decision at most', clicked.unexplained)
  told.each('every event, card and summary is told', said.missing)
  told.each('nothing is told twice but what a process had said when it was killed', posts.twice)
  told.each('every message that is remembered stands in Slack', posts.lost)
  told.each('one judge at a time for each rollout', judged.atOnce)
  told.each('every rollout ends', end.stuck)
  told.each('every delivery is done', queue.waiting)
  told.each('a process ends only when it is killed', three.crashes)

  const runs = [...testing.acknowledged.values()].reduce((sum, { size }) => sum + size, 0)
  const seen = { runs, rollouts: recorded.length, decisions: clicked.decisions, messages: posts.messages }
  told.each(
    'there was something to look at',
    Object.entries(seen).flatMap(([what, count]) => (count === 0 ? [`no ${what}`] : [])),
  )
  const ends = (status: string) => recorded.filter((each) => each.status === status).length
  return told.all([
    { name: 'strikes', value: struck.struck, unit: '' },
    ...struck.figures.map((figure) => ({ ...figure, name: `  ${figure.name}` })),
    {
      name: 'runs',
      value: runs,
      unit: '',
      note: `${testing.twice()} sent twice, ${testing.unanswered()} times no answer`,
    },
    {
      name: 'rollouts',
      value: recorded.length,
      unit: '',
      note: `${ends('completed')} completed, ${ends('aborted')} aborted, ${end.aborted} of them at the end`,
    },
    { name: 'events', value: recorded.reduce((sum, { events }) => sum + events.length, 0), unit: '' },
    {
      name: 'clicks',
      value: door.clicks.length,
      unit: '',
      note: `${door.twice()} requests sent to two processes, ${clicked.decisions} decisions`,
    },
    { name: 'messages', value: posts.messages, unit: '', note: `${said.told} of them promised` },
    {
      name: '  told twice by a death',
      value: posts.ofDeaths,
      unit: '',
      note: `${struck.killedAt.length} deaths`,
    },
    { name: 'judgings', value: judged.judgings, unit: '' },
    { name: 'looks at pins', value: looks, unit: '' },
    { name: 'until all was delivered', value: queue.seconds, unit: 's' },
  ])
}
