// Waits for a rollout: looks at it again and again, through lost connections, until it has ended as the exit code says.
import { setTimeout as after } from 'node:timers/promises'
import { comeAgainMs, waited } from '../again.ts'
import { type Answer, type Options, oneOf, type Session, textOf, type Values } from '../command.ts'
import { lengthOf } from '../times.ts'
import { rolloutById } from './find-rollout.ts'
import { leftAlone, type Outcome, outcomeOf, timeIsOver, type Waiting } from './outcome.ts'
import { pageOf } from './page.ts'
import { progress } from './progress.ts'
import type { Rollout } from './rollout.ts'

const untils = ['completed', 'ready'] as const

export const followOptions: Options = {
  until: {
    type: 'string',
    value: 'WORD',
    words: untils,
    help: 'ready: end with 0 as soon as its stage may be advanced; completed when absent',
  },
  'through-pauses': {
    type: 'boolean',
    help: 'go on while it is paused, until somebody resumes or aborts it',
  },
  timeout: { type: 'string', value: 'LENGTH', help: 'wait for so long at most, as 90s, 30m or 8h: then 5' },
  interval: { type: 'string', value: 'LENGTH', help: 'how often to look; 2s' },
}
export const waitOptions: Options = {
  wait: { type: 'boolean', help: 'wait for its end: 0 completed, 3 paused, 4 aborted' },
  ...followOptions,
}

/** Its outcome as the answer of a command. */
export async function followed(
  rollout: Rollout,
  values: Values,
  session: Session,
  wanted: Waiting['wanted'] = 'completed',
): Promise<Answer> {
  const awaited = {
    wanted,
    until: oneOf(values, 'until', untils) ?? 'completed',
    throughPauses: values['through-pauses'] === true,
  }
  const { outcome, last } = await follow(rollout, awaited, values, session)
  const { code, text } = outcome
  return {
    code,
    text: `${text}\n${pageOf(last, session.stdout)}`,
    json: { outcome: last.status, exit_code: code, rollout: last },
  }
}

async function follow(
  rollout: Rollout,
  awaited: Waiting,
  values: Values,
  session: Session,
): Promise<{ outcome: Outcome; last: Rollout }> {
  const { stderr, signal } = session
  const everyMs = lengthOf('interval', textOf(values, 'interval') ?? '2s')
  const length = textOf(values, 'timeout')
  const end =
    length === undefined ? Number.POSITIVE_INFINITY : performance.now() + lengthOf('timeout', length)
  const told = progress(stderr, () => new Date().toISOString().slice(11, 19))
  let last = rollout
  try {
    for (let tries = 1; ; ) {
      told.tell(last)
      const outcome = outcomeOf(last, awaited)
      if (outcome) return { outcome, last }
      const left = end - performance.now()
      if (left <= 0) return { outcome: timeIsOver(last), last }
      await after(Math.min(everyMs, left), undefined, { signal })
      try {
        last = await rolloutById(session, rollout.id)
        tries = 1
      } catch (error) {
        const waitMs = comeAgainMs(error, tries++)
        if (waitMs === null || signal.aborted) throw error
        told.clear()
        await waited(error, Math.max(0, Math.min(waitMs, end - performance.now())), session)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
    return { outcome: leftAlone(last), last }
  } finally {
    told.clear()
  }
}
