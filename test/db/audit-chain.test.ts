// Threat: somebody with access to the database rewrites who decided what. On each engine.

import { type SQL, sql } from 'drizzle-orm'
import { TransactionRollbackError } from 'drizzle-orm/errors'
import { describe, expect, test } from 'vitest'
import { auditSources, organisationChain } from '../../db/audit-sources.ts'
import { hashAfter, type KeptHead, verifyAudit } from '../../db/audit-verification.ts'
import { rows } from '../../db/client.ts'
import { recordProcedureEvent } from '../../db/registry.ts'
import { recordStation } from '../../db/station-record.ts'
import { firstpass } from '../../server/domain/actor.ts'
import { tamper } from '../support/behind-its-back.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const { db } = database
const line = await testLine(service, { stations: 3 })
const rollout = await testRollout(service, line)
await rollout.confirm()
await service.judge(line.procedure)
await rollout.verb('pause', { reason: 'look at it' })
await rollout.verb('abort', { reason: 'enough seen' })
await ask('PUT', '/api/v1/policy', { body: { policy: {}, expected_version: 0 } })
await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, { body: { policy: {}, expected_version: 0 } })
await ask('POST', '/api/v1/tokens', { body: { name: 'x', scopes: ['read'] } })
await ask('PUT', `/api/v1/stations/${line.bench(0).id}/hold`, { body: { reason: 'calibration' } })

const chain = line.procedure
const faults = async (heads: KeptHead[] = []) =>
  (await verifyAudit(db, heads)).flatMap(({ fault }) => fault ?? [])
const headOf = async (of: string): Promise<KeptHead> => {
  const found = (await verifyAudit(db, [])).find((each) => each.chain === of)
  return { chain: of, number: found?.entries ?? 0, hash: found?.head ?? '' }
}
const event = (type: string) => sql`procedure_id = ${chain}::uuid and type = ${type}`
const entryOf = (type: string) =>
  sql`procedure_id = ${chain}::uuid and source = 'events' and item = (select sequence from events where ${event(type)})`
const numberOf = async (type: string) =>
  (
    await rows<{ number: number }>(
      db,
      sql`select number::int as number from audit_entries where ${entryOf(type)}`,
    )
  )[0]?.number

/** What is found after somebody did that; then it never happened. */
async function foundAfter(statements: SQL[], heads: KeptHead[] = []): Promise<string[]> {
  let found: string[] = []
  await db
    .transaction(async (tx) => {
      await tamper(tx, statements)
      found = (await verifyAudit(tx, heads)).flatMap(({ fault }) => fault ?? [])
      tx.rollback()
    })
    .catch((error: unknown) => {
      if (!(error instanceof TransactionRollbackError)) throw error
    })
  return found
}

