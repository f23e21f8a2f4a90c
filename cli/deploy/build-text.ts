// Builds as the command line shows them.
import type { Json } from '../api.ts'
import { list, object, text, texts } from '../read-json.ts'

export function buildText(build: Json): string {
  const commit = object(build, 'commit')
  const stations = list(build, 'stations').map((each) => text(each, 'name'))
  const runs = object(build, 'runs')
  const promoted = object(build, 'promoted')
  const rows: [string, string][] = [
    ['id', text(build, 'id')],
    ['build', `${text(build, 'version')}, ${text(build, 'environment')}, ${text(build, 'status')}`],
    ['commit', `${text(commit, 'sha').slice(0, 12)} by ${text(commit, 'author')}: ${subject(commit)}`],
    [
      'promoted',
      text(promoted, 'at') &&
        `from ${text(promoted, 'from')} by ${who(promoted)}: ${text(promoted, 'reason')}`,
    ],
    ['artifact', [text(build, 'artifact_url'), text(build, 'artifact_sha256')].filter(Boolean).join(' ')],
    ['labels', texts(build, 'labels').join(', ')],
    ['expectation', expectation(build)],
    ['not eligible', text(build, 'not_eligible')],
    ['runs', text(runs, 'total') && runsText(runs)],
    ['stations', stations.join(', ')],
    ...list(build, 'rollouts').map((each): [string, string] => ['rollout', rolloutText(each)]),
    ['auto-push', pushText(build)],
  ]
  return rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(13)} ${value}`)
    .join('\n')
}

/** What came of an automatic push; empty where it was not up to one. */
export function pushText(build: Json): string {
  const push = object(build, 'auto_push')
  const rollout = text(push, 'rollout_id')
  if (rollout !== '') return `started rollout ${rollout}`
  const held = text(push, 'held_because')
  return held === '' ? '' : `not started by itself: ${held}`
}

function subject(commit: Json): string {
  return text(commit, 'message').trim().split('\n', 1)[0] ?? ''
}

function who(act: Json): string {
  return text(object(act, 'by'), 'name')
}

function expectation(build: Json): string {
  const change = text(build, 'expected_yield_change')
  const points = change === '' ? [] : [`${Number((Number(change) * 100).toFixed(6))} points of yield`]
  return [text(build, 'expectation'), ...points].filter(Boolean).join('; ')
}

function runsText(runs: Json): string {
  const counts = ['PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED'].map(
    (outcome) => `${text(runs, outcome)} ${outcome}`,
  )
  return `${text(runs, 'total')}: ${counts.join(', ')}`
}

function rolloutText(rollout: Json): string {
  const aborted = object(rollout, 'aborted')
  const why =
    text(aborted, 'at') &&
    `, aborted on ${text(aborted, 'at').slice(0, 10)} by ${who(aborted)}: ${text(aborted, 'reason')}`
  return `${text(rollout, 'id')} ${text(rollout, 'status')}, started by ${who(rollout)}${why}`
}
