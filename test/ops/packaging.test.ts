// What is in ops/ fits the project: the image has all that the service imports, and settings are those that it reads.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { settingsSchema } from '../../server/config.ts'
import { isHere } from '../support/is-here.ts'

const read = (path: string) => readFileSync(path, 'utf8')
const settings = Object.keys(settingsSchema.shape)
const { dependencies, scripts } = JSON.parse(read('package.json'))
const startCommand: string = scripts.start

describe('the image', () => {
  const file = read('ops/Containerfile')
  const copied = [...file.matchAll(/^COPY (\S+) \S+$/gm)].map(([, folder = '']) => folder)
  const inside = (path: string) => copied.some((folder) => path === folder || path.startsWith(`${folder}/`))

  test('has every file that the service and the command line import, and needs no package of development', () => {
    const files = new Set<string>()
    const packages = new Set<string>()
    for (const entry of ['server/main.ts', 'cli/firstpass.js', 'cli/main.ts', 'db/pglite-worker.ts'])
      follow(entry, files, packages)
    expect(files.size).toBeGreaterThan(500)
    expect([...files].filter((path) => !inside(path))).toEqual([])
    expect([...packages].filter((name) => !(name in dependencies))).toEqual([])
  })

  test('starts what npm start starts, on the Node that the project pins', () => {
    const command: string[] = JSON.parse(file.match(/^CMD (\[.*\])$/m)?.[1] ?? '[]')
    expect(command.join(' ')).toBe(startCommand)
    const { devDependencies } = JSON.parse(read('package.json'))
    expect(file).toContain(`node:${devDependencies.node}-`)
  })

  test('is built from the folders that it copies, and nothing else is sent', () => {
    const sent = [...read('ops/Containerfile.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, path]) => path)
    expect(new Set(['package.json', 'package-lock.json', ...copied])).toEqual(new Set(sent))
    expect([...file.matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name).filter(isOurs)).toEqual([])
  })
})

describe('compose', () => {
  const text = read('ops/compose.yaml')
  const { services } = parse(text, { merge: true })

  test('runs two replicas alike, behind a proxy that knows both', () => {
    const replicas = Object.keys(services).filter((name) => name.startsWith('firstpass-'))
    expect(replicas).toHaveLength(2)
    expect(services['firstpass-1']).toEqual(services['firstpass-2'])
    expect(services.proxy.environment.REPLICAS).toBe(replicas.map((name) => `${name}:3000`).join(' '))
  })

  test('sets only settings that there are, and asks only for what the example names', () => {
    const set = Object.keys(services['firstpass-1'].environment)
    expect(set.filter((name) => !settings.includes(name))).toEqual([])
    const asked = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.filter((name) => !Object.keys(example()).includes(name ?? ''))).toEqual([])
  })
})

test('the example names only settings of the service and of its compose file', () => {
  expect(Object.keys(example()).filter((name) => !settings.includes(name))).toEqual([
    'POSTGRES_PASSWORD',
    'DOMAIN',
  ])
})

describe('the unit of systemd', () => {
  const unit = read('ops/firstpass.service')

  test('starts what npm start starts, with settings that there are', () => {
    const command = unit.match(/^ExecStart=\S+\/node (.*)$/m)?.[1]
    expect(`node ${command}`).toBe(startCommand)
    const set = (unit.match(/^Environment=(.*)$/m)?.[1] ?? '').split(' ').map((each) => each.split('=')[0])
    expect(set.filter((name) => name !== 'NODE_ENV' && !settings.includes(name ?? ''))).toEqual([])
  })

  test.skipIf(!isHere('systemd-analyze', '--version'))(
    'is taken by systemd (not looked at where there is none)',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'firstpass-unit-'))
      const file = join(folder, 'firstpass.service')
      writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
      const said = tried('systemd-analyze', 'verify', file)
      rmSync(folder, { recursive: true })
      expect(said.split('\n').filter((line) => line.includes('firstpass.service'))).toEqual([])
    },
  )
})

test.skipIf(!isHere('caddy', 'version'))(
  'the proxy is taken by Caddy (not looked at where there is none)',
  () => {
    const env = { ...process.env, DOMAIN: 'localhost', REPLICAS: 'firstpass-1:3000 firstpass-2:3000' }
    const said = execFileSync('caddy', ['adapt', '--config', 'ops/Caddyfile', '--adapter', 'caddyfile'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(said).toContain('"dial":"firstpass-2:3000"')
  },
)

function example(): Record<string, string> {
  const lines = [...read('ops/example.env').matchAll(/^#?([A-Z_]+)=(.*)$/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]))
}

function isOurs(name: string): boolean {
  return !['NODE_ENV', ...settings].includes(name)
}

/** All that is imported from a file on, statically or by an address beside it. */
function follow(path: string, files: Set<string>, packages: Set<string>): void {
  if (files.has(path)) return
  expect(existsSync(path), `${path} is imported`).toBe(true)
  files.add(path)
  if (!/\.(ts|js)$/.test(path)) return
  // Types are gone before it runs.
  const code = read(path).replace(/^import type [^;]*? from '[^']+'$/gm, '')
  const found = [
    ...code.matchAll(/(?:^|\s)from '([^']+)'/g),
    ...code.matchAll(/\bimport(?:\(|\s)'([^']+)'/g),
    ...code.matchAll(/new URL\('(\.[^']+\.(?:ts|js))', import\.meta\.url\)/g),
  ].map(([, name = '']) => name)
  for (const name of found) {
    if (name.startsWith('.')) follow(normalize(join(dirname(path), name)), files, packages)
    else if (!name.startsWith('node:') && !builtinModules.includes(name))
      packages.add(
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      )
  }
}

/** What it wrote, whichever way it ended. */
function tried(command: string, ...words: string[]): string {
  try {
    return execFileSync(command, words, { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  }
}
