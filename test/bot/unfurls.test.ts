// Links to pages of rollouts: shown to the company's own people as how the rollout stands, and to nobody else.
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { unfurl } from '../../bot/blocks/unfurl.ts'
import { leadsTo, rolloutIn } from '../../bot/shared-link.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { aDeployment, aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { anyVerdict, hostileText } from './support/any-verdict.ts'
import { fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits, textOfMessage } from './support/limits.ts'
import { answerTo, channel, type OpenBot, openBot, signingSecret } from './support/open-bot.ts'
import { slackRequest } from './support/slack-request.ts'

const unfurlDomains = ['firstpass.example.com']
const key = 'Zm9yLXRoaXMtcm9sbG91dA'

function keyed(number = 1, part: Partial<RolloutView> = {}): RolloutView {
  const id = rolloutId.parse(uuid(1, number))
  return aRollout({ id, url: `https://firstpass.example.com/rollouts/${id}?key=${key}${number}`, ...part })
}

async function withRollouts(...rollouts: RolloutView[]) {
  const open = await openBot({ service: fakeService({ rollouts }), workspace: { unfurlDomains } })
  const unfurled = () => open.workspace.calls().filter((call) => call.method === 'chat.unfurl')
  const shown = () => JSON.stringify(open.workspace.messages(channel)[0]?.unfurls ?? {})
  return { ...open, unfurled, shown }
}

async function until(open: OpenBot, logged: string): Promise<void> {
  await vi.waitFor(() => expect(open.logged.some((line) => line.includes(logged))).toBe(true), 2000)
}

describe('a link to the page of a rollout', () => {
  it('shows in a few lines how it stood, without a button', async () => {
    const open = await withRollouts(keyed())
    await open.workspace.say({ user: ines.id, channel, text: `see ${keyed().url}` })
    await open.workspace.waitFor(() => open.shown().includes('PCBA-FCT 2.4.1'), 2000)
    expect(open.shown()).toContain('stage 2 of 4 (25 %), *active*, healthy so far')
    expect(open.shown()).toContain('n 60 canary / 540 base')
    expect(open.shown()).toContain('Waits for 60 of 100 first attempts')
    expect(open.shown()).not.toContain('"actions"')
    await open.workspace.waitFor(() => open.unfurled().length > 0, 2000)
    expect(JSON.stringify(open.unfurled()[0]?.args)).toContain('PCBA-FCT 2.4.1, stage 2 of 4: active')
  })

  it('may name a place on the page or another parameter', async () => {
    const open = await withRollouts(keyed())
    const url = `${keyed().url}&tab=charts#yield`
    await open.workspace.say({ user: ines.id, channel, text: `see ${url}` })
    await open.workspace.waitFor(() => open.shown().includes('PCBA-FCT 2.4.1'), 2000)
  })

  it('may be an older one, while it still opens the page', async () => {
    const rollout = keyed()
    const open = await openBot({
      service: fakeService({ rollouts: [rollout] }),
      workspace: { unfurlDomains },
      opens: (id, given) => id === rollout.id && given === 'of-last-week',
    })
    const [older, expired] = ['of-last-week', 'of-last-year'].map((each) =>
      rollout.url.replace(/key=.*/, `key=${each}`),
    )
    await open.workspace.say({ user: ines.id, channel, text: `${expired} and ${older}` })
    const unfurls = () => open.workspace.messages(channel)[0]?.unfurls ?? {}
    await open.workspace.waitFor(() => Object.keys(unfurls()).length > 0, 2000)
    expect(Object.keys(unfurls())).toEqual([older])
  })

  it('is shown beside others, five of them at most', async () => {
    const many = Array.from({ length: 7 }, (_, index) => keyed(index + 1))
    const open = await withRollouts(...many)
    await open.workspace.say({ user: ines.id, channel, text: many.map((each) => each.url).join(' ') })
    await open.workspace.waitFor(() => open.unfurled().length > 0, 2000)
    expect(Object.keys(open.workspace.messages(channel)[0]?.unfurls ?? {})).toHaveLength(5)
  })

  it('is shown where Slack does not tell about the channel and the event says that only we read it', async () => {
    const open = await withRollouts(keyed())
    open.workspace.faults.set({ kind: 'error', error: 'channel_not_found', methods: ['conversations.info'] })
    await open.workspace.say({ user: ines.id, channel, text: `see ${keyed().url}` })
    await open.workspace.waitFor(() => open.unfurled().length > 0, 2000)
  })

  it('is shown in the composer too, where there is no channel yet', async () => {
    const open = await withRollouts(keyed())
    await open.workspace.composeLink({ user: ines.id, text: `see ${keyed().url}` })
    await open.workspace.waitFor(() => open.unfurled().length > 0, 2000)
    expect(open.unfurled()).toMatchObject([{ ok: true, args: { source: 'composer' } }])
    expect(open.unfurled()[0]?.args).not.toHaveProperty('channel')
  })
})

