// The log of Web API calls, for assertions and for the page's own list.
import type { Changes } from './changes.ts'

export type Call = {
  method: string
  at: number
  args: Record<string, unknown>
  ok: boolean
  error?: string
  status: number
}

export function calls(deps: { changes: Changes }) {
  const logged: Call[] = []

  function log(call: Call): void {
    const { token: _token, ...args } = call.args
    logged.push({ ...call, args })
    deps.changes.happened()
  }

  return { log, all: () => [...logged] }
}
