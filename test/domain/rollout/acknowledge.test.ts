import { describe, expect, test } from 'vitest'
import { seenEvidence } from '../../../server/domain/gates/verdict.ts'
import {
  abortOpen,
  breached,
  completed,
  created,
  firstLive,
  given,
  lastLive,
  paused,
  verdict,
} from '../../support/rollout-story.ts'

const gate = 'first-pass yield'
const open = [...firstLive, breached({ logEvidence: 5 }), paused('breach')]
const acknowledge = {
  type: 'acknowledge' as const,
  gate,
  why: 'known bad lot',
  logEvidence: 7,
  evidence: seenEvidence(verdict({ verdict: 'breach', logEvidence: 7 }).gates),
}

describe('acknowledge', () => {
  test('closes the breach, keeps the pause and accepts the evidence seen at that moment', () => {
    const story = given(...open).when(acknowledge)
    story.gives({
      type: 'BreachAcknowledged',
      gate,
      logEvidence: 7,
      why: 'known bad lot',
      evidence: [{ name: gate, verdict: 'breach', logEvidence: 7, canary: { n: 60, bad: 7 } }],
    } as object)
    expect(story.state).toMatchObject({
      status: 'paused',
      breaches: [{ closed: { how: 'acknowledged' }, acknowledged: { why: 'known bad lot' } }],
      accepted: [{ gate, logEvidence: 7, why: 'known bad lot' }],
    })
  })

  test('accepts what the breach opened with when the gate was not asked anew', () => {
    given(...open)
      .when({ ...acknowledge, logEvidence: null })
      .gives({ type: 'BreachAcknowledged', logEvidence: 5 })
  })

  test('of a second breach comes on top of what was accepted before', () => {
    const first = given(...open).when(acknowledge)
    const again = [...open, ...first.events, breached({ logEvidence: 4 })]
    const second = given(...again).when({ ...acknowledge, logEvidence: 4.5 })
    expect(second.state).toMatchObject({ accepted: [{ gate, logEvidence: 11.5 }] })
  })

  test('accepts nothing less than nothing', () => {
    const story = given(...open).when({ ...acknowledge, logEvidence: -2 })
    expect(story.state).toMatchObject({ accepted: [{ gate, logEvidence: 0 }] })
  })

  test('of one gate accepts nothing of another, and leaves its breach open', () => {
    const errors = breached({ gate: 'error rate' })
    const story = given(...firstLive, breached(), errors, paused('breach')).when(acknowledge)
    expect(story.state).toMatchObject({
      breaches: [
        { gate, closed: { how: 'acknowledged' } },
        { gate: 'error rate', closed: null },
      ],
      accepted: [{ gate }],
    })
  })

  test('of a breach that is only observed closes it as well', () => {
    const story = given(...firstLive, breached({ mode: 'observe' })).when(acknowledge)
    expect(story.state).toMatchObject({ status: 'active', breaches: [{ closed: { how: 'acknowledged' } }] })
  })

  test('needs a reason, and a breach of that gate', () => {
    given(...open)
      .when({ ...acknowledge, why: ' ' })
      .isRefused('invalid', /needs a reason/)
    given(...open)
      .when({ ...acknowledge, gate: 'error rate' })
      .isRefused('not now', /no error rate breach is open/)
    const once = given(...open).when(acknowledge)
    given(...open, ...once.events)
      .when(acknowledge)
      .isRefused('not now', /no first-pass yield breach/)
  })

  test('is refused before the start, in an abort and after the end', () => {
    given(created()).when(acknowledge).isRefused('not now')
    given(...abortOpen)
      .when(acknowledge)
      .isRefused('not now')
    given(...lastLive, breached({ mode: 'observe' }), completed)
      .when(acknowledge)
      .isRefused('terminal')
  })
})
