// The check that no change of the schema goes without its migration.
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
let copy = ''
afterEach(() => rmSync(copy, { recursive: true, force: true }))

test('the migrations make the schema, and a column without a migration is found', {
  timeout: 60_000,
}, async () => {
  copy = mkdtempSync(join(tmpdir(), 'firstpass-schema-'))
  for (const part of ['db', 'server', 'drizzle.config.ts', 'package.json', 'tsconfig.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  await check()
  appendFileSync(
    join(copy, 'db/schema/doors.ts'),
    "\nexport const added = pgTable('added', { id: text('id').primaryKey() })\n",
  )
  await expect(check()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('npm run db:generate'),
  })
})

const check = () =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', 'db/check-drift.ts'], {
    cwd: copy,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  })
