// Who is asked for what on their Home: the one whose next step it is, and nobody who may not take it.
import { describe, expect, it } from 'vitest'
import { waitingFor } from '../../bot/deliveries/waiting-for.ts'
import type { Rights } from '../../bot/workspaces/rights.ts'
import type { Actor } from '../../server/domain/actor.ts'
import { minute } from '../../server/domain/instant.ts'
import { effectivePolicy, organisationPolicy, procedurePolicy } from '../../server/domain/policy.ts'
import type { RightfulVerb } from '../../server/domain/rights.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { PolicyView } from '../../server/service.ts'
import { firstpass, ines, marek, noon } from '../support/fixed-values.ts'
import { aBreach, aPausedRollout, aRollout, notReady, ready } from '../support/rollout-view-builder.ts'

type Given = {
  person?: Actor
  /** Verbs that this person may not use. */
  not?: RightfulVerb[]
  /** Groups that this person is in; null: Slack does not say. */
  groups?: string[] | null
  policy?: object
  now?: number
}

async function asked(view: RolloutView, given: Given = {}): Promise<string[]> {
  const { person = ines, not = [], groups = [], policy = {}, now = noon } = given
  const rights = {
    refused: async (_user: Actor, verb: RightfulVerb) =>
      not.includes(verb) ? { plain: 'no', text: { markup: 'no' } } : null,
    groups: {
      membership: async (group: string) =>
        groups === null
          ? { isKnown: false, before: true, why: 'away' }
          : { isKnown: true, isMember: groups.includes(group) },
    },
  } as unknown as Rights
  const effective = effectivePolicy(organisationPolicy.parse({}), procedurePolicy.parse(policy))
  const policies = new Map([[view.procedure.id, { effective } as PolicyView]])
  const found = await waitingFor(person, [view], { rights, policies, now })
  return found.map((each) => each.asks)
}

const approvals = { needed: 2, given: [], asked: null, fourEyes: false, approvers: null }
const onlyApprovalsLeft = {
  ready: false,
  items: [...ready.items, { kind: 'approvals', met: false, text: '0 of 2 approvals', done: 0, needed: 2 }],
}
const awaitsApproval = aRollout({ approvals, readiness: onlyApprovalsLeft })

describe('an approval', () => {
  it('is asked of whoever may give it', async () => {
    expect(await asked(awaitsApproval)).toEqual(['approve'])
    expect(await asked(awaitsApproval, { not: ['approve'] })).toEqual([])
  })

  it('is not asked of the author where four eyes are', async () => {
    const fourEyes = { ...awaitsApproval, approvals: { ...approvals, fourEyes: true } }
    expect(await asked(fourEyes)).toEqual([])
    expect(await asked(fourEyes, { person: marek })).toEqual(['approve'])
  })

  it('is not asked of whoever has given it, nor when there are enough', async () => {
    const once = { ...awaitsApproval, approvals: { ...approvals, given: [given(ines)] } }
    expect(await asked(once)).toEqual([])
    expect(await asked(once, { person: marek })).toEqual(['approve'])
    const enough = { ...awaitsApproval, approvals: { ...approvals, given: [given(ines), given(firstpass)] } }
    expect(await asked(enough, { person: marek })).toEqual([])
  })

  it('is not asked while something else is missing, or the rollout is paused', async () => {
    const items = [...notReady.items, ...onlyApprovalsLeft.items.slice(-1)]
    expect(await asked({ ...awaitsApproval, readiness: { ready: false, items } })).toEqual([])
    const { pause } = aPausedRollout()
    expect(await asked({ ...awaitsApproval, status: 'paused', pause }, { person: marek })).toEqual([])
  })

  it('of the start is asked before the start', async () => {
    expect(await asked({ ...awaitsApproval, status: 'pending', stageIndex: -1 })).toEqual(['approve'])
  })
})

describe('a breach', () => {
  const breached = aPausedRollout({
    owner: marek,
    alerts: { channel: null, onCall: 'S0ONCALL', second: 'S0SECOND', escalateAfterMinutes: 30 },
  })

  it('waits for its owner', async () => {
    expect(await asked(breached, { person: marek })).toEqual(['acknowledge'])
  })

  it('waits for who is on call, and for no other bystander', async () => {
    expect(await asked(breached, { groups: ['S0ONCALL'] })).toEqual(['acknowledge'])
    expect(await asked(breached)).toEqual([])
  })

  it('waits for the second group once nobody has answered in time', async () => {
    expect(await asked(breached, { groups: ['S0SECOND'], now: noon + 29 * minute })).toEqual([])
    expect(await asked(breached, { groups: ['S0SECOND'], now: noon + 30 * minute })).toEqual(['acknowledge'])
  })

  it('waits for those whom the policy names for it', async () => {
    const policy = { rights: { decide: { groups: ['S0TESTENG'] } } }
    expect(await asked(breached, { policy })).toEqual(['acknowledge'])
    expect(await asked(breached, { policy, not: ['acknowledge'] })).toEqual([])
  })

  it('waits for nobody of whom Slack cannot say whether they are called', async () => {
    expect(await asked(breached, { groups: null })).toEqual([])
  })

  it('that is only observed, or over, waits for nobody', async () => {
    const observed = { ...breached, breaches: [aBreach({ mode: 'observe' })] }
    expect(await asked({ ...observed, status: 'active', pause: null }, { person: marek })).toEqual([])
    const over = { ...breached, breaches: [aBreach({ closed: { at: noon, how: 'acknowledged' } })] }
    expect(await asked(over, { person: marek })).toEqual(['resume'])
  })

  it('comes with no other question about the same rollout', async () => {
    const two = { ...breached, breaches: [aBreach(), aBreach({ gate: 'error rate' })] }
    expect(await asked(two, { person: marek })).toEqual(['acknowledge', 'acknowledge'])
  })
})

describe('a rollout that is ready', () => {
  const isReady = aRollout({ readiness: ready })

  it('waits for whoever may advance it', async () => {
    expect(await asked(isReady)).toEqual(['advance'])
    expect(await asked(isReady, { not: ['advance'] })).toEqual([])
    expect(await asked(aRollout())).toEqual([])
  })

  it('in its last stage completes by itself', async () => {
    expect(await asked({ ...isReady, stageIndex: 3 })).toEqual([])
  })
})

describe('a rollout that stands', () => {
  const pause = { reason: 'person', why: 'lunch', by: marek, at: noon }
  const stands = aRollout({ status: 'paused', pause })

  it('waits for its owner alone', async () => {
    expect(await asked(stands)).toEqual(['resume'])
    expect(await asked(stands, { person: marek })).toEqual([])
    expect(await asked(stands, { not: ['resume'] })).toEqual([])
  })

  it('waits for nobody when the service resumes it by itself', async () => {
    expect(await asked({ ...stands, pause: { ...pause, reason: 'window' } })).toEqual([])
  })

  it('that a program of the same name started is nobody’s', async () => {
    expect(await asked({ ...stands, owner: { ...ines, door: 'api' } })).toEqual([])
  })
})

function given(by: Actor) {
  return { by, at: noon, expiresAt: null }
}
