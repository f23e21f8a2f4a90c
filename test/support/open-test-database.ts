// One open database for a whole test file, dropped when the file is done.
import { afterAll } from 'vitest'
import type { Database } from '../../db/client.ts'
import { testDatabase } from './test-database.ts'

export async function openTestDatabase(): Promise<Database> {
  const made = await testDatabase()
  const database = await made.open()
  afterAll(async () => {
    await database.close()
    await made.drop()
  })
  return database
}
