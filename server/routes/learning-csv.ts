// What rollouts have taught, as one table: a line for each number, named by what it is of.
import type { Learning } from '../domain/learning/learning.ts'
import type { OutcomeRow } from '../domain/learning/outcome-table.ts'
import type { Share } from '../domain/learning/share.ts'
import type { TimeSpread } from '../domain/learning/times.ts'
import { csv } from './csv.ts'

type Cell = string | number
type Line = [about: string, name: string, what: string, ...numbers: Cell[]]

export function learningCsv(found: Learning): string {
  const head: Line = ['about', 'name', 'what', 'count', 'of', 'share', 'lower', 'upper', 'said']
  return csv([
    head,
    ...outcomes('all', found.all),
    ...found.labels.flatMap((row) => outcomes('label', row)),
    ...found.sites.flatMap((row) => outcomes('site', row)),
    ...found.labelGates.flatMap(({ label, gates }) =>
      gates.flatMap(({ gate, alarmed, confirmed }): Line[] => [
        ['label and gate', named(label), `alarmed: ${gate}`, ...numbers(alarmed)],
        ['label and gate', named(label), `confirmed: ${gate}`, confirmed, alarmed.count],
      ]),
    ),
    ...found.gates.flatMap((record): Line[] => {
      const line = (what: string, ...rest: Cell[]): Line => ['gate', record.gate, what, ...rest]
      return [
        line('rollouts', record.rollouts),
        line('alarms', record.alarms),
        line('confirmed', record.confirmed, record.alarms),
        line('false', record.false, record.alarms),
        line('open', record.open, record.alarms),
        line('undecided', record.undecided, record.alarms),
        line('observed', record.observed.alarms),
        line('observed, confirmed', record.observed.confirmed, record.observed.alarms),
        line('observed, false', record.observed.false, record.observed.alarms),
        line('right', ...numbers(record.right)),
        line('alarmed in healthy rollouts', ...numbers(record.falseAlarms)),
        line('missed', ...numbers(record.missedShare)),
        ...(record.proposal ? [line('proposal', '', '', '', '', '', record.proposal.text)] : []),
      ]
    }),
    ['all', '', 'rolled back, seen by no gate', found.seenByNone],
    ...spread('seconds to detect', found.detected),
    ...spread('seconds to revert', found.reverted),
    ...prevented(found),
  ])
}

function outcomes(about: string, row: OutcomeRow): Line[] {
  const line = (what: string, count: number): Line => [about, named(row.name), what, count, row.rollouts]
  return [
    line('completed', row.completed),
    line('aborted by a person', row.abortedByPerson),
    line('rolled back by a gate', row.rolledBackByGate),
    line('rolled back after completion', row.rolledBackLater),
    line('superseded', row.superseded),
    line('live', row.live),
    [about, named(row.name), 'taken back', ...numbers(row.takenBack)],
  ]
}

function spread(what: string, { count, median, ninth, longest }: TimeSpread): Line[] {
  const line = (which: string, ms: number | null): Line => [
    'all',
    '',
    `${what}, ${which}`,
    ms === null ? '' : Math.round(ms / 1000),
    count,
  ]
  return [line('median', median), line('nine of ten within', ninth), line('longest', longest)]
}

function prevented({ prevented: { rollouts, unknown, failures, canaryFailures } }: Learning): Line[] {
  const line = (what: string, of: typeof failures): Line => [
    'all',
    '',
    what,
    of === null ? '' : rounded(of.estimate),
    rollouts,
    '',
    of === null ? '' : rounded(of.low),
    of === null ? '' : rounded(of.high),
    unknown === 0 ? '' : `${unknown} more of which it cannot be reckoned`,
  ]
  return [line('failures prevented', failures), line('failures of canary stations', canaryFailures)]
}

function numbers({ count, of, share, lower, upper }: Share): Cell[] {
  return [count, of, share === null ? '' : fraction(share), fraction(lower), fraction(upper)]
}

function fraction(value: number): number {
  return Number(value.toFixed(4))
}

function rounded(value: number): number {
  return Number(value.toFixed(1))
}

function named(name: string | null): string {
  return name ?? '(none)'
}
