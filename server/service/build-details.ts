// One build, for every door.
import type { BuildDetail } from '../domain/build-detail.ts'
import type { DailyYields } from '../domain/daily-counts.ts'
import type { DeploymentId } from '../domain/ids.ts'

export type BuildDetailService = {
  /** `against`: the build it is compared with, where it is not the usual one. Null when there is no such build. */
  buildDetail(id: DeploymentId, against: DeploymentId | null): Promise<BuildDetail | null>
  /** Its runs by day, over the last eight weeks in which it ran; in a large fleet fewer. Null when there is no such build. */
  buildDays(id: DeploymentId): Promise<DailyYields | null>
}
