// The service as it runs, with a Slack on this machine: an event is kept, queued, worked on once, over either door.
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../db/client.ts'
import { slackEvents } from '../../db/schema/doors.ts'
import { startSlackWorkspace } from '../../demo/slack/workspace.ts'
import { startFirstpass } from '../../server/firstpass.ts'
import { ines } from '../support/fixed-values.ts'
import { databaseSettings, testDatabase } from '../support/test-database.ts'

const channel = 'C0ROLLOUTS'
const slack = { signingSecret: 'a-secret-only-slack-knows', botToken: 'xoxb-test' }

test.each(['http', 'socket'])('over %s, and a repetition changes nothing', async (door) => {
  const made = await testDatabase()
  onTestFinished(() => made.drop())
  let url = ''
  const appToken = 'xapp-test'
  const workspace = await startSlackWorkspace({
    ...slack,
    ...(door === 'socket' ? { appToken } : { appUrl: () => `${url}/slack/events` }),
  })
  onTestFinished(() => workspace.close())
  const firstpass = await startFirstpass({
    env: {
      ...databaseSettings(made.where),
      PORT: '0',
      ADMIN_TOKEN: 'admin-token-of-the-tests',
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: workspace.apiUrl,
      LOG_LEVEL: 'silent',
      ...(door === 'socket' ? { SLACK_APP_TOKEN: appToken } : { SLACK_SIGNING_SECRET: slack.signingSecret }),
    },
  })
  url = firstpass.url
  await workspace.waitFor(
    () => workspace.calls().some(({ method, ok }) => ok && method === 'auth.test'),
    20_000,
  )
  if (door === 'socket') await workspace.waitFor(() => workspace.sockets.count() === 1, 20_000)
  const event = { type: 'app_mention', user: ines.id, channel, text: 'hello' }
  for (const _time of [1, 2]) await workspace.sendEvent(event, 'Ev0REALONE')
  await workspace.sendEvent(event, 'Ev0REALTWO')
  await workspace.waitFor(() => workspace.ephemerals(ines.id).length === 2, 20_000)
  await firstpass.close()
  expect(workspace.ephemerals(ines.id)).toHaveLength(2)
  const database = await openDatabase(made.where)
  const kept = await database.db.select().from(slackEvents)
  await database.close()
  expect(kept.map((row) => row.id).toSorted()).toEqual(['Ev0REALONE', 'Ev0REALTWO'])
})
