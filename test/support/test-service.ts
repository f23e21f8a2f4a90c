// The service of a test file, on a database of its own; both are closed when the file is done.
import { afterAll } from 'vitest'
import type { Database } from '../../db/client.ts'
import { openTestDatabase } from './open-test-database.ts'
import { type ServiceOptions, serviceOn, type TestService } from './service-on.ts'

export {
  type Answer,
  adminToken,
  githubSecret,
  type Method,
  type TestService,
} from './service-on.ts'

export async function openTestService({
  database: given,
  ...options
}: ServiceOptions & { database?: Database } = {}): Promise<TestService> {
  const database = given ?? (await openTestDatabase())
  const { close, ...service } = await serviceOn(database, options)
  // Runs before the database's own, which was registered earlier.
  afterAll(close)
  return service
}
