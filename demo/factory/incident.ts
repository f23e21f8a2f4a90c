// What befalls the factory, in some scenarios, once the first station has the new build.
import { type BuildBehaviour, goodBuild } from './build-behaviour.ts'
import type { StationProfile } from './fleet.ts'
import { type ProductName, productOf } from './product.ts'

const minute = 60_000

export type Incident =
  /** That station is not heard of again. */
  | { kind: 'network lost' }
  /** From then on every build behaves like that on it. */
  | { kind: 'fixture worn'; behaviour: BuildBehaviour }
  /** Its line makes nothing else from then on. */
  | { kind: 'other product'; product: ProductName }
  /** Runs of the new build stay at the stations for a while; all else of them is heard. */
  | { kind: 'uploads held'; afterMinutes: number; forMinutes: number }
  /** That station runs the new build from then on, whatever it is asked to run. */
  | { kind: 'build kept' }

export function factoryIncident(deps: {
  incident: Incident | null
  candidate: { id: string; behaviour: BuildBehaviour }
  now: () => number
  goOffline: (station: string) => void
  say: (text: string) => void
}) {
  const { incident, candidate } = deps
  /** The first station that had the new build, and when the server knew. */
  let first: { station: StationProfile; at: number } | null = null

  /** The server knows now that this station has, or runs, a deployment. */
  function acknowledged(station: StationProfile, pickup: { deployment_id: string }): void {
    if (incident === null || first !== null || pickup.deployment_id !== candidate.id) return
    first = { station, at: deps.now() }
    if (incident.kind === 'network lost') deps.goOffline(station.name)
    else deps.say(wordsOf(incident, station))
  }

  /** How a build behaves on that station now. */
  function behaviourOf(station: StationProfile, deploymentId: string): BuildBehaviour {
    if (incident?.kind === 'fixture worn' && first?.station.name === station.name) return incident.behaviour
    return deploymentId === candidate.id ? candidate.behaviour : goodBuild
  }

  /** What a station's new unit with this number is. */
  function productAt(station: StationProfile, index: number): ProductName {
    if (incident?.kind === 'other product' && first?.station.line === station.line) return incident.product
    return productOf(station, index)
  }

  /** For how much longer a run of that deployment stays at its station. */
  function heldMs(deploymentId: string): number {
    if (incident?.kind !== 'uploads held' || first === null || deploymentId !== candidate.id) return 0
    const from = first.at + incident.afterMinutes * minute
    const until = from + incident.forMinutes * minute
    const now = deps.now()
    return now >= from && now < until ? until - now : 0
  }

  /** What that station runs although it may be asked for something else; null: it does as it is asked. */
  function keptBy(station: StationProfile): string | null {
    return incident?.kind === 'build kept' && first?.station.name === station.name ? candidate.id : null
  }

  return { acknowledged, behaviourOf, productAt, heldMs, keptBy }
}

function wordsOf(incident: Exclude<Incident, { kind: 'network lost' }>, station: StationProfile): string {
  switch (incident.kind) {
    case 'fixture worn':
      return `The fixture of ${station.name} is worn out.`
    case 'other product':
      return `Line ${station.line} makes only ${incident.product} from now on.`
    case 'build kept':
      return `${station.name} runs the new build from now on, whatever it is asked to run.`
    case 'uploads held':
      return `In ${incident.afterMinutes} minutes of the factory the runs of the new build stop arriving, for ${incident.forMinutes} minutes.`
  }
}
