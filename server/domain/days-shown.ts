// How far back a chart by day looks: eight weeks of a line, less of a fleet, whose tallies grow with its stations.

/** Hours of stations that are summed at most: 0.3 s of the embedded database, and a page asks again every half minute. */
const mostTallies = 300_000
const most = 56
const least = 7

export function daysShown(stations: number): number {
  const affordable = Math.floor(mostTallies / (24 * Math.max(1, stations)))
  return Math.min(most, Math.max(least, affordable))
}
