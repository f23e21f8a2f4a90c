// The lint rules hold: a rule that catches nothing would pass every day.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'

const refused: [path: string, from: string][] = [
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
  ['server/firstpass.ts', '../views/rollout/rollout-page.ts'],
  ['server/firstpass.ts', '@slack/web-api'],
  ['bot/new.ts', '../db/client.ts'],
  ['cli/new.ts', '../server/service.ts'],
  ['cli/deploy/new.ts', '../../db/client.ts'],
  ['cli/new.ts', 'zod'],
  ['clients/station/new.ts', 'zod'],
  ['clients/station/new.ts', '../../server/domain/ids.ts'],
  ['clients/station/new.ts', '../../demo/clock.ts'],
  ['bot/new.ts', '../server/rollouts.ts'],
  ['bot/blocks/new.ts', '../../server/firstpass.ts'],
  ['bot/listeners/new.ts', '../../views/html.ts'],
]
const allowed: typeof refused = [
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
  ['server/slack-of.ts', '../bot/slack-app.ts'],
  ['cli/new.ts', 'node:fs/promises'],
  ['cli/deploy/new.ts', '../command.ts'],
  ['clients/station/new.ts', './outbox.ts'],
  ['clients/station/new.ts', 'node:fs/promises'],
  ['demo/factory/new.ts', '../../clients/station/station.ts'],
  ['bot/new.ts', '../server/domain/plan.ts'],
  ['bot/new.ts', '../server/service.ts'],
  ['bot/new.ts', '@slack/bolt'],
]
const impure = ['Date.now()', 'new Date()', 'Math.random()', 'process.env.HOME', 'crypto.randomUUID()']
const given = '(at: number) => new Date(at).toISOString()'

/** Lines of each file: each is a case of its own, and all are looked at in one go, since starting takes a second. */
const files = new Map<string, string[]>()
for (const [path, from] of [...refused, ...allowed]) add(path, importing(from))
for (const code of [...impure, given])
  for (const path of ['server/domain/pure.ts', 'server/pure.ts']) add(path, `export const found = ${code}`)

let complaints: { path: string; line: number; said: string }[] = []
beforeAll(() => {
  // A tree that has nothing but our rules and the files in question.
  const tree = mkdtempSync(join(tmpdir(), 'firstpass-lint-'))
  const settings = JSON.parse(readFileSync('biome.json', 'utf8'))
  writeFileSync(join(tree, 'biome.json'), JSON.stringify({ ...settings, vcs: { enabled: false } }))
  cpSync('lint', join(tree, 'lint'), { recursive: true })
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
  for (const [path, lines] of files) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), numbered(lines))
  }
  const words = ['lint', '--reporter=github', '--max-diagnostics=none', ...files.keys()]
  const { stdout } = spawnSync('biome', words, { cwd: tree, encoding: 'utf8' })
  rmSync(tree, { recursive: true, force: true })
  complaints = [...stdout.matchAll(/^::\w+ (.*?)::(.*)$/gm)].map(([, about = '', text = '']) => ({
    path: relative(tree, about.match(/file=([^,]+)/)?.[1] ?? ''),
    line: Number(about.match(/line=(\d+)/)?.[1]),
    said: `${about.match(/title=([^,]+)/)?.[1]} ${text}`,
  }))
})

describe('imports follow the layout', () => {
  test.each(refused)('%s may not import %s', (path, from) => {
    expect(saidOf(path, importing(from))).toEqual([expect.stringContaining('noRestrictedImports')])
  })
  test.each(allowed)('%s may import %s', (path, from) => {
    expect(saidOf(path, importing(from))).toEqual([])
  })
})

describe('the domain is pure', () => {
  test.each(impure)('no %s in server/domain', (code) => {
    const line = `export const found = ${code}`
    expect(saidOf('server/domain/pure.ts', line)).toEqual([expect.stringContaining('The domain is pure')])
    expect(saidOf('server/pure.ts', line)).toEqual([])
  })
  test('a given time may be turned into a date', () => {
    expect(saidOf('server/domain/pure.ts', `export const found = ${given}`)).toEqual([])
  })
})

function importing(from: string): string {
  return `import { thing } from '${from}'; export const used = thing`
}

function add(path: string, line: string): void {
  files.set(path, [...(files.get(path) ?? []), line])
}

/** Names of its own for each line: nothing else is to be said of it. */
function numbered(lines: string[]): string {
  return lines
    .map((line, index) =>
      line
        .replace('{ thing }', `{ thing as thing${index} }`)
        .replace('used = thing', `used${index} = thing${index}`)
        .replace('const found', `const found${index}`),
    )
    .join('\n')
}

function saidOf(path: string, line: string): string[] {
  const at = (files.get(path) ?? []).indexOf(line) + 1
  expect(at).toBeGreaterThan(0)
  const own = complaints.filter((each) => each.path === path && each.line === at)
  return [...new Set(own.map(({ said }) => said))]
}
