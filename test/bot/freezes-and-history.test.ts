// Freezes as people type them and read them, and the history of a procedure.
import { describe, expect, it } from 'vitest'
import { procedureId } from '../../server/domain/ids.ts'
import { ines, marek, uuid } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { aProcedure, type FakeService } from './support/fake-service.ts'
import { idle, live, procedure, typing } from './support/typing.ts'

describe('a freeze', () => {
  it('lasts until a time on the clock of the procedure’s factory', async () => {
    const { service, says, clock } = await typing(
      'http',
      'freeze PCBA-FCT --until tomorrow 06:00 audit',
      live,
    )
    await says('Froze')
    const [frozen] = service.policies.frozen
    const until = new Date(frozen?.until ?? '')
    expect(until.toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })).toBe('06:00:00')
    const hours = (until.getTime() - clock.now) / 3_600_000
    expect(hours).toBeGreaterThan(5)
    expect(hours).toBeLessThan(31)
    expect(frozen?.why).toBe('audit')
  })

  it('of everything asks for a zone where the factories have several', async () => {
    const far = aProcedure({ id: procedureId.parse(uuid(4, 2)), name: 'Burn-in', zone: 'America/Chicago' })
    const given = { ...idle, procedures: [procedure, far] }
    const vague = await typing('http', 'freeze everything --until tomorrow 06:00 audit', given)
    await vague.says('several time zones', 'such as 3h')
    expect(vague.service.policies.frozen).toEqual([])
    const clear = await typing('http', 'freeze everything --until 3h audit', given)
    await clear.says('Froze')
  })

  it('that is in force stands in the status, with who set it and how long it holds', async () => {
    const { says } = await typing('http', 'status', live, ({ policies }) => {
      policies.given('organisation', {
        freezes: [{ from: '2026-11-20T08:00:00Z', to: null, why: 'inventory', sites: ['Munich'], by: marek }],
      })
    })
    await says(
      '*Frozen:* everything at Munich, until it is lifted: inventory, by Marek Nowak',
      'stage 2 of 4',
    )
  })

  it('of another procedure does not stand in the status of this one', async () => {
    const burnIn = procedureId.parse(uuid(4, 2))
    const given = { ...live, procedures: [procedure, aProcedure({ id: burnIn, name: 'Burn-in' })] }
    const freezing = ({ policies }: FakeService) =>
      policies.given(burnIn, {
        freezes: [{ from: '2026-11-20T08:00:00Z', to: null, why: 'oven', sites: [] }],
      })
    const one = await typing('http', 'status PCBA-FCT', given, freezing)
    expect(await one.says('stage 2 of 4')).not.toContain('oven')
    const all = await typing('http', 'status', given, freezing)
    await all.says('*Frozen:* Burn-in, until it is lifted: oven')
  })
})

it('history tells who did what and why, with a link to the page', async () => {
  const rollout = {
    id: aRollout().id,
    url: 'https://x.test/r',
    version: '2.4.1',
    status: 'completed' as const,
  }
  const { says } = await typing('http', 'history', live, (fake) => {
    fake.history = async () => [
      {
        at: 1_795_176_000_000,
        by: marek,
        what: 'rolled out 2.4.1 in 2 days',
        why: 'limits <!channel>',
        rollout,
      },
      { at: 1_795_000_000_000, by: ines, what: 'rolled back to 2.3.9', why: null, rollout: null },
    ]
  })
  await says(
    'Marek Nowak rolled out 2.4.1 in 2 days: limits &lt;!channel&gt; · <https://x.test/r|completed>',
    'Ines Duarte rolled back to 2.3.9',
  )
})
