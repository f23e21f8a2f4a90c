// What Slack itself tells a person at a message when the app behind it did not answer.
import type { Changes } from './changes.ts'

export type Notice = { user: string; channel: string; ts: string; text: string }

export function notices(deps: { changes: Changes }) {
  let shown: Notice[] = []
  const isAt = (one: Notice, at: Omit<Notice, 'text'>) =>
    one.user === at.user && one.channel === at.channel && one.ts === at.ts

  function show(notice: Notice): void {
    shown = [...shown.filter((one) => !isAt(one, notice)), notice]
    deps.changes.happened()
  }

  function clear(at: Omit<Notice, 'text'>): void {
    shown = shown.filter((one) => !isAt(one, at))
  }

  return { show, clear, of: (user: string) => shown.filter((one) => one.user === user) }
}
