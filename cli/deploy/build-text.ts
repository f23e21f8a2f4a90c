// Builds as the command line shows them.
import type { Build } from '../find.ts'
import { facts } from '../table.ts'

type Act = { by: { name: string }; at: string | null; reason: string | null }
type Push = Build['auto_push']
export type BuildLine = Pick<
  Build,
  'id' | 'version' | 'environment' | 'status' | 'commit' | 'artifact_url' | 'artifact_sha256' | 'labels'
> &
  Pick<Build, 'promoted' | 'expectation' | 'expected_yield_change' | 'auto_push'>

/** What was registered of it, and what came of a push. */
export function buildText(
  build: BuildLine & Partial<Pick<Build, 'not_eligible' | 'runs' | 'stations' | 'rollouts'>>,
): string {
  const { commit, promoted, runs, stations = [], rollouts = [] } = build
  return facts([
    ['id', build.id],
    ['build', `${build.version}, ${build.environment}, ${build.status}`],
    ['commit', `${commit.sha.slice(0, 12)} by ${commit.author}: ${subjectOf(commit.message)}`],
    ['promoted', promoted && `from ${promoted.from} by ${promoted.by.name}: ${promoted.reason ?? ''}`],
    ['artifact', [build.artifact_url, build.artifact_sha256].filter(Boolean).join(' ')],
    ['labels', build.labels.join(', ')],
    ['expectation', expectation(build)],
    ['not eligible', build.not_eligible],
    ['runs', runs && runsText(runs)],
    ['stations', stations.map(({ name }) => name).join(', ')],
    ...rollouts.map((each) => ['rollout', rolloutText(each)] as const),
    ['auto-push', pushText(build)],
  ])
}

/** What came of an automatic push; empty where it was not up to one. */
export function pushText({ auto_push: push }: { auto_push: Push }): string {
  if (push?.rollout_id) return `started rollout ${push.rollout_id}`
  return push?.held_because ? `not started by itself: ${push.held_because}` : ''
}

/** The first line of a commit's message. */
export function subjectOf(message: string): string {
  return message.trim().split('\n', 1)[0] ?? ''
}

/** "aborted on 2026-05-22: false fails" */
export function abortText({ at, reason }: Omit<Act, 'by'>): string {
  return `aborted on ${at?.slice(0, 10) ?? ''}: ${reason ?? ''}`
}

function expectation(build: BuildLine): string {
  const change = build.expected_yield_change
  const points = change === null ? [] : [`${Number((change * 100).toFixed(6))} points of yield`]
  return [build.expectation ?? '', ...points].filter(Boolean).join('; ')
}

function runsText(runs: Build['runs']): string {
  const counts = (['PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED'] as const).map(
    (outcome) => `${runs[outcome]} ${outcome}`,
  )
  return `${runs.total}: ${counts.join(', ')}`
}

function rolloutText({ id, status, by, aborted }: Build['rollouts'][number]): string {
  const why = aborted
    ? `, aborted on ${aborted.at?.slice(0, 10)} by ${aborted.by.name}: ${aborted.reason}`
    : ''
  return `${id} ${status}, started by ${by.name}${why}`
}
