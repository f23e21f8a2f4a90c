// One process for a long time at ten times what a large factory brings: nothing grows that should not.
import { openDatabase } from '../../db/client.ts'
import { startSlackWorkspace } from '../../demo/slack/workspace.ts'
import { randomFrom } from '../calibrate/random.ts'
import { driftOf } from '../speed/drift.ts'
import { seedFleet } from '../speed/fleet.ts'
import { startService } from '../speed/servers/service.ts'
import { type Ask, anywhere } from './replicas/anywhere.ts'
import { people } from './replicas/people.ts'
import { recordedRollouts } from './replicas/promises.ts'
import { delivered, ended } from './replicas/settle.ts'
import { starts } from './replicas/starts.ts'
import { stations } from './replicas/stations.ts'
import { collector } from './soak/collected.ts'
import { type Look, leastOf, lookAt, mostOf } from './soak/looks.ts'
import { tellings } from './tellings.ts'
import type { Figure, Place, Told, Torture } from './torture.ts'

export const soak: Torture = {
  name: 'soak',
  about:
    'one process at ten times the load of 200 stations that test a unit a minute; an hour with --minutes 60',
  isLong: true,
  run,
}

const channel = 'C0ROLLOUTS'
const signingSecret = 'a-secret-only-slack-knows'
const botToken = 'xoxb-of-the-torture'
const procedures = 4
/** 33 runs a second in all, and a third as many polls: 200 stations bring 3.3 runs, and ask twice a minute. */
const load = { stationsEach: 5, restMs: 600 }
/** The time is told in tenths. The first two are for what a process grows by until it has done everything once. */
const parts = 10
const warm = 2

async function run(place: Place): Promise<Told> {
  const { seed, ms } = place
  const where = await place.database('postgres')
  if (!('url' in where)) throw new Error('expected a PostgreSQL')
  const database = await openDatabase(where)
  place.atEnd(database.close)
  const { db } = database
  const fleets = []
  for (let count = 0; count < procedures; count++)
    fleets.push(await seedFleet(where, load.stationsEach, { channel }))
  let slackUrl = ''
  const slack = await startSlackWorkspace({ signingSecret, botToken, appUrl: () => slackUrl })
  place.atEnd(slack.close)
  const garbage = await collector()
  const service = await startService(where, {
    env: {
      ...garbage.env,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: botToken,
      SLACK_SIGNING_SECRET: signingSecret,
    },
  })
  place.atEnd(service.stop)
  slackUrl = `${service.url}/slack/events`

  const plain = anywhere([service.url], randomFrom(seed, 'doors'))
  let waits: number[] = []
  const ask: Ask = async (method, path, ...rest) => {
    const from = performance.now()
    const answer = await plain(method, path, ...rest)
    if (path === '/api/v1/runs') waits.push(performance.now() - from)
    return answer
  }
  const started = starts(fleets, ask)
  const testing = stations(fleets, ask, { seed, restMs: load.restMs, isBad: started.isBad })
  const users = ['U0TESTENG1', 'U0PROCESS1']
  const pressing = people(slack, { users, channel, seed, restMs: 2_000, isBad: started.isBad })

  const looks: Look[] = []
  const beganAt = performance.now()
  for (let part = 0; part < parts; part++) {
    const until = beganAt + ((part + 1) * ms) / parts
    looks.push(await lookAt({ service, db, collect: garbage.collect }, until, () => waits.splice(0)))
    place.say(`  ${((performance.now() - beganAt) / 60_000).toFixed(1)} min: ${words(looks.at(-1))}`)
  }
  waits = []

  await started.stop()
  pressing.finish()
  const end = await ended(db, plain, 25_000)
  await pressing.stop()
  await testing.drain()
  const queue = await delivered(db, 60_000)
  const said = service.said()
  await service.stop()

  const told = tellings()
  for (const fault of [...testing.faults, ...started.faults]) told.fault(fault)
  const [early, late] = [looks.slice(warm, parts / 2), looks.slice(-3)]
  const grows = (promise: string, of: (look: Look) => number, most: (before: number) => number) => {
    const [before, after] = [leastOf(early, of), leastOf(late, of)]
    told.none(promise, after > most(before) ? 1 : 0, `${before.toFixed(1)} grew to ${after.toFixed(1)}`)
  }
  // What is under way at the moment of a look comes and goes: a tenth, and some megabytes.
  grows(
    'the heap does not grow',
    ({ heapMb }) => heapMb,
    (before) => before * 1.1 + 4,
  )
  grows(
    'nor does resident memory',
    ({ residentMb }) => residentMb,
    (before) => before * 1.2 + 16,
  )
  grows(
    'no open file or socket is left behind',
    ({ files }) => files,
    (before) => before + 4,
  )
  grows(
    'no timer, socket or request is left behind',
    ({ resources }) => resources,
    (before) => before + 10,
  )
  grows(
    'no connection of the database is left behind',
    ({ connections }) => connections,
    (before) => before,
  )
  grows(
    'answers to runs take as long as before',
    ({ p50 }) => p50,
    (before) => before * 2 + 5,
  )
  told.each(
    'the process warns of nothing',
    said.split('\n').filter((line) => line.includes('Warning')),
  )
  for (const fleet of fleets) {
    const drift = await driftOf(where, fleet, testing.acknowledged.get(fleet.procedureId) ?? new Set())
    const off = drift.missing + drift.extra + drift.differing
    told.none('acknowledged = stored = counted', off, `${JSON.stringify(drift)} of ${fleet.procedureId}`)
  }
  const recorded = await recordedRollouts(db)
  told.each(
    'the record of a rollout, folded, is its state',
    recorded.filter(({ isItsRecord }) => !isItsRecord).map(({ id, status }) => `${id}, ${status}`),
  )
  told.each('every rollout ends', end.stuck)
  told.each('every delivery is done', queue.waiting)
  const runs = [...testing.acknowledged.values()].reduce((sum, { size }) => sum + size, 0)
  return told.all([
    { name: 'runs', value: runs, unit: '', note: `${testing.twice()} of them sent twice` },
    { name: 'rollouts', value: recorded.length, unit: '' },
    { name: 'presses in Slack', value: pressing.presses(), unit: '' },
    ...figures('heap', 'MB', ({ heapMb }) => heapMb),
    ...figures('resident', 'MB', ({ residentMb }) => residentMb),
    ...figures('open files', '', ({ files }) => files),
    ...figures('resources', '', ({ resources }) => resources),
    ...figures('connections', '', ({ connections }) => connections),
    ...figures('run to its answer, median', 'ms', ({ p50 }) => p50),
    ...figures('run to its answer, p99', 'ms', ({ p99 }) => p99),
  ])

  function figures(name: string, unit: string, of: (look: Look) => number): Figure[] {
    const note = `tenth by tenth: ${looks.map((look) => of(look).toFixed(0)).join(' ')}; most ${mostOf(looks, of).toFixed(0)}`
    return [{ name, value: leastOf(looks.slice(-3), of), unit, note }]
  }
}

function words(look: Look | undefined): string {
  if (!look) return 'nothing'
  const { heapMb, residentMb, files, resources, connections, p50, p99, runs } = look
  return `${runs} runs, heap ${heapMb.toFixed(0)} MB, resident ${residentMb.toFixed(0)} MB, ${files} files, ${resources} resources, ${connections} connections, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`
}
