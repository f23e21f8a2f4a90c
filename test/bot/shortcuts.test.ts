// The shortcuts that open the form of a start, one of them filled with what a message says.
import { describe, expect, it } from 'vitest'
import { mentionedBuild } from '../../bot/forms/mentioned-build.ts'
import { deploymentId, procedureId } from '../../server/domain/ids.ts'
import { ines, uuid } from '../support/fixed-values.ts'
import { aDeployment } from '../support/rollout-view-builder.ts'
import { aBuild, aProcedure, fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const procedure = aProcedure()
const second = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'PCBA-FCT 2' })
const build = aBuild(aDeployment({ sha: 'abc1234def5678900000' }))
const other = aBuild(
  aDeployment({ id: deploymentId.parse(uuid(2, 6)), version: '2.4.10', sha: 'fedcba98765432100000' }),
)

describe('the build that a message speaks of', () => {
  const service = fakeService({ procedures: [procedure], deployments: [build, other] })
  const both = { procedureId: procedure.id, deploymentId: build.id }

  it.each([
    ['PCBA-FCT 2.4.1 is built, please roll it out', both],
    ['pcba-fct: v2.4.1. Go!', both],
    ['built PCBA-FCT-2.4.1', both],
    ['commit abc1234 of PCBA-FCT passed', both],
    ['nothing but abc1234def', both],
    ['PCBA-FCT 2.4.10 is out', { procedureId: procedure.id, deploymentId: other.id }],
    ['PCBA-FCT is slow today', { procedureId: procedure.id }],
    ['PCBA-FCT: 2.4.1 or 2.4.10?', { procedureId: procedure.id }],
    ['PCBA-FCT 2.4.1-rc1', { procedureId: procedure.id }],
    ['PCBA-FCT 12.4.1', { procedureId: procedure.id }],
    ['lunch?', {}],
    ['', {}],
    ['2.4.1', both],
  ])('%j', async (text, found) => {
    expect(await mentionedBuild(service, text)).toEqual(found)
  })

  it('is of the longest name that is there, and of none when two are', async () => {
    const two = fakeService({ procedures: [procedure, second], deployments: [] })
    expect(await mentionedBuild(two, 'PCBA-FCT 2 is slow')).toEqual({ procedureId: second.id })
    const apart = fakeService({ procedures: [procedure, aProcedure({ name: 'Burn-in' })], deployments: [] })
    expect(await mentionedBuild(apart, 'PCBA-FCT and Burn-in')).toEqual({})
  })

  it('is not one of two procedures with the same version', async () => {
    const two = fakeService({ procedures: [procedure, second], deployments: [build] })
    expect(await mentionedBuild(two, 'version 2.4.1')).toEqual({})
  })

  it('is found in seconds in a long message of one letter', async () => {
    const long = 'a'.repeat(50_000)
    expect(await mentionedBuild(service, `${long} PCBA-FCT`)).toEqual({})
  })
})

describe.each(['http', 'socket'] as const)('over %s', (door) => {
  it('the shortcut on a message opens the form with its procedure', async () => {
    const service = fakeService({ procedures: [procedure], deployments: [build] })
    const { workspace } = await openBot({ service, door })
    await workspace.say({ user: ines.id, channel, text: 'PCBA-FCT 2.4.1 is built' })
    const { ts } = workspace.messages(channel).at(-1) ?? { ts: '' }
    await workspace.shortcut({ user: ines.id, callbackId: 'start_from_message', channel, ts })
    await workspace.waitFor(() => workspace.views(ines.id).length > 0, 2000)
    const view = workspace.views(ines.id).at(-1)
    expect(view?.callback_id).toBe('start_rollout')
    expect(JSON.stringify(view?.blocks)).toContain(procedure.id)
  })

  it('the shortcut from anywhere opens the empty form', async () => {
    const { workspace } = await openBot({ door })
    await workspace.shortcut({ user: ines.id, callbackId: 'start_rollout' })
    await workspace.waitFor(() => workspace.views(ines.id).length > 0, 2000)
    const view = workspace.views(ines.id).at(-1)
    expect(view?.callback_id).toBe('start_rollout')
    expect(JSON.stringify(view?.blocks)).not.toContain(procedure.id)
  })
})
