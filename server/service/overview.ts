// All rollouts at a glance, for every door.
import type { Overview } from '../domain/overview.ts'

export type OverviewService = {
  overview(): Promise<Overview>
}
