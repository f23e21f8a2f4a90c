// The lint rules hold: a rule that catches nothing would pass every day.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** A tree that has nothing but our rules and the file in question. */
const tree = mkdtempSync(join(tmpdir(), 'firstpass-lint-'))
beforeAll(() => {
  const settings = JSON.parse(readFileSync('biome.json', 'utf8'))
  writeFileSync(join(tree, 'biome.json'), JSON.stringify({ ...settings, vcs: { enabled: false } }))
  cpSync('lint', join(tree, 'lint'), { recursive: true })
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
})
afterAll(() => rmSync(tree, { recursive: true, force: true }))

function lint(path: string, code: string): { ok: boolean; said: string } {
  const file = join(tree, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  const run = spawnSync('biome', ['lint', path], { cwd: tree, encoding: 'utf8' })
  rmSync(file)
  return { ok: run.status === 0, said: run.stderr + run.stdout }
}

const imports = (from: string) => `import { thing } from '${from}'\nexport const used = thing\n`

describe('imports follow the layout', () => {
  test.each([
    ['server/domain/statistics/new.ts', '../gate.ts'],
    ['server/domain/statistics/new.ts', 'zod'],
    ['server/domain/new.ts', '../service.ts'],
    ['server/domain/new.ts', 'drizzle-orm'],
    ['server/domain/new.ts', 'node:crypto'],
    ['server/domain/rollout/new.ts', '../../service.ts'],
    ['server/domain/rollout/new.ts', '../../../db/client.ts'],
    ['server/domain/gates/new.ts', '../../service.ts'],
    ['server/domain/gates/new.ts', 'temporal-polyfill'],
    ['server/domain/new.ts', '@marcbachmann/cel-js'],
    ['db/new.ts', '../server/service.ts'],
    ['db/new.ts', '@slack/web-api'],
    ['views/new.ts', '../db/client.ts'],
    ['views/charts/new.ts', '../../server/service.ts'],
    ['server/new.ts', '../bot/slack-app.ts'],
    ['server/new.ts', '../views/rollout/rollout-page.ts'],
    ['server/routes/new.ts', '../../views/rollout/rollout-page.ts'],
    ['server/routes/pages/new.ts', '../../../bot/slack-app.ts'],
    ['server/main.ts', '../views/rollout/rollout-page.ts'],
    ['server/main.ts', '@slack/web-api'],
    ['bot/new.ts', '../db/client.ts'],
    ['cli/new.ts', '../server/service.ts'],
    ['cli/deploy/new.ts', '../../db/client.ts'],
    ['cli/new.ts', 'zod'],
    ['clients/station/new.ts', 'zod'],
    ['clients/station/new.ts', '../../server/domain/ids.ts'],
    ['clients/station/new.ts', '../../demo/clock.ts'],
    ['bot/new.ts', '../server/rollouts.ts'],
    ['bot/blocks/new.ts', '../../server/main.ts'],
    ['bot/listeners/new.ts', '../../views/html.ts'],
  ])('%s may not import %s', (path, from) => {
    expect(lint(path, imports(from)).said).toContain('noRestrictedImports')
  })

  test.each([
    ['server/domain/statistics/new.ts', './log-odds.ts'],
    ['server/domain/statistics/new.ts', 'simple-statistics'],
    ['server/domain/new.ts', './gate.ts'],
    ['server/domain/new.ts', './statistics/evaluate-canary.ts'],
    ['server/domain/new.ts', './rollout/state.ts'],
    ['server/domain/new.ts', 'zod'],
    ['server/domain/new.ts', 'temporal-polyfill'],
    ['server/domain/rollout/new.ts', '../ids.ts'],
    ['server/domain/rollout/new.ts', '../gates/gate.ts'],
    ['server/domain/gates/new.ts', '../statistics/evaluate-canary.ts'],
    ['server/domain/gates/new.ts', '@marcbachmann/cel-js'],
    ['db/new.ts', '../server/domain/ids.ts'],
    ['db/new.ts', '../server/domain/rollout/state.ts'],
    ['views/rollout/new.ts', '../../server/domain/rollout-view.ts'],
    ['server/new.ts', '../db/client.ts'],
    ['server/routes/pages/new.ts', '../../../views/rollout/rollout-page.ts'],
    ['server/main.ts', '../bot/slack-app.ts'],
    ['cli/new.ts', 'node:fs/promises'],
    ['cli/deploy/new.ts', '../command.ts'],
    ['clients/station/new.ts', './outbox.ts'],
    ['clients/station/new.ts', 'node:fs/promises'],
    ['demo/factory/new.ts', '../../clients/station/station.ts'],
    ['bot/new.ts', '../server/domain/plan.ts'],
    ['bot/new.ts', '../server/service.ts'],
    ['bot/new.ts', '@slack/bolt'],
  ])('%s may import %s', (path, from) => {
    expect(lint(path, imports(from))).toMatchObject({ ok: true })
  })
})

describe('the domain is pure', () => {
  test.each(['Date.now()', 'new Date()', 'Math.random()', 'process.env.HOME', 'crypto.randomUUID()'])(
    'no %s in server/domain',
    (code) => {
      expect(lint('server/domain/new.ts', `export const found = ${code}\n`).said).toContain(
        'The domain is pure',
      )
      expect(lint('server/new.ts', `export const found = ${code}\n`)).toMatchObject({ ok: true })
    },
  )
  test('a given time may be turned into a date', () => {
    expect(
      lint('server/domain/new.ts', 'export const text = (at: number) => new Date(at).toISOString()\n'),
    ).toMatchObject({ ok: true })
  })
})
