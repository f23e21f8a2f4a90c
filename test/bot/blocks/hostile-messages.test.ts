// Every message that is posted by itself stays within Slack's limits and acts only as it should, whatever it repeats.
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { approvalMessage } from '../../../bot/blocks/approval-message.ts'
import { severeNotice } from '../../../bot/blocks/breach-message.ts'
import type { Message } from '../../../bot/blocks/build.ts'
import { changesMessage } from '../../../bot/blocks/changes-message.ts'
import { digestMessage } from '../../../bot/blocks/digest.ts'
import { summaryMessage } from '../../../bot/blocks/summary.ts'
import type { Numbered } from '../../../bot/blocks/thread-events.ts'
import { replyMessage } from '../../../bot/blocks/thread-messages.ts'
import { firstpass, ines, noon } from '../../support/fixed-values.ts'
import {
  aBreach,
  aChange,
  aDeployment,
  aRollout,
  aStation,
  changesOf,
} from '../../support/rollout-view-builder.ts'
import { anyVerdict, hostileText } from '../support/any-verdict.ts'
import { expectInert, expectWithinLimits } from '../support/limits.ts'
import { numbered } from '../support/thread-story.ts'

const anyStory = fc
  .record({
    name: hostileText,
    why: hostileText,
    gate: hostileText,
    verdict: anyVerdict,
    stations: fc.integer({ min: 0, max: 60 }),
    many: fc.integer({ min: 0, max: 60 }),
    status: fc.constantFrom('pending', 'active', 'paused', 'aborting', 'aborted', 'completed'),
    isDecided: fc.boolean(),
  })
  .map(({ name, why, gate: anyName, verdict, stations, many, status, isDecided }) => {
    const gate = anyName.slice(0, 60) || 'x'
    const by = { ...ines, name: name || 'x' }
    const breach = { gate, logEvidence: 4, headline: why, by: firstpass, at: noon }
    const repeated = Array.from({ length: many }, () => [
      { type: 'BreachAcknowledged' as const, gate, logEvidence: 4, why, evidence: [], by, at: noon },
      { type: 'RolloutPaused' as const, reason: 'person' as const, why, by, at: noon },
    ]).flat()
    const events: Numbered[] = numbered(
      { type: 'BreachOpened', mode: 'pause', severity: 'severe', details: [why], suspect: null, ...breach },
      { type: 'BreachWorsened', ...breach },
      { type: 'BreachEscalated', gate, by: firstpass, at: noon },
      { type: 'ApprovalAsked', stageIndex: status === 'pending' ? null : 1, by: firstpass, at: noon },
      { type: 'ApprovalReminded', stageIndex: 1, by: firstpass, at: noon },
      {
        type: 'ChangesFound',
        stageIndex: 1,
        ids: ['0123456789abcdef'],
        words: Array.from({ length: 20 }, () => why),
        by: firstpass,
        at: noon,
      },
      { type: 'ChangesAccepted', words: [why, gate], why, by, at: noon },
      {
        type: 'WatchAlarmed',
        gate,
        severity: 'severe',
        logEvidence: 4,
        headline: why,
        by: firstpass,
        at: noon,
      },
      ...repeated,
      ...(isDecided ? [{ type: 'RolloutAborted' as const, why, wayBack: [], by, at: noon }] : []),
    )
    const view = aRollout({
      status,
      stageIndex: status === 'pending' ? -1 : 1,
      procedure: { ...aRollout().procedure, name },
      deployment: aDeployment({ message: why, author: name, version: name, sha: name }),
      base: aDeployment({ version: name }),
      owner: { ...by, id: name || 'x' },
      abort: { why, by, at: noon },
      endedAt: noon,
      preset: name,
      next: why,
      verdict,
      breaches: Array.from({ length: many }, () => aBreach({ gate, headline: why })),
      stations: Array.from({ length: stations }, (_, index) => aStation(index, { name })),
      failures: {
        failed: 9,
        runs: 10,
        excess: many,
        categories: Array.from({ length: 6 }, () => ({
          category: 'limits' as const,
          runs: 9,
          excess: many,
          mode: why,
          mostly: name,
          action: why,
        })),
        newModes: [why, gate, name],
        newModeCount: 3 + many,
      },
      economics: {
        unitsPerHour: 1e9,
        extraFailures: { estimate: 1e9, low: -1e9, high: 1e9 },
        verdictAt: noon,
      },
      approvals: {
        needed: 9,
        given: Array.from({ length: many }, () => ({ by, at: noon, expiresAt: noon })),
        asked: { at: noon, remindedAt: null },
        fourEyes: true,
        approvers: { groups: Array.from({ length: 20 }, (_, index) => `S0GROUP${index}`), users: [] },
      },
      alerts: { channel: 'C0LINE2000', onCall: 'S0ONCALL01', second: 'S0LINELEAD', escalateAfterMinutes: 30 },
      changes: changesOf(...Array.from({ length: many }, () => aChange({ words: why }))),
      readiness: { ready: false, items: [{ kind: 'soak', met: false, text: why, done: 0, needed: 1 }] },
    })
    return { view, events, many }
  })

function messages(view: ReturnType<typeof aRollout>, events: Numbered[], many: number): Message[] {
  const replies = events.map((event) => replyMessage(view, event, events))
  const asked = events.flatMap((event) => (event.type === 'ApprovalAsked' ? [event] : []))
  const severe = events.flatMap((event) => (event.type === 'BreachWorsened' ? [event] : []))
  const found = events.flatMap((event) => (event.type === 'ChangesFound' ? [event] : []))
  return [
    ...found.map((event) => changesMessage(view, event)),
    ...replies.flatMap((reply) => (reply === null ? [] : [reply])),
    ...asked.map((event) => approvalMessage(view, event, events)),
    ...severe.map((event) =>
      severeNotice(view, { what: 'breach', ...event }, 'https://slack.example.com/archives/C1/p1'),
    ),
    summaryMessage(view, events),
    digestMessage(
      Array.from({ length: many }, () => view),
      noon,
    ),
  ]
}

describe('any message', () => {
  it('stays within Slack’s limits and calls nobody but who is set to be called', () => {
    fc.assert(
      fc.property(anyStory, ({ view, events, many }) => {
        for (const message of messages(view, events, many)) {
          expectWithinLimits(message)
          expectInert(message)
        }
      }),
      { numRuns: 60 },
    )
  })
})
