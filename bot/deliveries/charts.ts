// The chart picture of a card: uploaded anew when it has changed, never so often that it is a flood, never a reason to wait.
import type { WebClient } from '@slack/web-api'
import type { BaseLogger } from 'pino'
import { z } from 'zod'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { SlackPosts } from '../../server/service.ts'
import type { CardPicture } from '../blocks/build.ts'
import { slackFailure } from '../connection/slack-failure.ts'

/** What the chart of a rollout would show now; drawn only when it is wanted. Null while there is nothing to show. */
export type ChartSource = (
  rolloutId: RolloutId,
) => Promise<{ hash: string; alt: string; draw: () => Promise<Buffer> } | null>
export type Charts = ReturnType<typeof createCharts>

/** Numbers creep: a new picture for them is worth an upload every ten minutes, for another verdict or state at once. */
const gapMs = 10 * 60_000
const shortGapMs = 15_000
/** After a failure all pictures rest: they are an ornament, and cards need the same client. */
const restMs = 5 * 60_000

export function createCharts(deps: {
  source: ChartSource
  posts: SlackPosts
  now: () => number
  log: BaseLogger
}) {
  const { source, posts, now, log } = deps
  let restsUntil = Number.NEGATIVE_INFINITY

  /** The one that was uploaded last for this stage. */
  async function known(
    rolloutId: RolloutId,
    stageIndex: number,
  ): Promise<(CardPicture & { at: number }) | null> {
    const found = await posts.find(chartKey(rolloutId, stageIndex))
    if (!found) return null
    return { file: found.ts, alt: readShown(found.contentHash).alt, at: found.updatedAt }
  }

  /** Whether a new one was uploaded. Never throws: the card is there already. */
  async function renew(client: WebClient, view: RolloutView): Promise<boolean> {
    if (view.stageIndex < 0 || now() < restsUntil) return false
    try {
      return await upload(client, view)
    } catch (error) {
      const failure = slackFailure(error)
      restsUntil = now() + (failure.kind === 'wait' ? Math.max(restMs, failure.seconds * 1000) : restMs)
      log.warn({ err: error, rollout: view.id }, 'a card goes without its chart for now')
      return false
    }
  }

  async function upload(client: WebClient, view: RolloutView): Promise<boolean> {
    const key = chartKey(view.id, view.stageIndex)
    const found = await posts.find(key)
    const before = found ? readShown(found.contentHash) : null
    const occasion = occasionOf(view)
    const gap = before?.occasion === occasion ? gapMs : shortGapMs
    if (found && now() - found.updatedAt < gap) return false
    const chart = await source(view.id)
    if (!chart) return false
    const kept = { channel: view.procedure.channel ?? '', contentHash: writeShown({ ...chart, occasion }) }
    if (found && before?.hash === chart.hash) {
      await posts.save(key, { ...kept, ts: found.ts, updatedAt: now() })
      return false
    }
    const file: unknown = await client.files.uploadV2({
      file: await chart.draw(),
      filename: `${view.deployment.sha.slice(0, 12).replace(/\W/g, '') || 'build'}-stage-${view.stageIndex + 1}.png`,
      title: 'Chart of the rollout',
      alt_text: chart.alt.slice(0, 900),
    })
    await posts.save(key, { ...kept, ts: fileId(file), updatedAt: now() })
    return true
  }

  return { known, renew }
}

const uploaded = z.object({ files: z.tuple([z.object({ files: z.tuple([z.object({ id: z.string() })]) })]) })

function fileId(answer: unknown): string {
  const parsed = uploaded.safeParse(answer)
  if (!parsed.success) throw new Error('expected files.uploadV2 to answer with the id of one file')
  return parsed.data.files[0].files[0].id
}

function chartKey(rolloutId: RolloutId, stageIndex: number): string {
  return `chart:${rolloutId}:${stageIndex}`
}

/** What makes a picture out of date at once. */
function occasionOf({ status, verdict }: RolloutView): string {
  return `${status}-${verdict?.overall ?? 'none'}`.replaceAll(' ', '-')
}

/** Kept as what the message of this key shows: the picture's hash, its occasion, and in words all that it shows. */
type Shown = { hash: string; occasion: string; alt: string }

function writeShown({ hash, occasion, alt }: Shown): string {
  return `${hash} ${occasion} ${alt}`
}

function readShown(text: string): Shown {
  const [hash = '', occasion = '', ...alt] = text.split(' ')
  return { hash, occasion, alt: alt.join(' ') }
}
