// A station as the interface shows it.
import type { z } from 'zod'
import type { Station } from '../../db/registry.ts'
import { clockText, isOff } from '../domain/clock-ahead.ts'
import type { Instant } from '../domain/instant.ts'
import { excludedNow, heldNow, type Out } from '../domain/takes-part.ts'
import type { stationAnswer } from './station-answers.ts'

export function stationJson(
  station: Station,
  keyPrefix: string | null,
  now: Instant,
): z.infer<typeof stationAnswer> {
  const held = heldNow(station, now)
  return {
    id: station.id,
    name: station.name,
    site: station.site,
    line: station.line,
    tags: station.tags,
    fixtures: station.fixtures,
    key_prefix: keyPrefix,
    held_reason: held?.reason ?? null,
    held: outJson(held),
    excluded: outJson(excludedNow(station, now)),
    experiment: station.experiment,
    clock_ahead_ms: station.clockAheadMs,
    clock: isOff(station.clockAheadMs) ? clockText(station.clockAheadMs) : null,
    busy: station.busy,
    last_seen_at: station.lastSeenAt?.toISOString() ?? null,
    created_at: station.createdAt.toISOString(),
  }
}

function outJson(out: Out | null) {
  return out && { reason: out.reason, until: out.until === null ? null : new Date(out.until).toISOString() }
}
