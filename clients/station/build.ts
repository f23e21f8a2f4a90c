// A build that the station is asked to run, as the server's answer names it.

export type Build = {
  id: string
  version: string
  commit_sha: string | null
  artifact_url: string | null
  artifact_sha256: string | null
}
/** By the id of the procedure; null: nothing is to be run. */
export type Assignments = Record<string, Build | null>

/** Null when the answer is not what the protocol says. */
export function readAssignments(body: unknown): Assignments | null {
  if (!isObject(body) || !Array.isArray(body.assignments)) return null
  const read: Assignments = {}
  for (const one of body.assignments) {
    if (!isObject(one) || typeof one.procedure_id !== 'string') return null
    const build = one.deployment === null ? null : readBuild(one.deployment)
    if (build === undefined) return null
    read[one.procedure_id] = build
  }
  return read
}

/** What was kept on disk. */
export function readKept(kept: unknown): Assignments {
  if (!isObject(kept)) return {}
  return Object.fromEntries(
    Object.entries(kept).flatMap(([procedureId, build]): [string, Build | null][] => {
      const read = build === null ? null : readBuild(build)
      return read === undefined ? [] : [[procedureId, read]]
    }),
  )
}

function readBuild(deployment: unknown): Build | undefined {
  if (!isObject(deployment) || typeof deployment.id !== 'string') return undefined
  const text = (field: unknown) => (typeof field === 'string' ? field : null)
  return {
    id: deployment.id,
    version: text(deployment.version) ?? '',
    commit_sha: text(deployment.commit_sha),
    artifact_url: text(deployment.artifact_url),
    artifact_sha256: text(deployment.artifact_sha256),
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
