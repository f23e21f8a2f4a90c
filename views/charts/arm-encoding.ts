// The two arms, told apart by colour, by dash and by shape at once.
import { colours } from './chart-frame.ts'

const domain = ['canary', 'base']

/** Canary last: drawn over base, so that the few are not hidden under the many. */
export const armLines = [
  { arm: 'base', color: colours.base, strokeDash: [5, 4] },
  { arm: 'canary', color: colours.canary, strokeDash: [1, 0] },
] as const

export const armColour = {
  field: 'arm',
  type: 'nominal' as const,
  title: null,
  scale: { domain, range: [colours.canary, colours.base] },
}

export const armShape = {
  field: 'arm',
  type: 'nominal' as const,
  title: null,
  scale: { domain, range: ['circle', 'square'] },
}
