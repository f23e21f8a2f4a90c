// What a person reads when the demo is up.
import { type Scenario, scenarioNames } from './scenario.ts'

export function greeting(about: {
  url: string
  /** Null: no local workspace. */
  slackUrl: string | null
  /** Whether the environment names a workspace instead. */
  otherSlack: boolean
  adminToken: string
  procedureName: string
  version: string
  baseVersion: string
  stationCount: number
  pythonStations: number
  speed: number
  soakMinutes: number
  scenario: Scenario
}): string {
  const soakSeconds = Math.round((about.soakMinutes * 60) / about.speed)
  return `
Firstpass is running.

  Slack workspace  ${about.slackUrl ?? (about.otherSlack ? 'the one of your environment' : 'none: SLACK_BOT_TOKEN is not set')}
  Firstpass        ${about.url}
  Admin token      ${about.adminToken}

${about.stationCount} simulated stations in Lyon and Penang test boards with ${about.procedureName} ${about.baseVersion}, ${about.speed} times as fast as real ones. ${clientWords(about)}
${howToStart(about)}

Scenario ${about.scenario.name}: ${about.scenario.description}
What to expect: ${about.scenario.expect}
A stage soaks for ${about.soakMinutes} minutes of the factory, here ${soakSeconds} seconds.

Other scenarios, with --scenario NAME: ${scenarioNames.filter((name) => name !== about.scenario.name).join(', ')}.
Type "offline STATION" or "back STATION" here to cut a station's network or plug it in again. Ctrl-C stops.
`
}

function howToStart(about: {
  url: string
  slackUrl: string | null
  otherSlack: boolean
  procedureName: string
  version: string
  scenario: Scenario
}): string {
  if (about.slackUrl === null && !about.otherSlack)
    return `Start the rollout of ${about.procedureName} ${about.version} over HTTP with the admin token: ${about.url}/docs`
  const where = about.slackUrl === null ? 'Slack' : 'the channel #pcba-rollouts of the workspace'
  const command = `/rollout start ${about.procedureName} ${about.version} ${about.scenario.startWords}`
  const byCard =
    about.scenario.startWords === '' ? 'Press Start… on the card of the new build, or type' : 'Type'
  return `${byCard} this in ${where}:\n\n  ${command.trimEnd()}`
}

function clientWords(about: { stationCount: number; pythonStations: number }): string {
  if (about.pythonStations === 0) return 'They run the TypeScript station client.'
  return `${about.pythonStations} of them run the Python station client, the others the TypeScript one.`
}
