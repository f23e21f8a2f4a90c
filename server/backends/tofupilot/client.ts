// Asks TofuPilot over HTTP, with a user's key, at the one address that the operator has set. Every answer is parsed.
import { z } from 'zod'
import { type ForeignRun, foreignRun } from '../../domain/tofupilot/foreign-run.ts'
import { answered, TofupilotFailure, unanswered } from './failure.ts'

/** Shorter than a pin is held for whoever sends it: see `holdMs`. */
const longestMs = 10_000
const pageSize = 100
/** A list that never ends is a fault of its server. */
const mostPages = 1_000
const longestSaid = 200

const meta = z.looseObject({
  has_more: z.boolean(),
  next_cursor: z.union([z.string(), z.number()]).nullish(),
})
const commit = z.looseObject({
  sha: z.string(),
  message: z.string().default(''),
  branch: z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]).nullish(),
  author_username: z.string().nullish(),
})
const given = z.looseObject({ commit: commit.nullish() }).nullish()
const station = z.looseObject({
  id: z.string(),
  name: z.string(),
  team: z.looseObject({ name: z.string() }).nullish(),
  procedures: z.array(z.looseObject({ id: z.string(), deployment: given })).default([]),
})
const deployment = z.looseObject({
  id: z.string(),
  environment: z.string(),
  status: z.string(),
  skipped: z.boolean().default(false),
  deployed_at: z.string(),
  commit: commit.nullish(),
})
const procedure = z.looseObject({ id: z.string(), name: z.string() })
const error = z.looseObject({
  message: z.string(),
  code: z.string().nullish(),
  issues: z.array(z.looseObject({ message: z.string() })).nullish(),
})

export type ForeignStation = z.infer<typeof station>
export type ForeignDeployment = z.infer<typeof deployment>
export type ForeignProcedure = z.infer<typeof procedure>
export type RunsAsked = { procedureId: string; deploymentId?: string; after: number; before?: number }
export type TofupilotClient = ReturnType<typeof tofupilotClient>

/** Each function throws a TofupilotFailure, and nothing else, when it has no answer. @param url without `/api/v2`. */
export function tofupilotClient({
  url,
  token,
  requestMs = longestMs,
}: {
  url: string
  token: string
  requestMs?: number
}) {
  const base = `${url.replace(/\/+$/, '').replace(/\/api(\/v2)?$/, '')}/api/v2`

  async function ask<Answer>(
    method: 'GET' | 'POST',
    path: string,
    shape: z.ZodType<Answer>,
    body?: unknown,
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    try {
      const answer = await fetch(`${base}${path}`, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        // The key is for this address alone: whoever it would be led to is not it.
        redirect: 'error',
        signal: AbortSignal.timeout(requestMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok)
        throw answered(
          answer.status,
          { text: saidIn(text), retryAfter: answer.headers.get('retry-after') },
          Date.now(),
        )
      return read(shape, text, `${method} ${path.split('?')[0]}`)
    } catch (fault) {
      throw fault instanceof TofupilotFailure ? fault : unanswered(fault)
    }
  }

  async function* pages<Item>(
    path: string,
    item: z.ZodType<Item>,
    asked: Record<string, string | string[]>,
  ): AsyncGenerator<Item[]> {
    const shape = z.looseObject({ data: z.array(item), meta })
    let cursor: string | null = null
    for (let page = 0; page < mostPages; page++) {
      const query = new URLSearchParams({ limit: String(pageSize), ...(cursor === null ? {} : { cursor }) })
      for (const [name, values] of Object.entries(asked))
        for (const value of [values].flat()) query.append(name, value)
      const answer: z.infer<typeof shape> = await ask('GET', `${path}?${query}`, shape)
      yield answer.data
      const next = answer.meta.next_cursor
      if (!answer.meta.has_more || next === null || next === undefined) return
      cursor = String(next)
    }
    throw unanswered(new Error(`${path} has more than ${mostPages} pages`))
  }

  async function all<Item>(found: AsyncGenerator<Item[]>): Promise<Item[]> {
    const items: Item[] = []
    for await (const page of found) items.push(...page)
    return items
  }

  return {
    procedure: (id: string): Promise<ForeignProcedure> =>
      ask('GET', `/procedures/${encodeURIComponent(id)}`, procedure),
    stations: (procedureId: string): Promise<ForeignStation[]> =>
      all(pages('/stations', station, { procedure_ids: procedureId })),
    /** With what it is given for each of its procedures. */
    station: (id: string): Promise<ForeignStation> =>
      ask('GET', `/stations/${encodeURIComponent(id)}`, station),
    deployments: (procedureId: string): Promise<ForeignDeployment[]> =>
      all(pages('/deployments', deployment, { procedure_ids: procedureId })),
    /** In the order in which TofuPilot stored them, a page at a time. `after`, `before`: when it stored them. */
    runs: ({ procedureId, deploymentId, after, before }: RunsAsked): AsyncGenerator<ForeignRun[]> =>
      pages('/runs', foreignRun, {
        procedure_ids: procedureId,
        ...(deploymentId === undefined ? {} : { deployment_ids: deploymentId }),
        created_after: new Date(after).toISOString(),
        ...(before === undefined ? {} : { created_before: new Date(before).toISOString() }),
        sort_by: 'created_at',
        sort_order: 'asc',
      }),
    /** With phases and logs. */
    run: (id: string): Promise<ForeignRun> => ask('GET', `/runs/${encodeURIComponent(id)}`, foreignRun),
    async pin(stationId: string, deploymentId: string): Promise<void> {
      const path = `/stations/${encodeURIComponent(stationId)}/deployments/${encodeURIComponent(deploymentId)}`
      await ask('POST', path, z.unknown())
    },
    async rollBack(procedureId: string, deploymentId: string): Promise<void> {
      const path = `/procedures/${encodeURIComponent(procedureId)}/rollback`
      await ask('POST', path, z.unknown(), { deployment_id: deploymentId })
    },
  }
}

function read<Answer>(shape: z.ZodType<Answer>, text: string, what: string): Answer {
  const parsed = shape.safeParse(parsedJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new TofupilotFailure(
    `${what} was answered otherwise than expected: ${issue?.path.join('.')}: ${issue?.message}`,
    { kind: 'away', status: 200, waitMs: null, arrived: 'unknown' },
  )
}

/** A pin may be answered with nothing. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function saidIn(text: string): string {
  const said = error.safeParse(parsedJson(text)).data
  const issues = said?.issues?.map(({ message }) => message) ?? []
  const words = said ? [said.message, ...issues.filter((each) => each !== said.message)].join('; ') : text
  return (
    words
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, longestSaid) || 'nothing said'
  )
}
