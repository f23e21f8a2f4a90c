// Where a commit can be looked at, on the host of its code.
import type { Repository } from '../db/schema/procedures.ts'

/** Null where the host is not known: a GitLab may stand anywhere. */
export function commitAddress(repository: Repository | null, sha: string): string | null {
  if (repository?.provider !== 'github') return null
  const part = encodeURIComponent
  return `https://github.com/${part(repository.owner)}/${part(repository.name)}/commit/${part(sha)}`
}
