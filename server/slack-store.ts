// What the Slack app keeps in the database, put together as one object.
import type { Database } from '../db/client.ts'
import type { Exclusively } from '../db/exclusively.ts'
import { forgetSlackEvents, takeSlackEvent } from '../db/slack-events.ts'
import {
  endSlackInstallation,
  findSlackInstallation,
  onlySlackInstallation,
  resealSlackInstallation,
  saveSlackInstallation,
} from '../db/slack-installations.ts'
import { findSlackPerson, lookingAtHome, openedHome, setDirect } from '../db/slack-people.ts'
import { findSlackPost, saveSlackPost } from '../db/slack-posts.ts'
import { untilTaken } from '../db/until-taken.ts'
import type { Deliveries } from './apply-command.ts'
import type { SlackStore } from './service.ts'

/** Slack sends an event again for an hour at most. */
const rememberedMs = 3 * 86_400_000
const tidyEveryMs = 3_600_000

export function slackStore(deps: {
  database: Database
  deliveries: Deliveries
  exclusively: Exclusively
}): SlackStore {
  const { database, deliveries, exclusively } = deps
  const { people: db } = database
  let tidiedAt = Number.NEGATIVE_INFINITY

  async function take(eventId: string, body: Record<string, unknown>, at: number): Promise<boolean> {
    const isNew = await db.transaction(async (tx) => {
      if (!(await takeSlackEvent(tx, eventId, at))) return false
      await deliveries.send(tx, { kind: 'event', eventId, body })
      return true
    })
    if (at - tidiedAt >= tidyEveryMs) {
      tidiedAt = at
      await forgetSlackEvents(db, at - rememberedMs)
    }
    return isNew
  }

  return {
    posts: {
      find: (key) => findSlackPost(db, key),
      // Slack has it by then: forgotten because of a connection that broke off, it would be said again.
      save: (key, post) => untilTaken(() => saveSlackPost(db, key, post)),
      exclusively: (key, work) => exclusively(`slack post ${key}`, work),
    },
    people: {
      find: (team, user) => findSlackPerson(db, team, user),
      setDirect: (team, user, on) => setDirect(db, team, user, on),
      openedHome: (team, user, at) => openedHome(db, team, user, at),
      lookingAtHome: (since) => lookingAtHome(db, since),
    },
    events: { take },
    installations: {
      find: (team) => findSlackInstallation(db, team),
      only: () => onlySlackInstallation(db),
      reseal: (team, before, sealed) => resealSlackInstallation(db, team, before, sealed),
      save: (installation) => saveSlackInstallation(db, installation),
      end: (team, why, at) => endSlackInstallation(db, team, why, at),
    },
  }
}
