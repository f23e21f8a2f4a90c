// Webhooks of several processes on one PostgreSQL: woken by its announcements, each message sent by one of them.
import { expect, test, vi } from 'vitest'
import { serviceOn } from '../support/service-on.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'
import { verified, webhookReceiver } from '../support/webhook-receiver.ts'

test('two processes send each message once between them', async () => {
  const receiver = await webhookReceiver()
  const service = await openTestService({ webhookAllow: ['127.0.0.1'] })
  const replica = await serviceOn(service.database, { clock: service.clock, webhookAllow: ['127.0.0.1'] })
  for (const each of [service, replica]) await each.webhooks.start()
  const line = await testLine(service)
  const made = await service.ask('POST', '/api/v1/webhooks', {
    body: { url: receiver.url('/'), events: ['rollout.*'], procedures: [line.procedure] },
  })
  const rollout = await testRollout(service, line)
  await rollout.verb('abort', { reason: 'two replicas' })
  const record = await rollout.events()
  const waiting = `/api/v1/webhooks/${made.body.id}/deliveries?state=waiting`
  await vi.waitFor(async () => expect((await service.ask('GET', waiting)).body.data).toEqual([]), {
    timeout: 10_000,
  })
  await replica.close()
  const sent = receiver.at('/').toSorted((a, b) => a.body.data.sequence - b.body.data.sequence)
  expect(sent.map(({ body }) => body.data.event.type)).toEqual(record.map(({ type }) => type))
  for (const message of sent) verified(message, made.body.secret)
})
