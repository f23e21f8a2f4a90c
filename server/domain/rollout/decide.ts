// The one decider: what a command makes of a rollout, or why it is refused. Pure; every door enters here.
import type { Instant } from '../instant.ts'
import type { Command, Decided, Refusal } from './commands.ts'
import { approve, callApprovers } from './decide-approvals.ts'
import { changesAccepted, changesFound, definitionDeclared } from './decide-changes.ts'
import { pickup, retests, run, served, stale, supersede } from './decide-fact.ts'
import { judge, watch } from './decide-judgement.ts'
import { away, measured } from './decide-measured.ts'
import { exclude, join, leave, passOver } from './decide-membership.ts'
import { advance, set, start, undo } from './decide-staging.ts'
import { abort, acknowledge, pause, resume, waive } from './decide-verb.ts'
import { moment, outdated } from './outdated.ts'
import { isTerminal, type RolloutState } from './state.ts'

/**
 * @returns events (none when the command changes nothing, as a repeated abort does) or a refusal that says why and
 * what can be done now. Abort is never refused while the rollout is live; facts from stations are never refused.
 */
export function decide(command: Command, state: RolloutState, now: Instant): Decided {
  switch (command.type) {
    case 'abort':
      return abort(command, state, now)
    case 'pickup':
      return pickup(command, state, now)
    case 'served':
      return served(command, state, now)
    case 'run':
      return run(command, state, now)
    case 'station stale':
      return stale(command, state, now)
    case 'away':
      return away(command, state, now)
    case 'measured':
      return measured(command, state, now)
    case 'join':
      return join(command, state, now)
    case 'leave':
      return leave(command, state, now)
    case 'pass over':
      return passOver(command, state, now)
    case 'exclude':
      return exclude(command, state, now)
    case 'supersede':
      return supersede(command, state, now)
    case 'retests':
      return retests(command, now)
    case 'changes':
      return changesFound(command, state, now)
    case 'changes accepted':
      return changesAccepted(command, state, now)
    case 'definition declared':
      return definitionDeclared(command, state, now)
    case 'judge':
      return judge(command, state, now)
    case 'watch':
      return watch(command, state, now)
    case 'start':
      return start(command, state, now)
    case 'call approvers':
      return callApprovers(command, state, now)
    case 'waive':
      return outdated(command.against, state) ?? waive(command, state, now)
    case 'approve':
    case 'advance':
    case 'set':
    case 'pause':
    case 'resume':
    case 'undo':
    case 'acknowledge': {
      const no = terminal(state) ?? outdated(command.against, state)
      if (no) return no
      switch (command.type) {
        case 'approve':
          return approve(command, state, now)
        case 'advance':
          return advance(command, state, now)
        case 'set':
          return set(command, state, now)
        case 'pause':
          return pause(command, state, now)
        case 'resume':
          return resume(command, state, now)
        case 'undo':
          return undo(command, state, now)
        case 'acknowledge':
          return acknowledge(command, state, now)
      }
    }
  }
}

/** Terminal is terminal: nothing moves an ended rollout. */
function terminal(state: RolloutState): Refusal | null {
  if (!isTerminal(state)) return null
  const { by, at, why } = state.lastDecision
  return {
    refused: 'terminal',
    why: `the rollout ${state.status} ${moment(at)}, by ${by.name}${why ? `: ${why}` : ''}`,
    next:
      state.status === 'aborted'
        ? 'Start again with retry, or start another build.'
        : 'Use rollback to return to an earlier build.',
  }
}
