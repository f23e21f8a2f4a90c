import { describe, expect, test } from 'vitest'
import { notBelieved } from '../../server/domain/run.ts'
import {
  type UnattributedFacts,
  type UnattributedStation,
  unattributedOf,
  whyUnattributed,
} from '../../server/domain/unattributed.ts'
import { base, build, station } from '../support/plan-builder.ts'
import { t0 } from '../support/run-builder.ts'

const facts = (part: Partial<UnattributedFacts> = {}) =>
  whyUnattributed({
    procedure: 'FCT',
    startedAt: t0,
    shadow: false,
    said: [],
    acknowledgedFrom: null,
    ...part,
  })
const said = (text: string, is: UnattributedFacts['said'][number]['is'] = null) =>
  facts({ said: [{ in: 'body', said: text, is }] })

describe('what was said and not believed', () => {
  const known = new Set([base, build])

  test('is kept with its place, whoever was believed instead; what is blank or believed is not', () => {
    expect(notBelieved({ body: 'v2', header: build.toUpperCase(), metadata: 7 }, known)).toEqual([
      { in: 'body', said: 'v2' },
      { in: 'metadata', said: '7' },
    ])
    expect(notBelieved({ body: null, header: '', metadata: undefined }, known)).toEqual([])
    expect(
      notBelieved({ body: `${'x'.repeat(199)}🏭`, header: null, metadata: null }, known)[0]?.said,
    ).toHaveLength(200)
  })
})

describe('why a run has no build, and what to do', () => {
  test('names the build of another procedure', () => {
    const other = { id: build, version: '3.1', procedure: 'ICT', isOwn: false }
    expect(said(build, other)).toEqual({
      why: `deployment_id in the body is ${build}, which is build 3.1 of ICT and none of FCT`,
      fix: expect.stringContaining('Send the build of FCT'),
    })
  })

  test('names the id where a version or a commit was sent', () => {
    const own = { id: build, version: '2.4', procedure: 'FCT', isOwn: true }
    expect(said('2.4', own)).toMatchObject({ fix: `Send its id, ${build}, in its place.` })
  })

  test('tells what is no id from an id that nobody knows', () => {
    expect(said('v9').why).toContain('which is no id: expected a UUID')
    expect(said(base).why).toContain('the id of no build that is registered')
    expect(said('x'.repeat(150)).why.length).toBeLessThan(150)
  })

  test('of a station that says nothing asks for the id or an acknowledgement', () => {
    expect(facts()).toMatchObject({
      why: 'it says nothing of its build, and the station had acknowledged none',
      fix: expect.stringContaining('/stations/me/pickups'),
    })
    expect(facts({ acknowledgedFrom: t0 + 1 }).why).toContain('acknowledged its first one later')
    expect(facts({ shadow: true }).why).toContain('a shadow run does not say which build it ran')
  })
})

describe('the unattributed runs of a rollout', () => {
  const of = (number: number, runs: number, isCanary: boolean): UnattributedStation => ({
    id: station(number),
    name: `ST-${number}`,
    runs,
    isCanary,
    reason: { why: 'because', fix: 'Mend it.' },
  })

  test('matter from three of the canary stations, or from one in a hundred of theirs', () => {
    expect(unattributedOf([], 0)).toEqual({ runs: 0, canaryRuns: 0, matters: false, stations: [] })
    expect(unattributedOf([of(1, 500, false)], 100)).toMatchObject({ runs: 500, matters: false })
    expect(unattributedOf([of(1, 2, true)], 10_000).matters).toBe(false)
    expect(unattributedOf([of(1, 3, true)], 10_000).matters).toBe(true)
    expect(unattributedOf([of(1, 1, true)], 99).matters).toBe(true)
    expect(unattributedOf([of(1, 1, true)], 100).matters).toBe(false)
  })

  test('are told station by station, the most first', () => {
    const { stations, runs, canaryRuns } = unattributedOf([of(1, 1, true), of(2, 5, false)], 10)
    expect([runs, canaryRuns, stations.map(({ name }) => name)]).toEqual([6, 1, ['ST-2', 'ST-1']])
  })
})