describe('a link stays a link', () => {
  it.each([
    ['without the key', keyed().url.replace(/\?.*/, '')],
    ['with another rollout’s key', `${keyed().url.replace(/\?.*/, '')}?key=${key}2`],
    ['with a longer key', `${keyed().url}x`],
    ['with two keys', `${keyed().url}&key=another`],
    ['with a longer path', keyed().url.replace('?', '/more?')],
    ['from before another path', keyed().url.replace('/rollouts/', '/x/rollouts/')],
    ['over another protocol', keyed().url.replace('https:', 'http:')],
    ['on another port', keyed().url.replace('.com/', '.com:8443/')],
    ['with a name of its own', keyed().url.replace('https://', 'https://somebody@')],
    ['that is none of ours', `https://firstpass.example.com/docs?key=${key}1`],
  ])('%s', async (_how, url) => {
    const open = await withRollouts(keyed())
    await open.workspace.say({ user: ines.id, channel, text: `${url} and ${keyed().url}` })
    await open.workspace.waitFor(() => open.shown() !== '{}', 2000)
    expect(Object.keys(open.workspace.messages(channel)[0]?.unfurls ?? {})).toEqual([keyed().url])
  })

  it('shared by a guest, who alone is told why', async () => {
    const open = await withRollouts(keyed())
    await open.workspace.say({ user: 'U0GUEST001', channel, text: `see ${keyed().url}` })
    await answerTo(open, 'U0GUEST001', 'not shown as more than a link', 'Guests may not')
    expect(open.unfurled()).toEqual([])
    expect(open.workspace.ephemerals(ines.id)).toEqual([])
  })

  it('written by a guest in the composer, who is left in peace', async () => {
    const open = await withRollouts(keyed())
    await open.workspace.composeLink({ user: 'U0GUEST001', text: `see ${keyed().url}` })
    await until(open, 'Guests may not use rollouts')
    expect(open.unfurled()).toEqual([])
    expect(open.workspace.messages('U0GUEST001')).toEqual([])
  })

  it.each([
    ['says that others do', true, undefined],
    ['does not say, and Slack neither', undefined, 'channel_not_found'],
    ['does not say, and Slack lacks a scope to', undefined, 'missing_scope'],
  ])('where other companies read along: the event %s', async (_how, says, error) => {
    const open = await withRollouts(keyed())
    if (error) open.workspace.faults.set({ kind: 'error', error, methods: ['conversations.info'] })
    await open.server.inject(envelope(shared({}), says))
    await until(open, 'others may read along')
    expect(open.unfurled()).toEqual([])
  })

  it('in a channel that is shared with another company, whatever the event says', async () => {
    const workspace = { unfurlDomains, channels: [{ id: channel, name: 'with-supplier', isExtShared: true }] }
    const open = await openBot({ service: fakeService({ rollouts: [keyed()] }), workspace })
    await open.server.inject(envelope(shared({}), false))
    await until(open, 'others may read along')
    expect(open.workspace.calls().map((call) => call.method)).not.toContain('chat.unfurl')
  })

  it('when Slack refuses to show it: nothing else is harmed', async () => {
    const open = await withRollouts(keyed())
    open.workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 30, methods: ['chat.unfurl'] })
    await open.workspace.say({ user: ines.id, channel, text: `see ${keyed().url}` })
    await open.workspace.waitFor(() => open.unfurled().length > 0, 2000)
    await until(open, 'a link was left as it is')
    expect(open.shown()).toBe('{}')
  })
})

describe('an address', () => {
  const page = keyed().url

  it('leads to the page whatever is added to it, and only then', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.webFragments(), (query, fragment) => {
        const added = new URLSearchParams(query)
        added.delete('key')
        expect(leadsTo(`${page}&${added}#${fragment}`, page)).toBe(true)
        expect(leadsTo(`${page.replace('?key=', '?key=0')}&${added}#${fragment}`, page)).toBe(false)
      }),
    )
  })

  it('may have its & written as Slack does', () => {
    expect(leadsTo(`${page}&amp;tab=charts`, page)).toBe(true)
  })

  it('that is no address leads nowhere', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(leadsTo(text, page)).toBe(false)
        expect(rolloutIn(text)).toBe(null)
      }),
    )
  })
})

describe('what stands under a link', () => {
  it('keeps to Slack’s limits and says nothing in others’ words that could act', () => {
    fc.assert(
      fc.property(hostileText, anyVerdict, fc.boolean(), (text, verdict, paused) => {
        const view = (paused ? aPausedRollout : aRollout)({
          procedure: { ...aRollout().procedure, name: text },
          deployment: aDeployment({ version: text, message: text, author: text }),
          owner: { ...ines, name: text || 'x' },
          waitsFor: [text, text],
          next: text,
          verdict,
        })
        const { blocks, fallback } = unfurl(view, noon)
        const message = { text: fallback, blocks }
        expectWithinLimits(message)
        expectInert(message)
        expect(blocks.length).toBeLessThanOrEqual(3)
        expect(textOfMessage(message).length).toBeLessThanOrEqual(2000)
      }),
      { numRuns: 150 },
    )
  })
})

function shared(part: object) {
  return {
    type: 'link_shared',
    user: ines.id,
    channel,
    message_ts: '1764000000.000100',
    event_ts: '1764000000.000100',
    unfurl_id: 'unfurl-1',
    source: 'conversations_history',
    links: [{ domain: 'firstpass.example.com', url: keyed().url }],
    ...part,
  }
}

/** As Slack sends it; whether other companies are in the channel stands beside the event. */
function envelope(event: object, isShared: boolean | undefined) {
  const body = {
    type: 'event_callback',
    team_id: 'T0FACTORY1',
    api_app_id: 'A0FIRSTPAS',
    event_id: `EvSHARED`,
    event_time: 1_764_000_000,
    event,
    ...(isShared === undefined ? {} : { is_ext_shared_channel: isShared }),
  }
  return slackRequest(JSON.stringify(body), signingSecret, { contentType: 'application/json' })
}