describe('the record', () => {
  test('of decisions, policies, stations and access is chained as it is written, each row once', async () => {
    expect(await faults()).toEqual([])
    const sources = await rows<{ source: string; own: boolean }>(
      db,
      sql`select distinct source, procedure_id = ${organisationChain}::uuid as own from audit_entries order by 1, 2`,
    )
    expect(sources).toEqual(
      expect.arrayContaining([
        { source: 'events', own: false },
        { source: 'procedure_events', own: false },
        { source: 'policies', own: false },
        { source: 'policies', own: true },
        { source: 'station_events', own: true },
        { source: 'access_events', own: true },
      ]),
    )
  })

  test('takes further rows and nothing else', async () => {
    for (const { table } of auditSources)
      for (const statement of [
        `update ${table} set ${table === 'verdict_inputs' ? 'digest = digest' : 'at = at'}`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ])
        await expect(db.execute(sql.raw(statement)), statement).rejects.toMatchObject({
          cause: { message: expect.stringContaining(`${table} is the record`) },
        })
    for (const statement of [
      'delete from audit_entries',
      'truncate audit_entries',
      'delete from audit_chains',
      `update audit_entries set digest = repeat('0', 64)`,
      'update audit_entries set number = null, hash = null',
      'update audit_chains set length = length - 1',
    ])
      await expect(db.execute(sql.raw(statement)), statement).rejects.toMatchObject({
        cause: { message: expect.stringContaining('is the record') },
      })
    expect(await faults()).toEqual([])
  })

  test('shows a row that was changed', async () => {
    const number = await numberOf('RolloutAborted')
    const found = await foundAfter([
      sql`update events set body = jsonb_set(body, '{by,name}', '"Somebody else"') where ${event('RolloutAborted')}`,
    ])
    expect(found).toEqual([
      expect.stringMatching(
        new RegExp(`^entry ${number} \\(events ${rollout.id}/\\d+\\): the row was changed`),
      ),
    ])
    expect(await faults()).toEqual([])
  })

  test('shows a row of each kind that was changed', async () => {
    const changes: [string, SQL][] = [
      [
        'policies',
        sql`update policies set by = jsonb_set(by, '{name}', '"Nobody"') where scope = 'organisation'`,
      ],
      ['station_events', sql`update station_events set why = 'another reason' where type = 'held'`],
      ['access_events', sql`update access_events set body = '{}'`],
      [
        'procedure_events',
        sql`update procedure_events set at = at + interval '1 hour' where procedure_id = ${chain}::uuid`,
      ],
    ]
    for (const [table, change] of changes)
      expect(await foundAfter([change]), table).toEqual([expect.stringContaining(`(${table} `)])
  })

  test('shows a row that is gone, with its entry or without', async () => {
    const number = await numberOf('RolloutPaused')
    expect(await foundAfter([sql`delete from events where ${event('RolloutPaused')}`])).toEqual([
      expect.stringMatching(new RegExp(`^entry ${number} .*is gone$`)),
    ])
    const both = [
      sql`delete from audit_entries where ${entryOf('RolloutPaused')}`,
      sql`delete from events where ${event('RolloutPaused')}`,
    ]
    expect(await foundAfter(both)).toEqual([expect.stringMatching(new RegExp(`^entry ${number} is missing`))])
    const number2 = Number(number)
    const closed = sql`update audit_entries set number = number - 1 where procedure_id = ${chain}::uuid and number > ${number2}`
    expect(await foundAfter([...both, closed])).toEqual([
      expect.stringMatching(new RegExp(`^entry ${number} .*does not follow entry ${number2 - 1}`)),
    ])
  })

  test('shows two that were exchanged', async () => {
    const swap = (
      column: string,
    ) => sql`update events e set ${sql.raw(`${column} = o.${column}`)} from events o
      where e.procedure_id = ${chain}::uuid and o.procedure_id = e.procedure_id and o.rollout_id = e.rollout_id
        and ((e.type = 'RolloutPaused' and o.type = 'RolloutAborted') or (e.type = 'RolloutAborted' and o.type = 'RolloutPaused'))`
    expect(await foundAfter([swap('body')])).toEqual([expect.stringContaining('the row was changed')])
    const place = (from: number, to: number) =>
      sql`update audit_entries set number = ${to} where procedure_id = ${chain}::uuid and number = ${from}`
    expect(await foundAfter([place(2, -1), place(3, 2), place(-1, 3)])).toEqual([
      expect.stringMatching(/^entry 2 .*does not follow entry 1/),
    ])
  })

  test('shows a row that was put there past the chain', async () => {
    expect(
      await foundAfter([
        sql`insert into events (procedure_id, rollout_id, sequence, type, body, at)
            select procedure_id, rollout_id, sequence + 1000, type, body, at from events where ${event('RolloutPaused')}`,
      ]),
    ).toEqual([expect.stringContaining('a row without an entry: events')])
  })

  test('shows that its end was cut off, by its own note, or by a head kept elsewhere where that was changed too', async () => {
    const kept = await headOf(chain)
    const last = sql`select number from audit_entries where procedure_id = ${chain}::uuid order by number desc limit 3`
    const cut = [
      sql`delete from events e using audit_entries a where a.procedure_id = ${chain}::uuid and e.procedure_id = a.procedure_id
            and a.source = 'events' and a.owner = e.rollout_id::text and a.item = e.sequence and a.number in (${last})`,
      sql`delete from policies where scope = ${chain}`,
      sql`delete from audit_entries where procedure_id = ${chain}::uuid and number in (${last})`,
    ]
    expect(await foundAfter(cut)).toEqual([expect.stringContaining('cut at its end')])
    const note = sql`update audit_chains c set length = length - 3, hash = (select hash from audit_entries a
        where a.procedure_id = c.procedure_id order by number desc limit 1) where procedure_id = ${chain}::uuid`
    expect(await foundAfter([...cut, note])).toEqual([])
    expect(await foundAfter([...cut, note], [kept])).toEqual([
      expect.stringContaining(`cut at its end: it had ${kept.number} entries when that head was kept`),
    ])
    expect(
      await foundAfter(
        [sql`delete from audit_entries`, sql`delete from audit_chains`, ...everything()],
        [kept],
      ),
    ).toEqual([expect.stringContaining(`it had ${kept.number} entries`)])
  })

  test('shows that a chain was made anew, once a head was kept elsewhere', async () => {
    const kept = await headOf(chain)
    const anew = [
      sql`update events set body = jsonb_set(body, '{by,name}', '"Somebody else"') where ${event('RolloutAborted')}`,
      sql`delete from audit_entries`,
      sql`delete from audit_chains`,
    ]
    const written = async (heads: KeptHead[]) => {
      let found: string[] = []
      await db
        .transaction(async (tx) => {
          await tamper(tx, anew)
          for (const { table, chain: of, owner, item, fields } of auditSources)
            await tx.execute(
              sql.raw(`insert into audit_entries (procedure_id, source, owner, item, digest) select ${of}, '${table}', ${owner}, ${item},
                encode(sha256(convert_to(jsonb_build_object('table', '${table}', ${fields})::text, 'UTF8')), 'hex') from ${table} r`),
            )
          await tx.execute(sql`select audit_chain_new()`)
          found = (await verifyAudit(tx, heads)).flatMap(({ fault }) => fault ?? [])
          tx.rollback()
        })
        .catch((error: unknown) => {
          if (!(error instanceof TransactionRollbackError)) throw error
        })
      return found
    }
    expect(await written([])).toEqual([])
    expect(await written([kept])).toEqual([expect.stringContaining('the chain was made anew')])
  })
})

