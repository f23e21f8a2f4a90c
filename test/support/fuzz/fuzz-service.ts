// Sends generated requests to the service, and says which of its answers no client should get: faults of its own, none at
// all, one that says nothing, or a refusal that has written something.
import fc from 'fast-check'
import { z } from 'zod'
import type { TestService } from '../service-on.ts'
import { anyRequests, type FuzzRequest } from './any-request.ts'
import { type FuzzLine, fuzzLine } from './fuzz-line.ts'
import { tableMarks } from './table-marks.ts'

export type Fault = { number: number; request: string; status: number; why: string }
export type Fuzzed = { sent: number; statuses: Record<string, number>; compared: number; faults: Fault[] }
type Options = {
  seed: number
  requests: number
  /** Of refused writes every so manieth is looked at, for what it left in the tables. */
  compareEvery: number
}
type Said = { status: number; type: string; text: string; retryAfter: string | undefined }

/** Real milliseconds within which everything is answered. */
const patienceMs = 5_000

/** @param service one whose pages are open to this machine. The same seed sends the same requests. */
export async function fuzzService(service: TestService, options: Options): Promise<Fuzzed> {
  const line = await fuzzLine(service)
  await service.app.ready()
  const result: Fuzzed = { sent: 0, statuses: {}, compared: 0, faults: [] }
  for (const request of requestsOf(service, options)) {
    const number = result.sent
    if (number % 100 === 0) await line.goOn(number / 100)
    result.sent += 1
    const compares = request.method !== 'GET' && number % options.compareEvery === 0
    // What stations have shown is read, and kept, before a decision is refused: nothing of it is to be left over.
    if (compares) await service.judge()
    const before = compares ? await tableMarks(service.database.db) : null
    const said = await send(service, line, request, number)
    const group = `${Math.floor(said.status / 100)}xx`
    result.statuses[group] = (result.statuses[group] ?? 0) + 1
    const fault = (why: string) =>
      result.faults.push({ number, request: told(line, request), status: said.status, why })
    for (const why of wrongWith(request, said)) fault(why)
    if (before === null || said.status < 400) continue
    result.compared += 1
    const after = await tableMarks(service.database.db)
    const changed = Object.keys(after).filter((name) => after[name] !== before[name])
    if (changed.length > 0) fault(`was refused and changed ${changed.join(', ')}: ${said.text.slice(0, 200)}`)
  }
  return result
}

/** Every route in turn, each time with another request. */
function* requestsOf(service: TestService, { seed, requests }: Options): Generator<FuzzRequest> {
  const kinds = anyRequests(service.app.swagger())
  const rounds = Math.ceil(requests / kinds.length)
  const samples = kinds.map((kind, index) => fc.sample(kind, { seed: seed + index, numRuns: rounds }))
  for (let number = 0; number < requests; number++) {
    const request = samples[number % kinds.length]?.[Math.floor(number / kinds.length)]
    if (request) yield request
  }
}

async function send(
  service: TestService,
  line: FuzzLine,
  request: FuzzRequest,
  number: number,
): Promise<Said> {
  const { method, url, who, headers, payload } = request
  const never = Promise.withResolvers<Said>()
  const late = setTimeout(
    () => never.resolve({ status: 0, type: '', text: '', retryAfter: undefined }),
    patienceMs,
  )
  const answered = async (): Promise<Said> => {
    const reply = await service.app.inject({
      method,
      url: line.filledIn(url),
      headers: { ...headers, ...line.authorization(who, number) },
      ...(payload === null ? {} : { payload: line.filledIn(payload) }),
    })
    await service.stations.settled()
    return {
      status: reply.statusCode,
      type: String(reply.headers['content-type'] ?? ''),
      text: reply.body,
      retryAfter: reply.headers['retry-after']?.toString(),
    }
  }
  try {
    return await Promise.race([answered(), never.promise])
  } finally {
    clearTimeout(late)
  }
}

const errorShape = z.object({ code: z.string().min(1), message: z.string().min(1) })

function wrongWith({ route }: FuzzRequest, { status, type, text, retryAfter }: Said): string[] {
  if (status === 0) return [`was not answered within ${patienceMs / 1_000} s`]
  if (status >= 500 && !(status === 503 && retryAfter !== undefined))
    return [`was answered with ${text.slice(0, 300)}`]
  const isInterface = /\/(api|webhooks)\//.test(route)
  if (status < 400 || !isInterface) return []
  if (!type.startsWith('application/json')) return [`was refused with ${type}: ${text.slice(0, 300)}`]
  return errorShape.safeParse(JSON.parse(text)).success
    ? []
    : [`was refused without code and message: ${text.slice(0, 300)}`]
}

function told(line: FuzzLine, { method, url, who, headers, payload }: FuzzRequest): string {
  const body = payload === null ? '' : ` ${JSON.stringify(line.filledIn(payload)).slice(0, 600)}`
  return `${method} ${line.filledIn(url).slice(0, 300)} as ${who} ${JSON.stringify(headers).slice(0, 200)}${body}`
}
