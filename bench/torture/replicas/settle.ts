// After the last strike: until every rollout has ended and nothing waits to be delivered.

import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../db/client.ts'
import { adminToken } from '../../speed/servers/service.ts'
import type { Ask } from './anywhere.ts'

/** Stations have to report what they run again before an abort has ended: on a busy machine that takes its time. */
const abortsWithinMs = 60_000

/** Of rollouts that nobody has brought to an end in time, the rest are aborted. @returns those that even that did not end. */
export async function ended(
  db: Db,
  ask: Ask,
  patienceMs: number,
): Promise<{ aborted: number; stuck: string[] }> {
  const live = () =>
    rows<{ id: string; status: string }>(
      db,
      sql`select id::text as id, status from rollouts where status not in ('completed', 'aborted')`,
    )
  const from = performance.now()
  while ((await live()).length > 0 && performance.now() - from < patienceMs) await pause(250)
  const late = await live()
  const again = performance.now()
  for (let left = late; left.length > 0; left = await live()) {
    for (const { id, status } of left)
      if (status !== 'aborting')
        await ask('POST', `/api/v1/rollouts/${id}/abort`, adminToken, { body: { reason: 'the end' } })
    if (performance.now() - again > abortsWithinMs) break
    await pause(250)
  }
  const stuck = await live()
  return { aborted: late.length, stuck: stuck.map(({ id, status }) => `${id} is ${status}`) }
}

/**
 * The gaps between tries of the queue grow to minutes, and nobody waits here for those: what waits for its moment is due
 * at once. A digest is changed once a minute, and waits its minute even when nothing is wrong. What a dead process had
 * begun is taken over when it shows no sign of life.
 */
export async function delivered(db: Db, patienceMs: number): Promise<{ seconds: number; waiting: string[] }> {
  const open = () =>
    rows<{ seen: string }>(
      db,
      sql`select name || ' ' || coalesce(singleton_key, '') || ' is ' || state || ', tried ' || retry_count || ' times' as seen
          from pgboss.job where name like 'slack-%' and state in ('created', 'retry', 'active')
            and not (name = 'slack-digest' and state = 'created' and start_after > now())`,
    )
  const from = performance.now()
  let quietSince = performance.now()
  while (performance.now() - from < patienceMs) {
    await db.execute(
      sql`update pgboss.job set start_after = now() where name like 'slack-%' and state = 'retry' and start_after > now() + interval '2 seconds'`,
    )
    if ((await open()).length > 0) quietSince = performance.now()
    if (performance.now() - quietSince > 1_500) break
    await pause(250)
  }
  const waiting = await open()
  return { seconds: (performance.now() - from) / 1000, waiting: waiting.map(({ seen }) => seen) }
}
