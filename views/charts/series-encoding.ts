// Several builds or procedures in one chart, told apart by colour and by shape at once.

/** Every one at 3:1 or more on white and on near-black; neighbours differ for the colour-blind too. */
const looks = [
  { color: '#d97706', shape: 'circle' },
  { color: '#3b82c4', shape: 'square' },
  { color: '#0d9488', shape: 'triangle-up' },
  { color: '#b455a8', shape: 'diamond' },
  { color: '#8a7a2f', shape: 'triangle-down' },
  { color: '#7b8794', shape: 'cross' },
] as const

export const mostSeries = looks.length

/** In the order of the names given. */
export function seriesLooks(names: string[]) {
  const own = names.slice(0, mostSeries)
  const scale = <Kind extends 'color' | 'shape'>(kind: Kind) => ({
    domain: own,
    range: own.map((_, index) => looks[index]?.[kind] ?? looks[0][kind]),
  })
  return {
    color: { field: 'series', type: 'nominal' as const, title: null, scale: scale('color') },
    shape: { field: 'series', type: 'nominal' as const, title: null, scale: scale('shape') },
  }
}
