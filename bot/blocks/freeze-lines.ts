// The freezes that hold now, a line each: what, until when, why, by whom.
import type { ProcedureSummary, Service } from '../../server/service.ts'
import { type Markup, markup, moment, oneLine } from './markup.ts'
import { named } from './wording.ts'

type Line = { name: string; freeze: Held }
type Held = NonNullable<Awaited<ReturnType<Service['policy']>>>['freezes'][number]

const mostShown = 8

/** Of these procedures and of the organisation, each once. */
export async function freezeLines(
  service: Pick<Service, 'policy'>,
  procedures: Pick<ProcedureSummary, 'id' | 'name'>[],
): Promise<Markup[]> {
  const organisation = await service.policy('organisation')
  const own = await Promise.all(
    procedures.map(async ({ id, name }) => {
      const freezes = (await service.policy(id))?.freezes ?? []
      return freezes.filter(({ scope }) => scope === id).map((freeze): Line => ({ name, freeze }))
    }),
  )
  const all = (organisation?.freezes ?? []).map((freeze): Line => ({ name: 'everything', freeze }))
  const held = [...all, ...own.flat()].filter(({ freeze }) => freeze.inForce)
  const more = held.length - mostShown
  return [...held.slice(0, mostShown).map(line), ...(more > 0 ? [markup`… and ${more} more freezes`] : [])]
}

function line({ name, freeze }: Line): Markup {
  const where = freeze.sites.length === 0 ? '' : ` at ${oneLine(freeze.sites.join(', '), 100)}`
  const until =
    freeze.to === null ? markup`until it is lifted` : markup`until ${moment(Date.parse(freeze.to))}`
  const by = freeze.by === undefined ? '' : `, by ${named(freeze.by)}`
  return markup`*Frozen:* ${oneLine(name, 60)}${where}, ${until}: ${oneLine(freeze.why, 200)}${by}`
}
