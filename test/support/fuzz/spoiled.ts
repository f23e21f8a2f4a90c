// A good value with one or two things wrong in it, anywhere inside: what a careless or a hostile client sends.
import fc from 'fast-check'
import { hostileText, hostileValue } from './hostile-values.ts'

type Path = (string | number)[]
type Spoil = { at: number; how: 'replace' | 'drop' | 'add' | 'wrap' | 'repeat'; put: unknown; key: string }

const spoil: fc.Arbitrary<Spoil> = fc.record({
  at: fc.nat({ max: 10_000 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'drop', 'add', 'wrap', 'repeat'),
  put: hostileValue,
  key: fc.oneof(hostileText, fc.constantFrom('id', 'extra', 'procedure_id', 'by', 'status')),
})

export function spoiled(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.array(spoil, { minLength: 1, maxLength: 2 }))
    .map(([good, spoils]) => spoils.reduce<unknown>(applied, good))
}

function applied(value: unknown, { at, how, put, key }: Spoil): unknown {
  const places = placesIn(value, [])
  const path = places[at % places.length] ?? []
  return changedAt(
    value,
    path,
    (there) => {
      switch (how) {
        case 'replace':
        case 'drop':
          return put
        case 'add':
          return isObject(there) ? { ...there, [key]: put } : Array.isArray(there) ? [...there, put] : put
        case 'wrap':
          return [there]
        case 'repeat':
          return Array.isArray(there)
            ? Array.from({ length: 1_001 }, () => there[0] ?? put)
            : (JSON.stringify(there) ?? '').slice(0, 1_000).repeat(400)
      }
    },
    how === 'drop',
  )
}

function placesIn(value: unknown, path: Path): Path[] {
  const below = Array.isArray(value)
    ? value.flatMap((each, index) => placesIn(each, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))
      : []
  return [path, ...below]
}

function changedAt(value: unknown, path: Path, change: (there: unknown) => unknown, drops: boolean): unknown {
  const [first, ...rest] = path
  if (first === undefined) return change(value)
  const goOn = (each: unknown) => changedAt(each, rest, change, drops)
  if (Array.isArray(value))
    return drops && rest.length === 0
      ? value.filter((_, index) => index !== first)
      : value.map((each, index) => (index === first ? goOn(each) : each))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      key !== first ? [[key, each]] : drops && rest.length === 0 ? [] : [[key, goOn(each)]],
    ),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
