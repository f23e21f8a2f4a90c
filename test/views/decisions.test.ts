// Deciding on the page: what is offered in which state, to whom, and in whose words.
import { describe, expect, it } from 'vitest'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { html, htmlText } from '../../views/html.ts'
import { type Deciding, decisions, outcomeNotice } from '../../views/rollout/decide/decisions.ts'
import { rolloutPage } from '../../views/rollout/rollout-page.ts'
import { aPausedRollout, aRollout, aStation } from '../support/rollout-view-builder.ts'
import { aFrame, shownRollout } from './support/page-frame.ts'

const hostile = '"><script>alert(1)</script>\u202E'
const usual = shownRollout().deciding
const section = (view: RolloutView, deciding: Partial<Deciding> = {}, frame = aFrame) =>
  htmlText(decisions(view, { ...usual, ...deciding }, frame))
const verbs = (text: string) => [...text.matchAll(/name="verb" value="([^"]+)"/g)].map(([, verb]) => verb)
const ready = { ready: true, items: [{ kind: 'soak', met: true, text: 'soaked', done: 1, needed: 1 }] }
const unapproved = {
  ready: false,
  items: [{ kind: 'approvals', met: false, text: '0 of 1 approvals', done: 0, needed: 1 }],
}

describe('the forms of a page', () => {
  it('are the verbs that can do something now', () => {
    const stations = [aStation(0, { status: 'confirmed' })]
    const at = (part: Partial<RolloutView>) => verbs(section(aRollout({ stations, breaches: [], ...part })))
    expect(at({ status: 'active', stageIndex: 0, readiness: ready })).toEqual([
      'advance',
      'pause',
      'set',
      'abort',
    ])
    expect(at({ status: 'active', stageIndex: 1, readiness: unapproved })).toEqual([
      'override',
      'approve',
      'pause',
      'set',
      'undo',
      'abort',
    ])
    expect(at({ status: 'paused', stageIndex: 0, readiness: ready })).toEqual([
      'advance',
      'resume',
      'set',
      'abort',
    ])
    expect(at({ status: 'pending', stageIndex: -1, readiness: unapproved })).toEqual(['approve', 'abort'])
    expect(at({ status: 'aborting' })).toEqual([])
    expect(at({ status: 'aborted' })).toEqual(['retry'])
    expect(at({ status: 'completed' })).toEqual([])
    expect(verbs(section(aRollout({ status: 'completed' }), { canRollBack: true }))).toEqual(['rollback'])
  })

  it('carry what they were drawn against, and prove that they are of this person’s page', () => {
    const view = aRollout({ version: 17 })
    const text = section(view)
    expect(text).toContain(`action="/rollouts/${view.id}"`)
    expect(text).toContain('name="version" value="17"')
    expect(text).toContain(`name="deployment" value="${view.deployment.id}"`)
    expect(text).toContain(`name="token" value="${aFrame.formToken}"`)
    expect(text).toContain('name="command" value="a-command:decide-pause"')
  })

  it('are the same drawing while only their ids are new', () => {
    const digest = (commandId: string, version = 1) =>
      /data-digest="([^"]+)"/.exec(section(aRollout({ version }), { commandId }))?.[1]
    expect(digest('one')).toBe(digest('another'))
    expect(digest('one')).not.toBe(digest('one', 2))
  })

  it('offer no approval to who has no name, and say so', () => {
    const view = aRollout({ readiness: unapproved })
    const text = section(view, { isNamed: false })
    expect(verbs(text)).not.toContain('approve')
    expect(text).toContain('whose name nobody knows')
  })

  it('are not there for who reads by a link, who is told how to decide', () => {
    const link = { ...aFrame, reader: { kind: 'link' as const }, formToken: null }
    expect(verbs(section(aRollout(), {}, link))).toEqual([])
    expect(section(aRollout(), {}, link)).toContain('use the card in Slack')
    expect(section(aRollout(), {}, { ...link, signIn: '/signin?to=x' })).toContain('href="/signin?to=x"')
  })

  it('hold others’ words as words', () => {
    const view = aPausedRollout({
      stations: [aStation(0, { status: 'pinned', name: hostile, site: hostile })],
      base: { ...aRollout().base, version: hostile },
    })
    const breaches = view.breaches.map((breach) => ({
      ...breach,
      gate: hostile,
      headline: hostile,
      closed: null,
      acknowledged: null,
    }))
    const written = { verb: 'acknowledge', gate: hostile, why: hostile }
    const deciding = { ...usual, written, outcome: { done: false, lines: [hostile] } }
    const text = section({ ...view, breaches }, deciding) + htmlText(html`${outcomeNotice(deciding)}`)
    expect(text).not.toContain('<script')
    expect(text).not.toContain('\u202E')
    expect(text).toContain('&#60;script&#62;')
  })

  it('stay light for 2,000 stations', () => {
    const stations = Array.from({ length: 2000 }, (_, index) => aStation(index, { status: 'pinned' }))
    const text = section(aRollout({ stations }))
    expect(text).toContain('The first 200 of 2000 are listed')
    expect(text.length).toBeLessThan(40_000)
  })
})

describe('the link to pass on', () => {
  const link = 'opens for a week or two'

  it('is there for a person, and not for who came by such a link: nobody renews their own', () => {
    const view = aRollout({ url: 'https://firstpass.example.com/rollouts/1?key=until.signed' })
    expect(rolloutPage(view, shownRollout(), aFrame)).toContain(
      `<a href="${view.url}">link to this page alone</a>`,
    )
    const reader = { ...aFrame, reader: { kind: 'link' as const }, formToken: null }
    expect(rolloutPage(view, shownRollout(), reader)).not.toContain(link)
    expect(rolloutPage(view, shownRollout(), reader)).not.toContain('key=')
  })
})
