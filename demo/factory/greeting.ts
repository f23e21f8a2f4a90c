// What a person reads when the demo is up.
import type { Scenario } from './scenario.ts'

export function greeting(about: {
  url: string
  slackUrl: string | null
  adminToken: string
  procedureName: string
  version: string
  baseVersion: string
  stationCount: number
  speed: number
  soakMinutes: number
  scenario: Scenario
}): string {
  const soakSeconds = Math.round((about.soakMinutes * 60) / about.speed)
  return `
Firstpass is running.

  Slack workspace  ${about.slackUrl ?? 'the one of your environment'}
  Firstpass        ${about.url}
  Admin token      ${about.adminToken}

${about.stationCount} simulated stations in Lyon and Penang test boards with ${about.procedureName} ${about.baseVersion}, ${about.speed} times as fast as real ones.
Type this in ${about.slackUrl === null ? 'Slack' : 'the channel #pcba-rollouts of the workspace'}:

  /rollout start ${about.procedureName} ${about.version}

Scenario ${about.scenario.name}: ${about.scenario.description}
What to expect: ${about.scenario.expect}
A stage soaks for ${about.soakMinutes} minutes of the factory, here ${soakSeconds} seconds.

Type "offline STATION" or "back STATION" here to cut a station's network or plug it in again. Ctrl-C stops.
`
}
