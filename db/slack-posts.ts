// Where our Slack messages are.
import { eq } from 'drizzle-orm'
import type { Db } from './client.ts'
import { slackPosts } from './schema/doors.ts'

type SlackPost = { channel: string; ts: string; contentHash: string; updatedAt: number }

export async function findSlackPost(db: Db, key: string): Promise<SlackPost | null> {
  const [found] = await db.select().from(slackPosts).where(eq(slackPosts.key, key))
  return found ? { ...found, updatedAt: found.updatedAt.getTime() } : null
}

export async function saveSlackPost(db: Db, key: string, post: SlackPost): Promise<void> {
  const row = {
    channel: post.channel,
    ts: post.ts,
    contentHash: post.contentHash,
    updatedAt: new Date(post.updatedAt),
  }
  await db
    .insert(slackPosts)
    .values({ key, ...row })
    .onConflictDoUpdate({ target: slackPosts.key, set: row })
}
