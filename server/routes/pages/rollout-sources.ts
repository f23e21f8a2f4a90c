// What the pages of a rollout are made of.
import type { RolloutId } from '../../domain/ids.ts'
import type { RetestPair } from '../../domain/retests.ts'
import type { RolloutEvent } from '../../domain/rollout/events.ts'
import type { RolloutCharts } from '../../domain/rollout-charts.ts'
import type { RolloutView } from '../../domain/rollout-view.ts'
import type { TimeRange } from '../../domain/time-range.ts'
import type { DrawPicture } from '../../picture-drawer.ts'
import type { RolloutWatchers } from '../../rollout-watchers.ts'
import type { LedgerService } from '../../service/ledger.ts'
import type { ContainmentSources } from './containment-pages.ts'

export type RolloutSources = {
  rollout: (id: RolloutId) => Promise<RolloutView | null>
  /** Of a part of its time alone, or of all of it. */
  charts: (id: RolloutId, range: TimeRange | null) => Promise<RolloutCharts | null>
  events: (id: RolloutId) => Promise<(RolloutEvent & { sequence: number })[]>
  retests: (id: RolloutId) => Promise<{ pairs: RetestPair[] } | null>
  /** Another one whenever something of the page has changed. */
  mark: (id: RolloutId) => Promise<string | null>
  watchers: Pick<RolloutWatchers, 'watch'>
  drawPicture: DrawPicture
  containment: ContainmentSources['containment']
  ledger: LedgerService
}
