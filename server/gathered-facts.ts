// Facts of many stations, decided one after the other and stored together: a thousand stations that confirm a build at
// once are one write of the rollout and not a thousand (a first look at 2,000 stations took 56 s, and 10 s so).
import type { Db } from '../db/client.ts'
import { type Deliveries, doesMore, record } from './apply-command.ts'
import type { Instant } from './domain/instant.ts'
import { type Command, isRefusal } from './domain/rollout/commands.ts'
import { decide } from './domain/rollout/decide.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import { evolve } from './domain/rollout/evolve.ts'
import type { RolloutState } from './domain/rollout/state.ts'

/** The caller holds the rollout's row. What an event does beyond its record is done in its turn, with all before it stored. */
export function gatheredFacts(tx: Db, begun: RolloutState, now: Instant, deliveries: Deliveries) {
  let stored = begun
  let state = begun
  let gathered: RolloutEvent[] = []

  async function store(events: RolloutEvent[]): Promise<void> {
    if (events.length > 0) stored = (await record(tx, stored, events, now, deliveries)).state
    state = stored
  }

  /** Stores what is gathered. */
  async function settle(): Promise<void> {
    const events = gathered
    gathered = []
    await store(events)
  }

  /** A refusal changes nothing. */
  async function apply(command: Command): Promise<void> {
    const decided = decide(command, state, now)
    if (isRefusal(decided) || decided.events.length === 0) return
    if (decided.events.some(({ type }) => doesMore.has(type))) {
      await settle()
      return store(decided.events)
    }
    gathered.push(...decided.events)
    state = decided.events.reduce<RolloutState>(evolve, state)
  }

  return { apply, settle, state: () => state }
}
