// What people mistype and ask at the wrong time: every wrong word gets the right ones, and nothing is changed.
import { describe, expect, it } from 'vitest'
import { deploymentId, procedureId } from '../../server/domain/ids.ts'
import { ines, uuid } from '../support/fixed-values.ts'
import { aDeployment, aRollout } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, type fakeService } from './support/fake-service.ts'
import { channel } from './support/open-bot.ts'
import { builds, ended, idle, live, procedure, typing } from './support/typing.ts'

describe('bad input', () => {
  const preview = aBuild({
    ...aDeployment({ id: deploymentId.parse(uuid(2, 4)), version: '2.5.0-pr7', sha: '444444444' }),
    environment: 'preview',
    notEligible: 'is a preview build: promote it first',
  })
  const building = aBuild({
    ...aDeployment({ id: deploymentId.parse(uuid(2, 3)), version: '2.6.0', sha: '333333333' }),
    status: 'building',
    notEligible: 'is not ready: its build is building',
  })
  const two = {
    ...idle,
    procedures: [procedure, aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Burn-in' })],
  }
  const given = { ...live, deployments: [...builds, preview, building] }

  it.each<[string, Parameters<typeof fakeService>[0], ...string[]]>([
    ['start PCBA-FTC 2.4.2', given, 'No procedure is called *PCBA-FTC*', '`/rollout start PCBA-FCT`'],
    [
      'rollback PCBA-FTC 2.3.9 why',
      given,
      'No procedure is called',
      '`/rollout rollback PCBA-FCT 2.3.9 why`',
    ],
    ['history PCBA-FTC', given, 'No procedure is called *PCBA-FTC*', '`/rollout history PCBA-FCT`'],
    ['config PCBA-FTC', given, 'No procedure is called *PCBA-FTC*', '`/rollout config PCBA-FCT`'],
    ['freeze PCBA-FTC audit', given, 'No procedure is called', '`/rollout freeze PCBA-FCT audit`'],
    ['freeze everyting audit', given, 'Did you mean `/rollout freeze everything audit`?'],
    ['retry PCBA-FTC why', ended, 'No procedure is called', '`/rollout retry PCBA-FCT why`'],
    ['start PCBA-FCT 2.6.0', given, '*2.6.0* cannot be rolled out: it is not ready: its build is building'],
    [
      'start PCBA-FCT 2.5.0-pr7',
      given,
      'a preview build',
      'Only production builds go to stations: `firstpass deploy promote`',
    ],
    ['supersede 2.5.0-pr7 why', given, 'a preview build', 'Only production builds go to stations'],
    ['supersede 2.4.1 why', given, '*2.4.1* is the build that is being rolled out'],
    ['supersede 2.4.2', given, 'It needs a reason', '/rollout supersede'],
    ['supersede 2.4.2 why', idle, 'No rollout is live'],
    ['set 0% why', given, 'Expected more than 0 %'],
    ['set 140% why', given, 'Expected at most 100 %'],
    ['retest 0', given, 'Expected how many pairs, a whole number from 1 to 200, got *0*'],
    ['retest many', given, 'Expected how many pairs', 'got *many*'],
    ['retest --with-error', given, '--with-error is not an option', 'Did you mean --with-errors?'],
    [
      'rollback PCBA-FCT 2.4.2 why',
      given,
      '*2.4.2* never ran on all stations',
      'Known good: 2.3.9',
      'rollback PCBA-FCT 2.3.9',
    ],
    [
      'rollback PCBA-FCT 2.4.0 why',
      given,
      '*2.4.0* already is the build of every station',
      'Known good: 2.3.9',
    ],
    ['rollback PCBA-FCT 9.9 why', given, 'has no version *9.9*', 'Known good: 2.3.9'],
    ['rollback PCBA-FCT', given, 'Which version of *PCBA-FCT*?', '`/rollout rollback PCBA-FCT 2.3.9`'],
    [
      'rollback PCBA-FCT 2.3.9',
      given,
      'A rollback needs a reason',
      'rollback PCBA-FCT 2.3.9 fails good boards',
    ],
    ['rollback 2.3.9 why', two, 'There are 2 procedures', '`/rollout rollback Burn-in 2.3.9 why`'],
    ['freeze audit', two, 'Name a procedure, or everything', '`/rollout freeze everything audit`'],
    ['freeze everything', given, 'A freeze needs a reason', '/rollout freeze everything --until 3h audit'],
    ['freeze everything --until soon audit', given, '--until: Expected until when, such as 3h', 'got "soon"'],
    ['freeze everything --until 2020-01-01T10:00 audit', given, 'which is over'],
    ['freeze everything --untl 3h audit', given, '--untl is not an option', 'Did you mean --until?'],
    ['history PCBA-FCT please', given, 'takes a procedure only'],
    [
      'start PCBA-FCT 2.4.2 --group nowhere',
      given,
      'No site, line or tag is called nowhere',
      'There are: Line 1',
    ],
  ])('/rollout %s', async (text, holding, ...says) => {
    const { service, says: answered } = await typing('http', text, holding)
    await answered(...says, `\`\`\`/rollout ${text}\`\`\``)
    expect([service.commanded, service.started, service.superseded, service.rolledBack]).toEqual([
      [],
      [],
      [],
      [],
    ])
    expect([service.retried, service.retestsAsked, service.policies.frozen]).toEqual([[], [], []])
  })

  it('a rollout that is live already is named and linked, and replacing it is offered', async () => {
    const line = { ...aRollout(), stageCount: 4 }
    const busy = { ...live, procedures: [aProcedure({ live: line })] }
    const open = await typing('http', 'start PCBA-FCT 2.4.2 --preset hot-fix new limits', busy, (fake) => {
      fake.refusal = { refused: 'not now', why: 'a rollout of PCBA-FCT is already live', next: '' }
    })
    await open.says(
      `<${line.url}|PCBA-FCT 2.4.1>, active, stage 2 of 4, owner Ines Duarte`,
      '`/rollout supersede PCBA-FCT 2.4.2 --preset hot-fix new limits`',
    )
    const message = open.workspace.ephemerals(ines.id).at(-1)
    const click = { user: ines.id, channel, ts: message?.ts ?? '', actionId: 'supersede' }
    expect(await open.workspace.click(click)).toMatchObject({ ok: true })
    await open.workspace.waitFor(() => open.workspace.views(ines.id).length > 0, 2000)
    expect(open.workspace.views(ines.id).at(-1)?.callback_id).toBe('start_rollout')
  })

  it('a build that is being rolled out is not offered to replace itself', async () => {
    const busy = { ...live, procedures: [aProcedure({ live: { ...aRollout(), stageCount: 4 } })] }
    const { says } = await typing('http', 'start PCBA-FCT 2.4.1 again', busy, (fake) => {
      fake.refusal = { refused: 'not now', why: 'a rollout of PCBA-FCT is already live', next: '' }
    })
    const text = await says(
      'PCBA-FCT 2.4.1> is being rolled out already: active',
      '`/rollout status PCBA-FCT`',
    )
    expect(text).not.toContain('supersede')
  })

  it('a refusal for another reason is told as it is', async () => {
    const { says } = await typing('http', 'start PCBA-FCT 2.4.2 why', idle, (fake) => {
      fake.refusal = { refused: 'not now', why: 'the first stage may take no station: frozen', next: 'Wait.' }
    })
    await says('The first stage may take no station: frozen', 'Wait.')
  })

  it('a rollback that a live rollout hinders says how to abort it', async () => {
    const busy = { ...live, procedures: [aProcedure({ live: { ...aRollout(), stageCount: 4 } })] }
    const { service, says } = await typing('http', 'rollback PCBA-FCT 2.3.9 fails good boards', busy)
    await says('PCBA-FCT 2.4.1> is being rolled out', '`/rollout abort PCBA-FCT fails good boards`')
    expect(service.rolledBack).toEqual([])
  })
})
