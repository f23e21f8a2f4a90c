// Replays of a plan over stored history, for every door.
import type { Actor } from '../domain/actor.ts'
import type { Replays } from '../domain/backtest/kept-replay.ts'
import type { ReplayAsked } from '../domain/backtest/replay-asked.ts'
import type { ProcedureId } from '../domain/ids.ts'
import type { Refusal } from '../domain/rollout/commands.ts'

export type ReplayService = {
  /** Null when there is no such procedure. */
  replays(procedureId: ProcedureId): Promise<Replays | null>
  /** Begins one. It takes seconds to minutes; one at a time in each process, others are refused until it has ended. */
  startReplay(
    procedureId: ProcedureId,
    asked: ReplayAsked,
    by: Actor,
  ): Promise<{ did: string; id: number } | Refusal>
}
