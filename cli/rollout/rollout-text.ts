// A rollout as the command line shows it.
import { facts, table } from '../table.ts'
import { minuteText } from '../times.ts'
import { nameOf, type Rollout, standing } from './rollout.ts'

type Arm = Rollout['canary_arm']

/** @param page its address */
export function statusText(rollout: Rollout, page: string): string {
  const { id, owner, base, reason, version, created_at, last_decision, canary_arm, base_arm } = rollout
  const last = `${last_decision.what} by ${last_decision.by.name}, ${minuteText(last_decision.at)} UTC`
  return [
    facts([
      ['rollout', `${nameOf(rollout)} against ${base.version}`],
      ['id', id],
      ['status', `${standing(rollout)}, version ${version}`],
      ['started by', `${owner.name}, ${minuteText(created_at)} UTC${reason ? `: ${reason}` : ''}`],
      ['last', last_decision.why === null ? last : `${last}: ${last_decision.why}`],
      ['page', page],
    ]),
    '',
    table([armRow('canary', canary_arm), armRow('base', base_arm)], armHeads),
    '',
    table(rollout.stages.map(stageRow), ['STAGE', 'TAKES', 'STATIONS', 'IS']),
    ...breachLines(rollout),
    '',
    whyText(rollout),
  ].join('\n')
}

export function whyText({ readiness, waits_for, next }: Rollout): string {
  const items = readiness.items.map(({ met, text }) => `${met ? 'done' : 'open'}   ${text}`)
  const known = new Set(readiness.items.map(({ text }) => text))
  const waits = waits_for.filter((text) => !known.has(text)).map((text) => `waits  ${text}`)
  const nothing = items.length + waits.length === 0 ? ['nothing holds it'] : []
  return [...items, ...waits, ...nothing, next].join('\n')
}

const armHeads = ['ARM', 'STATIONS', 'UNITS', 'FIRST-PASS YIELD', 'ERRORS', 'TIMEOUTS', 'PASS TAKES']

function armRow(name: string, arm: Arm): string[] {
  return [
    name,
    `${arm.stations}`,
    `${arm.units}`,
    arm.first_pass_yield === null
      ? 'none yet'
      : `${percent(arm.first_pass_yield)} (${percent(arm.first_pass_yield_low)} to ${percent(arm.first_pass_yield_high)})`,
    `${arm.errors} of ${arm.runs}`,
    `${arm.timeouts} of ${arm.runs}`,
    arm.pass_seconds === null ? '' : `${Number(arm.pass_seconds.toFixed(1))} s`,
  ]
}

function stageRow({ index, label, station_count, state, decision }: Rollout['stages'][number]): string[] {
  const how = decision ? `${state}: ${decision.what} by ${decision.by.name}` : state
  return [`${index + 1}`, label, `${station_count}`, how]
}

function breachLines({ breaches }: Rollout): string[] {
  const open = breaches.filter(({ closed }) => closed === null)
  return open.length === 0
    ? []
    : ['', ...open.map(({ severity, gate, headline }) => `${severity} of ${gate}: ${headline}`)]
}

function percent(share: number | null): string {
  return share === null ? '?' : `${(share * 100).toFixed(1)} %`
}
