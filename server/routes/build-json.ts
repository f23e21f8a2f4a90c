// Builds as the interface writes them.
import type { z } from 'zod'
import type { Deployment } from '../../db/registry.ts'
import type { Actor } from '../domain/actor.ts'
import type { BuildPush, BuildRecord } from '../service.ts'
import type { deploymentAnswer, pushAnswer, recordAnswer } from './build-answers.ts'

export function deploymentJson(deployment: Deployment): z.infer<typeof deploymentAnswer> {
  const { promoted } = deployment
  return {
    id: deployment.id,
    procedure_id: deployment.procedureId,
    version: deployment.version,
    commit: {
      sha: deployment.commitSha,
      message: deployment.commitMessage,
      branch: deployment.commitBranch,
      author: deployment.commitAuthor,
    },
    environment: deployment.environment,
    status: deployment.status,
    artifact_url: deployment.artifactUrl,
    artifact_sha256: deployment.artifactSha256,
    artifact_metadata: deployment.artifactMetadata,
    labels: deployment.labels,
    expectation: deployment.expectation,
    expected_yield_change: deployment.expectedYieldChange,
    source: deployment.source,
    promoted: promoted && {
      ...act(promoted.by, promoted.at),
      from: promoted.from,
      reason: promoted.why,
    },
    created_at: deployment.createdAt.toISOString(),
    completed_at: deployment.completedAt?.toISOString() ?? null,
  }
}

export function pushJson(push: BuildPush | null): z.infer<typeof pushAnswer> | null {
  return push && { rollout_id: push.rolloutId, held_because: push.held }
}

export function recordJson(record: BuildRecord): z.infer<typeof recordAnswer> {
  const { runs, notEligible } = record
  return {
    is_active: record.isActive,
    not_eligible: notEligible && `${notEligible.why}. ${notEligible.next}`,
    auto_push: pushJson(record.push),
    status_changes: record.statusChanges.map(({ from, to, at, by, why }) => ({
      from,
      to,
      ...act(by, at),
      reason: why,
    })),
    rollouts: record.rollouts.map((each) => ({
      id: each.id,
      url: each.url,
      status: each.status,
      by: each.by,
      reason: each.reason,
      created_at: iso(each.createdAt),
      started_at: iso(each.startedAt),
      completed_at: iso(each.completedAt),
      aborted: abortJson(each.abort),
    })),
    runs: {
      total: runs.total,
      PASS: runs.pass,
      FAIL: runs.fail,
      ERROR: runs.error,
      TIMEOUT: runs.timeout,
      ABORTED: runs.aborted,
      shadow: runs.shadow,
      last_at: iso(runs.lastAt),
    },
    stations: record.stations.map((each) => ({
      id: each.id,
      name: each.name,
      site: each.site,
      line: each.line,
      pinned_since: iso(each.pinnedSince),
      pulled_at: iso(each.pulledAt),
      last_run_at: iso(each.lastRunAt),
    })),
  }
}

export function abortJson(abort: { by: Actor; at: number; why: string } | null) {
  return abort && { ...act(abort.by, abort.at), reason: abort.why }
}

function act(by: Actor, at: number) {
  return { by, at: iso(at) }
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
