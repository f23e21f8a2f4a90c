// How the factory is doing, in one line.
import type { Factory, FactoryStats } from './factory.ts'
import type { Score } from './scoreboard.ts'

export function statusLine(
  stats: FactoryStats,
  builds: Pick<Factory, 'base' | 'candidate'>,
  now: number,
): string {
  const time = new Date(now).toISOString().slice(0, 16).replace('T', ' ')
  const parts = [
    `${time} factory time`,
    buildWords(builds.base, stats),
    buildWords(builds.candidate, stats),
    stats.queued === 0 ? null : `${stats.queued} waiting to be sent`,
    stats.parked === 0 ? null : `${stats.parked} refused by the server`,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

function buildWords(build: { id: string; version: string }, stats: FactoryStats): string {
  const score = stats.byDeployment[build.id]
  return score ? `${build.version}: ${runWords(score)}` : `${build.version}: not run yet`
}

function runWords(score: Score): string {
  const runs = `${score.runs.toLocaleString('en')} runs`
  if (score.units === 0) return runs
  return `${runs}, first-pass yield ${((100 * score.unitsPassed) / score.units).toFixed(1)} %`
}
