// Addresses and tokens that firstpass login keeps, by profile, in a file that only its owner may read.
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Environment } from '../command.ts'
import { Misuse } from '../misuse.ts'

export type Profile = { url: string; token: string }
export type Config = { current: string | null; profiles: Record<string, Profile> }

/** Null where there is no home to keep it in. */
export function configPath({ XDG_CONFIG_HOME, HOME, USERPROFILE }: Environment): string | null {
  const home = HOME || USERPROFILE
  const folder = XDG_CONFIG_HOME || (home ? join(home, '.config') : null)
  return folder === null ? null : join(folder, 'firstpass', 'config.json')
}

/** @throws Misuse when others may read it, or it is not what login writes. */
export function readConfig(env: Environment): Config {
  const path = configPath(env)
  const text = path === null ? null : ownText(path)
  return path === null || text === null ? { current: null, profiles: {} } : parsed(path, text)
}

/** Whole or not at all: another command may read it just now. */
export function writeConfig(env: Environment, config: Config): string {
  const path = configPath(env)
  if (path === null)
    throw new Misuse(
      'expected a home to keep the token in: set HOME or XDG_CONFIG_HOME, or use FIRSTPASS_TOKEN',
    )
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  chmodSync(beside, 0o600)
  renameSync(beside, path)
  return path
}

function ownText(path: string): string | null {
  const held = statSync(path, { throwIfNoEntry: false })
  if (!held) return null
  const mode = held.mode & 0o777
  // Windows has no such modes: its home folders are closed to others.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new Misuse(
      `${path} holds tokens, and others may read it: expected mode 600, got ${mode.toString(8)}. Run chmod 600 ${path}, and rotate the tokens if others use this machine`,
    )
  return readFileSync(path, 'utf8')
}

function parsed(path: string, text: string): Config {
  const wrong = new Misuse(
    `${path}: expected what firstpass login writes, { "current": …, "profiles": { NAME: { "url", "token" } } }. Remove it and log in again`,
  )
  try {
    const { current = null, profiles } = JSON.parse(text)
    const all = Object.values<Partial<Profile>>(profiles)
    if (all.some(({ url, token }) => typeof url !== 'string' || typeof token !== 'string')) throw wrong
    return { current: typeof current === 'string' ? current : null, profiles }
  } catch {
    throw wrong
  }
}
