// The address of the fleet under a filter: what is asked for stands in it, so that it can be sent to somebody.
import type { FleetFilter } from '../../server/domain/fleet/fleet.ts'
import type { PageFrame } from '../page-document.ts'

export function fleetAddress({ base }: Pick<PageFrame, 'base'>, filter: Partial<FleetFilter>): string {
  const { site, line, procedure, trouble, search, page } = filter
  const asked = { site, line, procedure, trouble, search, page: page === 1 ? null : page }
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return `${base}/fleet${given.length === 0 ? '' : `?${new URLSearchParams(given)}`}`
}
