// What each person chose in the selects and pickers of a message; Slack keeps this per person.
import type { Option } from '../blocks/text-object.ts'
import type { StateValue, StateValues } from './views.ts'

type At = { user: string; channel: string; ts: string }

export function messageInputs() {
  const entered = new Map<string, StateValues>()
  const offered = new Map<string, Option[]>()
  const key = (at: At, ...rest: string[]) => [at.user, at.channel, at.ts, ...rest].join('/')

  function of(at: At): StateValues {
    return entered.get(key(at)) ?? {}
  }

  return {
    of,
    enter: (at: At, block: string, action: string, value: StateValue) => {
      entered.set(key(at), withValue(of(at), block, action, value))
    },
    /** The options an external select of the message showed last. */
    offer: (at: At, action: string, options: Option[]) => {
      offered.set(key(at, action), options)
    },
    offered: (at: At, action: string) => offered.get(key(at, action)) ?? [],
  }
}

export function withValue(
  values: StateValues,
  block: string,
  action: string,
  value: StateValue,
): StateValues {
  return { ...values, [block]: { ...values[block], [action]: value } }
}
