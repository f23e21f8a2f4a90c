// The types of the interface that clients are written with are those of the routes as they are today.
import { expect, test } from 'vitest'
import { typeText } from '../../clients/api/generator/type-text.ts'
import { openTestService } from '../support/test-service.ts'

test('clients/api/paths.ts says what the routes say: npm run api:types writes it anew', async () => {
  const { ask } = await openTestService()
  const description = (await ask('GET', '/docs/json', { token: null })).body
  await expect(await typeText(description)).toMatchFileSnapshot('../../clients/api/paths.ts')
})
