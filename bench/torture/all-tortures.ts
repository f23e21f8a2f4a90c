// All tortures, in the order in which they run.
import { fuzz } from './fuzz.ts'
import { replicas } from './replicas.ts'
import { soak } from './soak.ts'
import type { Torture } from './torture.ts'

export const allTortures: Torture[] = [replicas, fuzz, soak]

export const tortureNames: string[] = allTortures.map(({ name }) => name)

export const shortNames: string[] = allTortures.filter(({ isLong }) => !isLong).map(({ name }) => name)
