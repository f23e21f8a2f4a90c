// What Slack has is remembered, although the connection to the database breaks off between the two.
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../db/client.ts'
import { exclusively } from '../../db/exclusively.ts'
import { slackStore } from '../../server/slack-store.ts'
import { tcpGate } from '../support/tcp-gate.ts'
import { testDatabase } from '../support/test-database.ts'

const made = await testDatabase()
const url = new URL('url' in made.where ? made.where.url : '')
const gate = await tcpGate({ host: url.hostname, port: Number(url.port || 5432) })
url.host = `127.0.0.1:${gate.port}`
const database = await openDatabase({ url: url.href })
const locks = exclusively(database)
const { posts } = slackStore({
  database,
  deliveries: { send: async () => {} },
  exclusively: locks.exclusively,
})
afterAll(async () => {
  await locks.close()
  await database.close()
  await gate.shut()
  await made.drop()
})

test('a message that was posted while the database went away is remembered when it is back', {
  timeout: 60_000,
}, async () => {
  const post = { channel: 'C1', ts: '1.2', contentHash: 'h', updatedAt: 5 }
  const said = posts.exclusively('event:1:2', async () => {
    await gate.shut()
    const saving = posts.save('event:1:2', post)
    await Promise.race([saving.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500))])
    await gate.open()
    await saving
    return 'said'
  })
  expect(await said).toBe('said')
  expect(await posts.find('event:1:2')).toMatchObject({ channel: 'C1', ts: '1.2' })
})
