// Who looks at what the service does: figures and traces. Nobody, where nothing is given.
import type { GateVerdict, VerdictWord } from '../domain/gates/verdict.ts'
import type { RolloutId } from '../domain/ids.ts'

/** What takes time and may fail. `about`: bounded words and ids that a trace shows; figures do not. */
export type Work = {
  name: 'decision' | 'judging' | 'flush' | 'delivery' | 'webhook'
  rolloutId?: RolloutId | undefined
  about?: Record<string, string | number>
  /** What led to it, as `traceparent` said it then. */
  parent?: string | undefined
}
export type Around = <Result>(work: Work, does: () => Promise<Result>) => Promise<Result>

export type Observer = {
  /** Does the work, and looks at how long it takes and whether it throws. */
  around: Around
  /** What a person or a program asked of a rollout, and what came of it. */
  decided(command: string, outcome: string): void
  judged(gates: Pick<GateVerdict, 'metric' | 'verdict'>[], overall: VerdictWord): void
  runs(outcome: 'stored' | 'repeated' | 'refused', count: number): void
  polled(status: number): void
  delivered(kind: string, outcome: 'delivered' | 'waits' | 'failed'): void
  webhook(outcome: 'taken' | 'not taken'): void
  /** What is under way now, for work that goes on with it later; undefined where nobody traces. */
  traceparent(): string | undefined
}

const nothing = () => {}
export const nobodyLooks: Observer = {
  around: (_work, does) => does(),
  decided: nothing,
  judged: nothing,
  runs: nothing,
  polled: nothing,
  delivered: nothing,
  webhook: nothing,
  traceparent: () => undefined,
}

/** Figures of all work, and its traces where somebody traces. */
export function traced(figures: Observer, traces: Pick<Observer, 'around' | 'traceparent'> | null): Observer {
  if (traces === null) return figures
  return {
    ...figures,
    traceparent: traces.traceparent,
    around: (work, does) => traces.around(work, () => figures.around(work, does)),
  }
}
