// What exists, written as a place-holder such as {{station.2}} until a request is sent: ids differ from run to run, and
// a seed has to make the same requests again.
import fc from 'fast-check'

export const kinds = [
  'procedure',
  'deployment',
  'station',
  'rollout',
  'run',
  'serial',
  'prefix',
  'verdict',
  'alarm',
  'freeze',
  'upload',
  'gate',
  'time',
] as const
export type Kind = (typeof kinds)[number]
/** Of each kind, newest last. */
export type Known = Record<Kind, string[]>

const none = '00000000-0000-4000-8000-000000000000'

/** A place-holder for one of that kind. */
export function anyKnown(kind: Kind): fc.Arbitrary<string> {
  return fc.nat({ max: 7 }).map((number) => `{{${kind}.${number}}}`)
}

/** For fields by their names; null where nothing that exists is meant. */
export function knownNamed(name: string): fc.Arbitrary<string> | null {
  const found = fields.find(([pattern]) => pattern.test(name))
  if (!found) return null
  const [, meant] = found
  return typeof meant === 'string' ? anyKnown(meant) : fc.constantFrom(...meant)
}

const fields: [RegExp, Kind | string[]][] = [
  [/^procedure_?id|^procedures?$/i, 'procedure'],
  [/deployment_?id|^against$/i, 'deployment'],
  [/station_?id|^stations?$|hand_?picked/i, 'station'],
  [/rollout_?id|^rollouts?$/i, 'rollout'],
  [/^verdict/i, 'verdict'],
  [/^serial|^search/i, 'serial'],
  [/^prefix$/i, 'prefix'],
  [/^freeze$/i, 'freeze'],
  [/^upload/i, 'upload'],
  [/^gate$/i, 'gate'],
  [/^ids$/i, 'run'],
  [/_at$|^from$|^to$|^until$|_after$|_before$|^ends$/i, 'time'],
  [/^sites?$/i, ['Lyon', 'Lyon', 'Paris']],
  [/^lines?$/i, ['L1', 'L2', 'L3']],
  [/^zone$|time_?zone/i, ['UTC', 'Europe/Berlin', 'Asia/Kathmandu']],
  [/^outcomes?$/i, ['PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED']],
  [/^status$/i, ['ready', 'building', 'failed', 'pending']],
  [/^state$/i, ['pulled', 'running', 'failed']],
  // A poll that waits for its whole minute is none that hangs.
  [/^wait$/i, ['0', '0.01']],
  [
    /^file$/i,
    ['yield.svg', 'gates.json', 'failures.csv', 'stations.json', 'record.csv', 'found.json', 'runs.png'],
  ],
]

/** The text with what exists at this moment in the place of its place-holders. */
export function filledIn(text: string, known: Known): string {
  return text.replaceAll(/\{\{(\w+)\.(\d+)\}\}/g, (whole, kind: string, number: string) => {
    if (!isKind(kind)) return whole
    const list = known[kind]
    return list.at(-1 - (Number(number) % Math.max(1, list.length))) ?? none
  })
}

function isKind(text: string): text is Kind {
  return kinds.some((kind) => kind === text)
}
