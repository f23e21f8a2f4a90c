// Whether the canaries stand for the fleet: how well, on which lines none is, how they do themselves, who would do better.
import type { StagePreview } from '../../server/service.ts'
import { type Markup, markup, oneLine } from './markup.ts'
import { count, listed, percent, points, share } from './numbers.ts'

export function canaryLines({ canaries, stages }: StagePreview): Markup[] {
  const stations = stages[0]?.stations ?? []
  const lines = new Set(stations.map(({ site, line }) => JSON.stringify([site, line]))).size
  const sites = new Set(stations.map(({ site }) => site)).size
  const facts = [
    `${count(sites, 'site')}, ${count(lines, 'line')}`,
    ...(canaries.volumeShare === null ? [] : [`${share(canaries.volumeShare)} of the recent volume`]),
    ...(canaries.yields === null ? [] : [yieldText(canaries.yields)]),
  ]
  return [
    markup`*Canaries* stand for ${share(canaries.score)} of the fleet: ${facts.join('; ')}`,
    ...missingLines(canaries),
    ...suggestedLines(canaries),
  ]
}

function yieldText({ canaries, fleet }: NonNullable<StagePreview['canaries']['yields']>): string {
  const difference = Math.abs(canaries - fleet) < 0.0005 ? 'the same' : points(canaries - fleet)
  return `own first-pass yield ${percent(canaries)} against ${percent(fleet)} of the fleet (${difference})`
}

function missingLines({ missing }: StagePreview['canaries']): Markup[] {
  if (missing.length === 0) return []
  const named = missing.map(
    ({ site, line, stations }) => `${oneLine(site, 40)} ${oneLine(line, 40)} (${count(stations, 'station')})`,
  )
  return [markup`*No canary on* ${listed(named, 5, 4)}`]
}

function suggestedLines({ suggested }: StagePreview['canaries']): Markup[] {
  if (suggested.length === 0) return []
  const names = suggested.map(({ name }) => oneLine(name, 40))
  return [markup`*These would stand for more of it* ${listed(names, 6, 5)}`]
}
