// What git knows of a commit, where there is git and a checkout.
import { execFileSync } from 'node:child_process'
import type { Environment } from './command.ts'

export type Commit = { sha: string; message: string; author: string; branch: string | null }

/** Null when git is not there, or does not know it. */
export function gitCommit(env: Environment, of = 'HEAD'): Commit | null {
  const said = git(env, ['log', '-1', '--format=%H%x00%an%x00%B', of, '--'])
  const [sha, author, message] = said?.split('\u0000') ?? []
  if (sha === undefined || author === undefined || message === undefined) return null
  return { sha, author, message: message.trim(), branch: branch(env) }
}

/** A checkout of a build server stands on no branch: the server says which one it is. */
function branch(env: Environment): string | null {
  const { GITHUB_HEAD_REF, GITHUB_REF_NAME, CI_COMMIT_BRANCH, BRANCH_NAME } = env
  const named = git(env, ['rev-parse', '--abbrev-ref', 'HEAD'])?.trim()
  if (named && named !== 'HEAD') return named
  return GITHUB_HEAD_REF || GITHUB_REF_NAME || CI_COMMIT_BRANCH || BRANCH_NAME || null
}

function git(env: Environment, words: string[]): string | null {
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env })
  } catch {
    return null
  }
}