test('the hash of an entry is what anybody can compute from the entry before it', async () => {
  const found = await rows<{
    number: number
    source: string
    owner: string
    item: string
    digest: string
    hash: string
  }>(
    db,
    sql`select number::int as number, source, owner, item::text as item, digest, hash from audit_entries
        where procedure_id = ${chain}::uuid order by number`,
  )
  let head: string = chain
  for (const { hash, ...entry } of found) {
    head = hashAfter(head, entry)
    expect(hash).toBe(head)
  }
})

test('what is rolled back leaves no gap, and transactions that write to two chains in either order go through', async () => {
  const before = await headOf(organisationChain)
  const at = new Date(clock.now())
  const onStation = { stationId: line.bench(1).id, type: 'changed', by: firstpass, at } as const
  const onProcedure = { procedureId: line.procedure, type: 'Test', body: {}, at }
  await db
    .transaction(async (tx) => {
      await recordStation(tx, onStation)
      tx.rollback()
    })
    .catch(() => {})
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      db.transaction(async (tx) => {
        const acts = [() => recordStation(tx, onStation), () => recordProcedureEvent(tx, onProcedure)]
        for (const act of index % 2 === 0 ? acts : acts.toReversed()) await act()
      }),
    ),
  )
  expect(await faults()).toEqual([])
  expect((await headOf(organisationChain)).number).toBe(before.number + 12)
})

function everything(): SQL[] {
  return auditSources.map(({ table }) => sql.raw(`delete from ${table}`))
}
