// Every subcommand of /rollout, typed in the local Slack workspace and answered by the real app.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageText } from '../../bot/blocks/build.ts'
import { gateTitle } from '../../bot/blocks/wording.ts'
import { list, why } from '../../bot/commands/look.ts'
import { procedureId, rolloutId } from '../../server/domain/ids.ts'
import { ines, noon, uuid } from '../support/fixed-values.ts'
import { aBlindRollout, aRolloutOfEveryKind, everyKind } from '../support/gates-of-every-kind.ts'
import { aBreach, aDeployment, aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { aGate, aVerdict } from '../support/verdict-builder.ts'
import { anyVerdict } from './support/any-verdict.ts'
import { aBuild, aProcedure, fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits, textOfMessage } from './support/limits.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

const user = ines.id
const other = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Final Test' })
const otherRollout = aRollout({
  id: rolloutId.parse(uuid(1, 2)),
  procedure: { id: other.id, name: other.name, channel: 'C0ROLLOUTS', team: null, attemptRule: 'ever' },
})

const asked = { words: [], by: ines, commandId: 'x', now: noon, refused: async () => null }

async function typing(text: string, given: Parameters<typeof fakeService>[0] = { rollouts: [aRollout()] }) {
  const service = fakeService(given)
  const open = await openBot({ service })
  const outcome = await open.workspace.command({ user, channel, text })
  expect(outcome).toMatchObject({ ok: true })
  return { ...open, service, says: (...parts: (string | RegExp)[]) => answerTo(open, user, ...parts) }
}

describe('a verb over the only live rollout', () => {
  it.each([
    ['advance', { verb: 'advance', why: null, override: false }],
    ['advance looks good', { verb: 'advance', why: 'looks good', override: false }],
    [
      'advance PCBA-FCT --override fixture was dirty',
      { verb: 'advance', why: 'fixture was dirty', override: true },
    ],
    ['advance pcba-fct', { verb: 'advance', why: null, override: false }],
    ['pause', { verb: 'pause', why: 'no reason given' }],
    ['pause checking fixture 3', { verb: 'pause', why: 'checking fixture 3' }],
    ['RESUME', { verb: 'resume', why: null }],
    ['abort PCBA-FCT false fails on line 3', { verb: 'abort', why: 'false fails on line 3' }],
    ['abort don’t trust it <yet> & so on', { verb: 'abort', why: 'don’t trust it <yet> & so on' }],
    ['set 50% night shift', { verb: 'set', share: 0.5, why: 'night shift', override: false }],
    ['set PCBA-FCT 50 % night shift', { verb: 'set', share: 0.5, why: 'night shift', override: false }],
    ['undo too early', { verb: 'undo', why: 'too early' }],
    ['approve', { verb: 'approve' }],
    [
      'waive fct-03 under repair',
      { verb: 'waive', stationId: aRollout().stations[2]?.id, why: 'under repair' },
    ],
  ])('/rollout %s', async (text, verb) => {
    const { service, says } = await typing(text)
    await says('PCBA-FCT 2.4.1', `did ${verb.verb}`)
    expect(service.commanded).toMatchObject([{ id: aRollout().id, verb, by: ines }])
  })

  it('is issued against the state that was read, an abort against the build only', async () => {
    const advanced = await typing('advance')
    await advanced.says('did advance')
    const deploymentId = aRollout().deployment.id
    expect(advanced.service.commanded[0]?.against).toEqual({ stageIndex: 1, deploymentId, version: 7 })
    const aborted = await typing('abort too many fails')
    await aborted.says('did abort')
    expect(aborted.service.commanded[0]?.against).toEqual({ deploymentId })
  })

  it('carries an id made of the trigger, so that a repeated request is one command', async () => {
    const service = fakeService({ rollouts: [aRollout()] })
    const open = await openBot({ service })
    const outcome = await open.workspace.command({ user, channel, text: 'pause' })
    await answerTo(open, user, 'did pause')
    expect(service.commanded[0]?.commandId).toBe(`slack:${outcome.triggerId}`)
  })

  it('shows a refusal with what to do, and gives back what was typed', async () => {
    const { service, workspace, ...open } = await typing('advance', { rollouts: [aRollout({ version: 7 })] })
    await open.says('did advance')
    service.refusal = {
      refused: 'not ready',
      why: 'The stage is not ready.',
      next: 'Wait, or override with a reason.',
    }
    await workspace.command({ user, channel, text: 'advance looks *good* to me' })
    await open.says(
      'The stage is not ready.',
      'Wait, or override',
      '```/rollout advance looks *good* to me```',
    )
  })
})

describe('a reason that is missing', () => {
  it.each(['abort', 'abort PCBA-FCT', 'undo', 'set 50%', 'waive FCT-03', 'advance --override'])(
    '/rollout %s is answered with an example and changes nothing',
    async (text) => {
      const { service, says } = await typing(text)
      await says('For example: `/rollout', `\`\`\`/rollout ${text}\`\`\``)
      expect(service.commanded).toEqual([])
    },
  )
})

describe('numbers out of range', () => {
  it.each([
    ['set 0% why', 'Expected more than 0 %'],
    ['set 140% why', 'Expected at most 100 %'],
    ['set half why', 'Expected a percentage such as 50%'],
    ['start PCBA-FCT 2.4.1 --stages 10%,50%', 'Expected the last stage to be 100%'],
    ['start PCBA-FCT 2.4.1 --stages 50%,10%,100%', 'larger than the one before'],
  ])('/rollout %s', async (text, says) => {
    const run = await typing(text, text.startsWith('start') ? {} : undefined)
    await run.says(says, text)
    expect(run.service.commanded).toEqual([])
    expect(run.service.started).toEqual([])
  })
})

describe('which rollout is meant', () => {
  const both = { rollouts: [aRollout(), otherRollout], procedures: [aProcedure(), other] }

  it('is asked with the exact commands when several are live', async () => {
    const { service, says } = await typing('abort false fails', both)
    await says(
      '2 rollouts are live',
      '`/rollout abort PCBA-FCT false fails`',
      '`/rollout abort "Final Test" false fails`',
    )
    expect(service.commanded).toEqual([])
  })

  it('is clear from a name, quoted or not, in any case', async () => {
    for (const text of [
      'abort "final test" false fails',
      'abort Final Test false fails',
      'abort “Final test” false fails',
    ]) {
      const { service, says } = await typing(text, both)
      await says('did abort')
      expect(service.commanded).toMatchObject([{ id: otherRollout.id, verb: { why: 'false fails' } }])
    }
  })

  it('is never guessed from a misspelt name', async () => {
    const { service, says } = await typing('advance PCBA-FTC', {
      rollouts: [otherRollout],
      procedures: [aProcedure(), other],
    })
    await says('No procedure is called *PCBA-FTC*', '`/rollout advance PCBA-FCT`')
    expect(service.commanded).toEqual([])
  })

  it('is nothing when none is live', async () => {
    const { says } = await typing('pause', { rollouts: [] })
    await says('No rollout is live')
  })

  it('is nothing when the named procedure has none', async () => {
    const { says } = await typing('pause PCBA-FCT', {
      rollouts: [otherRollout],
      procedures: [aProcedure(), other],
    })
    await says('No rollout of *PCBA-FCT* is live', '`/rollout start PCBA-FCT VERSION`')
  })
})

describe('/rollout start with words', () => {
  it('starts at once with the standard plan', async () => {
    const { service, says } = await typing('start pcba-fct 2.4.1 tightened VCC', {})
    await says('started', 'its card is in <#C0ROLLOUTS>')
    expect(service.started).toMatchObject([
      {
        input: { deploymentId: aDeployment().id, reason: 'tightened VCC' },
        plan: { preset: 'standard' },
        by: ines,
      },
    ])
  })

  it('takes a preset, a group and stages of its own', async () => {
    const preset = await typing('start PCBA-FCT 2.4.1 —preset Hot-Fix --group "line 1" urgent', {})
    await preset.says('started')
    expect(preset.service.started).toMatchObject([
      { plan: { preset: 'hot-fix', group: { lines: ['Line 1'] } }, input: { reason: 'urgent' } },
    ])
    const custom = await typing('start PCBA-FCT 2.4.1 --stages 1, 25 %, 100% urgent', {})
    await custom.says('started')
    const plan = custom.service.started[0]?.plan
    expect(plan?.stages.map((stage) => stage.target)).toEqual([
      { stations: 1 },
      { share: 0.25 },
      { share: 1 },
    ])
    expect(plan?.stages.map((stage) => stage.soak.firstAttempts)).toEqual([100, 300, 0])
    expect(plan?.stages.map((stage) => stage.soak.minutes)).toEqual([1440, 1440, 0])
  })

  it('soaks as long as the procedure asks', async () => {
    const { service, says } = await typing('start PCBA-FCT 2.4.1 --stages 50%,100%', {
      procedures: [aProcedure({ soakMinutes: 90 })],
    })
    await says('started')
    expect(service.started[0]?.plan.stages[0]?.soak.minutes).toBe(90)
  })

  it.each([
    ['start PCBA-FTC 2.4.1', 'No procedure is called *PCBA-FTC*', '`/rollout start PCBA-FCT`'],
    ['start PCBA-FCT 2.4.2', 'has no version *2.4.2*', 'Close to it: 2.4.1'],
    ['start PCBA-FCT 2.5.0', '*2.5.0* cannot be rolled out: it is not ready', 'Latest: 2.4.1'],
    ['start PCBA-FCT 2.4.1 --preset hotfix', 'No preset is called *hotfix*', 'Did you mean hot-fix'],
    ['start PCBA-FCT 2.4.1 --prest hot-fix', '--prest is not an option', 'Did you mean --preset'],
    ['start PCBA-FCT 2.4.1 --group nowhere', 'No site, line or tag is called nowhere', 'There are: Line 1'],
    ['start PCBA-FCT 2.4.1 --preset hot-fix --stages 100%', 'either --preset or --stages', ''],
  ])('/rollout %s says what is right', async (text, ...parts) => {
    const failed = aBuild({
      ...aDeployment({ version: '2.5.0', sha: 'f00' }),
      notEligible: 'is not ready: its build is failed',
    })
    const { service, says } = await typing(text, { deployments: [aBuild(), failed] })
    await says(...parts, text)
    expect(service.started).toEqual([])
  })
})

describe('the commands that look', () => {
  it('/rollout status shows the card to the one who asks, without buttons', async () => {
    const open = await typing('status PCBA-FCT')
    await open.says('PCBA-FCT 2.4.1, stage 2 of 4: active, healthy so far')
    const shown = open.workspace.ephemerals(user).at(-1)
    expect(JSON.stringify(shown?.blocks)).toContain('First-pass yield')
    expect(JSON.stringify(shown?.blocks)).not.toContain('"abort"')
  })

  it('/rollout list names live rollouts first', async () => {
    const ended = aRollout({
      id: rolloutId.parse(uuid(1, 9)),
      status: 'completed',
      endedAt: noon,
      createdAt: noon,
    })
    const { says } = await typing('list', { rollouts: [ended, aPausedRollout()] })
    const text = await says('paused, stage 2 of 4', 'completed')
    expect(text.indexOf('paused')).toBeLessThan(text.indexOf('completed'))
  })

  it('/rollout list loses none of fifteen long lines', async () => {
    const rollouts = Array.from({ length: 15 }, (_, index) =>
      aRollout({
        id: rolloutId.parse(uuid(1, 20 + index)),
        procedure: { ...aRollout().procedure, name: '&'.repeat(40) },
        owner: { ...ines, name: '&'.repeat(40) },
      }),
    )
    const { text, blocks = [] } = await list.run(asked, fakeService({ rollouts }))
    expectWithinLimits({ text: messageText(text), blocks })
    expect(textOfMessage({ text: '', blocks }).match(/stage 2 of 4/g)).toHaveLength(15)
  })

  it('/rollout why says what it waits for and what is next', async () => {
    const { says } = await typing('why')
    await says('Open: 60 of 100 first attempts', 'Done: 3 of 3 stations', 'Next: At 100 first attempts')
  })

  it('/rollout why gives every gate with its word, and how the alarm budget is shared', async () => {
    const { says } = await typing('why', { rollouts: [aRolloutOfEveryKind()] })
    const text = await says(
      'First-pass yield: *breach*',
      'Errors: *not enough evidence yet* (about 212 more)',
      'New failure modes (observes): *breach*',
      'Reference samples: *healthy so far*',
      /alarm budget 5.%: first-pass yield 1\.5.%, yield rise \(escapes\) 0\.5.%, errors 0\.6.%/,
    )
    for (const { name } of everyKind) expect(text).toContain(gateTitle(name))
  })

  it('/rollout why says that the gates are blind, and by how much', async () => {
    const { says } = await typing('why', { rollouts: [aBlindRollout()] })
    await says(/\*blind: canary stations make 8.% of the runs, 21.% is usual\*/)
  })

  it('/rollout why stays within Slack’s limits with thirty gates, however they are called', async () => {
    await fc.assert(
      fc.asyncProperty(anyVerdict, async (verdict) => {
        const service = fakeService({ rollouts: [aRollout({ verdict })] })
        const answer = await why.run(asked, service)
        const message = { text: messageText(answer.text), blocks: answer.blocks ?? [] }
        expectWithinLimits(message)
        expectInert(message)
        const lines = textOfMessage(message).match(
          /: \*(?:healthy|not enough|unclear|breach|severe|no data|blind)/g,
        )
        expect(lines?.length ?? 0).toBeGreaterThanOrEqual(verdict.gates.length)
      }),
    )
  })

  it('/rollout why loses no gate and breaks no limit, though every sign of their names is escaped', async () => {
    const gates = Array.from({ length: 30 }, () => aGate({ name: '&'.repeat(60) }))
    const items = Array.from({ length: 20 }, () => ({
      kind: 'soak',
      met: false,
      text: '&'.repeat(200),
      done: 0,
      needed: 1,
    }))
    const view = aRollout({ verdict: aVerdict('breach', gates), readiness: { ready: false, items } })
    const answer = await why.run(asked, fakeService({ rollouts: [view] }))
    const message = { text: messageText(answer.text), blocks: answer.blocks ?? [] }
    expectWithinLimits(message)
    expect(textOfMessage(message).match(/: \*breach\*/g)).toHaveLength(30)
  })

  it('/rollout help lists all, and explains one', async () => {
    const all = await typing('help')
    await all.says('*Stop*', '`abort` take all stations back', '`history`', '/rollout help abort')
    const one = await typing('help abort')
    await one.says('`/rollout abort [PROCEDURE] reason`', 'For example')
    const empty = await typing('')
    await empty.says('`start` start a rollout')
  })
})

describe('words that are no command', () => {
  it.each([
    ['advnce', '`/rollout advance PCBA-FCT looks good on both lines`'],
    ['rollbck everything', '`/rollout rollback PCBA-FCT 2.3.9'],
    ['xyzzyplugh', '`/rollout help`'],
    ['stauts', '`/rollout status PCBA-FCT`'],
  ])('/rollout %s is answered with the nearest right one', async (text, near) => {
    const { service, says } = await typing(text)
    await says('is not something /rollout knows', near, `\`\`\`/rollout ${text}\`\`\``)
    expect(service.commanded).toEqual([])
  })
})

describe('/rollout acknowledge', () => {
  it('means the only open breach, or the gate that is named in everyday words', async () => {
    const only = await typing('acknowledge known bad lot', { rollouts: [aPausedRollout()] })
    await only.says('did acknowledge')
    expect(only.service.commanded).toMatchObject([
      { verb: { gate: 'first-pass yield', why: 'known bad lot' } },
    ])
    const named = await typing('ack PCBA-FCT yield known bad lot', { rollouts: [aPausedRollout()] })
    await named.says('did acknowledge')
    expect(named.service.commanded).toMatchObject([
      { verb: { gate: 'first-pass yield', why: 'known bad lot' } },
    ])
  })

  const several = aRollout({
    verdict: aVerdict('breach', everyKind),
    breaches: [
      aBreach({ gate: 'VCC drift on rail 3' }),
      aBreach({ gate: 'VCC drift' }),
      aBreach({ gate: 'board yield' }),
    ],
  })

  it.each([
    ['ack VCC drift on rail 3 known lot', 'VCC drift on rail 3', 'known lot'],
    ['ack vcc DRIFT on line 3', 'VCC drift', 'on line 3'],
    ['ack "VCC drift on rail 3" known lot', 'VCC drift on rail 3', 'known lot'],
    ['ack PCBA-FCT fixture temperature sensor broken', 'fixture temperature', 'sensor broken'],
    ['ack escapes golden units checked', 'first-pass yield rise', 'golden units checked'],
    ['ack first-pass yield rise checked', 'first-pass yield rise', 'checked'],
  ])('/rollout %s takes the longest name of a gate', async (text, gate, reason) => {
    const { service, says } = await typing(text, { rollouts: [several] })
    await says('did acknowledge')
    expect(service.commanded).toMatchObject([{ verb: { gate, why: reason } }])
  })

  it('means by "yield" the gate of that kind, whatever it is called', async () => {
    const gates = [aGate({ name: 'board yield' }), aGate({ name: 'panel yield' })]
    const view = aRollout({
      verdict: aVerdict('breach', gates),
      breaches: [aBreach({ gate: 'panel yield' })],
    })
    const { service, says } = await typing('ack yield known lot', { rollouts: [view] })
    await says('did acknowledge')
    expect(service.commanded).toMatchObject([{ verb: { gate: 'panel yield', why: 'known lot' } }])
  })

  it('asks for the gate when several are breached, with the commands to type', async () => {
    const { service, says } = await typing('ack known bad lot', { rollouts: [several] })
    await says('3 breaches are open', '`/rollout acknowledge PCBA-FCT "VCC drift on rail 3" reason`')
    expect(service.commanded).toEqual([])
  })

  it('does not take a misspelt gate for a reason about another one', async () => {
    const { service, says } = await typing('ack yeild known bad lot', { rollouts: [aPausedRollout()] })
    await says('No gate is called *yeild*', '`/rollout acknowledge PCBA-FCT yield …`')
    expect(service.commanded).toEqual([])
  })

  it('says so when nothing is breached', async () => {
    const { says } = await typing('acknowledge all fine')
    await says('No breach of *PCBA-FCT* is open')
  })
})

describe('/rollout waive', () => {
  it('names the nearest stations to a wrong name', async () => {
    const { service, says } = await typing('waive FCT-33 broken')
    await says('No station of this rollout is called *FCT-33*', 'FCT-03')
    expect(service.commanded).toEqual([])
  })
})

describe('/rollout retry', () => {
  it('takes up the aborted rollout with a reason', async () => {
    const aborted = aRollout({ status: 'aborted', endedAt: noon })
    const { service, says } = await typing('retry fixture repaired', { rollouts: [aborted] })
    await says('started again')
    expect(service.retried).toEqual([{ id: aborted.id, why: 'fixture repaired' }])
  })
})

describe('a reason that tries to call a channel', () => {
  it('comes back as text', async () => {
    const { says } = await typing('rollbck <!channel> & @here')
    const text = await says('&lt;!channel&gt; &amp; @')
    expect(text).not.toMatch(/<!channel>|@here/)
  })
})

describe('a service that fails', () => {
  it('is owned up to, with what was typed, and written to the log', async () => {
    const service = fakeService({ rollouts: [aRollout()] })
    service.command = () => Promise.reject(new Error('the database is gone'))
    const open = await openBot({ service })
    await open.workspace.command({ user, channel, text: 'pause for lunch' })
    await answerTo(open, user, 'Firstpass failed to do this', '/rollout pause for lunch')
    expect(open.logged.some((line) => line.includes('the database is gone'))).toBe(true)
  })

  it('answers in a direct message when the channel does not take the answer', async () => {
    const open = await openBot({ service: fakeService({ rollouts: [aRollout()] }) })
    open.workspace.faults.set({ kind: 'error500', methods: ['response_url', 'chat.postEphemeral'] })
    await open.workspace.command({ user, channel, text: 'why' })
    await open.workspace.waitFor(() => open.workspace.messages(user).length > 0, 2000)
    expect(open.workspace.messages(user)[0]?.text).toContain('Next: At 100 first attempts')
  })
})

describe('a form that cannot open', () => {
  it('is said, and the command can be typed', async () => {
    const open = await openBot()
    open.workspace.faults.set({ kind: 'error', error: 'expired_trigger_id', methods: ['views.open'] })
    await open.workspace.command({ user, channel, text: 'start' })
    await answerTo(open, user, 'Firstpass failed to do this', '/rollout start')
  })
})
