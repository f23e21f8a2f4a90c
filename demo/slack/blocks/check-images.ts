// An image that Slack cannot fetch, or a file it has not processed, refuses the whole message.
import type { Files } from '../state/files.ts'
import type { Block } from './block.ts'
import { elementsAndContext } from './check-blocks.ts'
import { pointer } from './slack-fault.ts'

type Deps = { files: Files; imageIsReachable: (url: string) => Promise<boolean> }

export async function checkImages(
  blocks: Block[],
  deps: Deps,
  root: string[] = ['blocks'],
): Promise<string[]> {
  const faults = await Promise.all(
    blocks.map((one, index) => imageFaults(one, deps, pointer([...root, index]))),
  )
  return faults.flat()
}

async function imageFaults(one: Block, deps: Deps, at: string): Promise<string[]> {
  const images =
    one.type === 'image' ? [one] : elementsAndContext(one).filter((each) => each.type === 'image')
  const faults = images.map(async (image) => {
    if (image.image_url !== undefined && !(await deps.imageIsReachable(image.image_url)))
      return [`downloading image failed ${at}`]
    const file = image.slack_file
    if (file === undefined) return []
    const stored =
      'id' in file ? deps.files.find(file.id) : deps.files.all().find((each) => file.url.includes(each.id))
    return stored && deps.files.isReady(stored) ? [] : [`invalid slack file ${at}`]
  })
  return (await Promise.all(faults)).flat()
}

const privateHost =
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[?::1\]?$)|\.(local|internal|test)$/

/** Slack fetches from the public internet, so an address of this machine or a private network is out of its reach. */
export async function imageIsPublic(url: string): Promise<boolean> {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  if (!['http:', 'https:'].includes(protocol) || privateHost.test(hostname)) return false
  const answer = await fetch(url, { signal: AbortSignal.timeout(3000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok === true && (answer.headers.get('content-type') ?? '').startsWith('image/')
}
