// Unleash, which answers fleets what they should run as well: installed for the bench alone, outside of the project.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../../demo/factory/free-port.ts'
import { type ChildServer, childServer } from './child-server.ts'

export const unleashVersion = '8.2.0'

const adminKey = '*:*.0000000000000000000000000000000000000000000000000000000a'
const clientKey = 'default:development.0000000000000000000000000000000000000000000000000000000b'
const frontendKey = 'default:development.0000000000000000000000000000000000000000000000000000000c'
/** One flag for a share of users: the least that it can be asked to do. */
const flag = 'new-build'

export type Unleash = ChildServer & { clientKey: string; frontendKey: string; flag: string }

/** @param database empty, on the PostgreSQL of the service that it is compared with. */
export async function startUnleash(database: string): Promise<Unleash> {
  const directory = await installed()
  const url = `http://127.0.0.1:${await freePort()}`
  const server = await childServer({
    file: join(directory, 'start.mjs'),
    directory,
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: database,
      DATABASE_SSL: 'false',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: new URL(url).port,
      INIT_ADMIN_API_TOKENS: adminKey,
      INIT_CLIENT_API_TOKENS: clientKey,
      INIT_FRONTEND_API_TOKENS: frontendKey,
      CHECK_VERSION: 'false',
      SEND_TELEMETRY: 'false',
      LOG_LEVEL: 'error',
      // Beyond its usual 20,000 a minute it refuses, which would be fast and no answer.
      SDK_API_RATE_LIMIT_PER_MINUTE: '100000000',
      TOKEN_AUTHENTICATION_RATE_LIMIT_PER_MINUTE: '100000000',
    },
    url,
    ready: '/health',
  })
  await makeFlag(url)
  return { ...server, clientKey, frontendKey, flag }
}

/** Kept between runs: it is 200 MB. */
async function installed(): Promise<string> {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  const directory = join(caches, 'firstpass-bench', `unleash-server-${unleashVersion}`)
  const mark = join(directory, 'installed')
  if (existsSync(mark)) return directory
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n')
  writeFileSync(
    join(directory, 'start.mjs'),
    "import { start } from 'unleash-server'\nawait start({ logLevel: 'error' })\n",
  )
  await promisify(execFile)(
    'npm',
    ['install', '--no-audit', '--no-fund', '--save-exact', `unleash-server@${unleashVersion}`],
    { cwd: directory, timeout: 300_000 },
  )
  writeFileSync(mark, '')
  return directory
}

async function makeFlag(url: string): Promise<void> {
  const features = '/api/admin/projects/default/features'
  await ask(url, features, { name: flag, type: 'release' })
  const environment = `${features}/${flag}/environments/development`
  const parameters = { rollout: '50', stickiness: 'default', groupId: flag }
  await ask(url, `${environment}/strategies`, { name: 'flexibleRollout', constraints: [], parameters })
  await ask(url, `${environment}/on`, {})
}

async function ask(url: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: adminKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`Unleash answered POST ${path} with ${response.status}: ${await response.text()}`)
}
