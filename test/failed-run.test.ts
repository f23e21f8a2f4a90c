// A run with failed tests fails: nothing that is loaded for the tests may end the process with another code.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

test.each(['pglite', 'postgres'])(
  'a failed test makes a run on %s fail',
  (engine) => {
    const directory = mkdtempSync(join(tmpdir(), 'firstpass-failing-'))
    try {
      symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
      writeFileSync(
        join(directory, 'vitest.config.ts'),
        `export default { test: { include: ['*.test.ts'], globalSetup: [${JSON.stringify(resolve('test/support/global-setup.ts'))}], env: { FIRSTPASS_TEST_ENGINE: '${engine}' } } }`,
      )
      writeFileSync(
        join(directory, 'failing.test.ts'),
        "import { expect, test } from 'vitest'\ntest('fails', () => expect(1).toBe(2))\n",
      )
      const run = spawnSync('vitest', ['run', '--root', directory], { encoding: 'utf8', env: process.env })
      expect(`${run.stdout}${run.stderr}`).toContain('1 failed')
      expect(run.status).toBe(1)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
  60_000,
)
