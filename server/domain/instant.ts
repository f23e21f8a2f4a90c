// A point in time in the domain: milliseconds since 1970-01-01 UTC. The edges turn Dates into it and back.
export type Instant = number

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
