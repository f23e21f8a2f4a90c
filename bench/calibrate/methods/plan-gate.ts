// A counted gate of a plan as a method among the others: its evidence after every run, its verdict where it stops.
import { countingsOf } from '../../../server/domain/gates/counting.ts'
import type { CountedGate } from '../../../server/domain/gates/gate.ts'
import type { GateStation } from '../../../server/domain/gates/question.ts'
import type { Fleet } from '../fleet.ts'
import { gateJudge, stops } from '../gate-judge.ts'
import { gateLooks } from '../gate-looks.ts'
import { stationIdAt } from '../station-ids.ts'
import type { Look, Method } from '../watch.ts'

type What = {
  /** Points of yield that the build is declared to change by. */
  readonly expectedYieldChange?: number
  readonly isEveryLook?: boolean
}

export function planGate(name: string, gate: CountedGate, what: What = {}): Method {
  const { expectedYieldChange = 0, isEveryLook = false } = what
  const [key = ''] = countingsOf(gate).map((counting) => counting.key)
  const asBad = new Set([key])
  return {
    name,
    begin: (fleet) => {
      const judge = gateJudge({ expectedYieldChange })
      const looks = gateLooks([gate], { isEveryLook })
      return (look) => {
        if (looks.due(look.lastWasBad ? asBad : notBad).length === 0) return false
        const stations = stationsOf(fleet, look, key)
        const evidence = judge.evidence(gate, stations)
        looks.seen(gate, evidence)
        if (evidence.logEvidence < Math.log(1 / gate.alpha)) return false
        return judge.verdict([gate], stations, 0).gates.some(stops)
      }
    },
  }
}

const notBad: ReadonlySet<string> = new Set()

function stationsOf({ canary, past }: Fleet, look: Look, key: string): GateStation[] {
  return past.map((before, place) => ({
    id: stationIdAt(place),
    arm: place < canary ? 'canary' : 'base',
    past: { [key]: { n: before.runs, bad: before.bad } },
    since: { [key]: { n: look.runs[place] ?? 0, bad: look.bad[place] ?? 0 } },
    mix: {},
  }))
}
