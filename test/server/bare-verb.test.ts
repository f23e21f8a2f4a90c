// A verb that needs nothing said may be sent without a body.
import { expect, test } from 'vitest'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()

test('resume and advance may come without a body; what needs a reason asks for it', async () => {
  const rollout = await testRollout(service, await testLine(service, { stations: 2 }))
  await rollout.verb('pause', { reason: 'shift change' })
  const path = `/api/v1/rollouts/${rollout.id}`
  expect((await service.ask('POST', `${path}/resume`)).status).toBe(200)
  expect((await service.ask('POST', `${path}/advance`)).body).toMatchObject({ code: 'not_ready' })
  expect(await service.ask('POST', `${path}/pause`)).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('reason') },
  })
})
