// A run with failed tests fails and one without passes: nothing that is loaded for the tests may change the exit code.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

test.each([
  ['pglite', 'fails', 1],
  ['postgres', 'fails', 1],
  ['postgres', 'passes', 0],
])(
  'a run on %s with a test that %s ends with %s',
  (engine, fate, code) => {
    const directory = mkdtempSync(join(tmpdir(), 'firstpass-failing-'))
    try {
      symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
      writeFileSync(
        join(directory, 'vitest.config.ts'),
        `export default { test: { include: ['*.test.ts'], globalSetup: [${JSON.stringify(resolve('test/support/global-setup.ts'))}], env: { FIRSTPASS_TEST_ENGINE: '${engine}' } } }`,
      )
      writeFileSync(
        join(directory, 'one.test.ts'),
        `import { expect, test } from 'vitest'\ntest('one', () => expect(1).toBe(${fate === 'fails' ? 2 : 1}))\n`,
      )
      const run = spawnSync('vitest', ['run', '--root', directory], { encoding: 'utf8', env: process.env })
      expect(`${run.stdout}${run.stderr}`).toContain(fate === 'fails' ? '1 failed' : '1 passed')
      expect(run.status).toBe(code)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
  60_000,
)
