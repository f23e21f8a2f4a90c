// How a build of the test behaves, as data.

/** At a station and with a product that have no bias of their own. */
export type BuildBehaviour = {
  /** First-pass yield: errors and timeouts count as not passed. */
  passRate: number
  errorRate: number
  timeoutRate: number
  /** Of the units that fail, those whose RF step never locks. */
  lockTimeoutRate: number
  /** 1.25 is a quarter slower. */
  durationFactor: number
  /** Without its limits a build passes known-bad samples and leaves the sleep current unmeasured. */
  hasLimits: boolean
  /** The lower limit of the 3.3 V rail, in volts. */
  railLow: number
  /** Without its telemetry a build drops readings, and its acceptance suite fails. */
  keepsTelemetry: boolean
}

/** The build that every station runs before a rollout. */
export const goodBuild: BuildBehaviour = {
  passRate: 0.97,
  errorRate: 0.01,
  timeoutRate: 0.005,
  lockTimeoutRate: 0,
  durationFactor: 1,
  hasLimits: true,
  railLow: 3.2,
  keepsTelemetry: true,
}
