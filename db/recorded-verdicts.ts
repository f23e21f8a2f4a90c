// Verdicts on record with what they were computed from: kept small, and read back whole to be computed again.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { canonical } from '../server/domain/canonical.ts'
import { type KeptAsked, type KeptFixed, keptQuestion } from '../server/domain/gates/kept-question.ts'
import type { GateQuestion } from '../server/domain/gates/question.ts'
import type { Verdict } from '../server/domain/gates/verdict.ts'
import type { RolloutId } from '../server/domain/ids.ts'
import type { RolloutState } from '../server/domain/rollout/state.ts'
import { type Db, rows } from './client.ts'

const compress = promisify(brotliCompress)
const expand = promisify(brotliDecompress)
/** Of 11; beyond this, a tenth of the bytes costs ten times the time. */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/**
 * Adds a verdict to the record. At a moment that has one already, nothing is added: two in the same millisecond are not
 * told apart. With five gates 10 stations take 0.5 kB each and 2,000 stations 15 kB, or 71 kB where
 * every count of base is weighted to the canary's shifts; what stays the same 0.8 and 82 kB, once a rollout.
 */
export async function recordVerdict(
  tx: Db,
  { procedureId, id }: Pick<RolloutState, 'procedureId' | 'id'>,
  verdict: Verdict,
  question: GateQuestion,
): Promise<void> {
  const { fixed, asked } = keptQuestion(question)
  const fixedText = canonical(fixed)
  const askedText = JSON.stringify(asked)
  const fixedDigest = sha256(fixedText)
  const [added] = await rows<{ id: number }>(
    tx,
    sql`insert into verdicts (procedure_id, rollout_id, at, verdict)
        values (${procedureId}::uuid, ${id}::uuid, ${new Date(verdict.at).toISOString()}::timestamptz,
          ${JSON.stringify(verdict)}::text::jsonb)
        on conflict (procedure_id, rollout_id, at) do nothing returning id::float8 as id`,
  )
  if (!added) return
  await tx.execute(
    sql`insert into verdict_inputs (procedure_id, rollout_id, verdict_id, fixed_digest, asked, digest)
        values (${procedureId}::uuid, ${id}::uuid, ${added.id}::bigint, ${fixedDigest},
          decode(${await packed(askedText)}, 'base64'), ${digestOf(verdict, fixedDigest, askedText)})`,
  )
  const [known] = await rows(
    tx,
    sql`select 1 from verdict_fixed_inputs where procedure_id = ${procedureId}::uuid and rollout_id = ${id}::uuid
        and digest = ${fixedDigest}`,
  )
  if (known) return
  await tx.execute(
    sql`insert into verdict_fixed_inputs (procedure_id, rollout_id, digest, content)
        values (${procedureId}::uuid, ${id}::uuid, ${fixedDigest}, decode(${await packed(fixedText)}, 'base64'))
        on conflict do nothing`,
  )
}

/** `inputs` null: from before they were kept. `isWhole`: nothing of the two was changed since they were written. */
export type RecordedVerdict = {
  id: number
  verdict: Verdict
  inputs: { fixed: KeptFixed; asked: KeptAsked; isWhole: boolean } | null
}

/** Null when the rollout has no such verdict. */
export async function recordedVerdict(
  db: Db,
  rolloutId: RolloutId,
  verdictId: number,
): Promise<RecordedVerdict | null> {
  const [found] = await rows<{
    id: number
    verdict: Verdict
    asked: string | null
    fixed: string | null
    fixedDigest: string | null
    digest: string | null
  }>(
    db,
    sql`select v.id::float8 as id, v.verdict, encode(i.asked, 'base64') as asked, encode(f.content, 'base64') as fixed,
          i.fixed_digest as "fixedDigest", i.digest
        from verdicts v
        left join verdict_inputs i on i.procedure_id = v.procedure_id and i.rollout_id = v.rollout_id and i.verdict_id = v.id
        left join verdict_fixed_inputs f on f.procedure_id = v.procedure_id and f.rollout_id = v.rollout_id
          and f.digest = i.fixed_digest
        where v.procedure_id = (select procedure_id from rollouts where id = ${rolloutId}::uuid)
          and v.rollout_id = ${rolloutId}::uuid and v.id = ${verdictId}::bigint`,
  )
  if (!found) return null
  const { id, verdict, fixedDigest, digest } = found
  if (found.asked === null || found.fixed === null || fixedDigest === null)
    return { id, verdict, inputs: null }
  const asked = await unpacked(found.asked)
  const fixed = await unpacked(found.fixed)
  const isWhole = sha256(fixed) === fixedDigest && digestOf(verdict, fixedDigest, asked) === digest
  return { id, verdict, inputs: { fixed: JSON.parse(fixed), asked: JSON.parse(asked), isWhole } }
}

function digestOf(verdict: Verdict, fixedDigest: string, asked: string): string {
  return sha256(`${canonical(verdict)}\n${fixedDigest}\n${asked}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function packed(text: string): Promise<string> {
  return (await compress(text, quality)).toString('base64')
}

async function unpacked(base64: string): Promise<string> {
  return (await expand(Buffer.from(base64, 'base64'))).toString('utf8')
}
