// Requests to every route that the service describes, and to its pages: good ones, and such with something wrong in them.
import fc from 'fast-check'
import { z } from 'zod'
import { anyOfSchema, type Schema, schemaRead } from './any-of-schema.ts'
import { hostileText, written } from './hostile-values.ts'
import { anyKnown, knownNamed } from './known.ts'
import { looseBodies } from './loose-bodies.ts'
import { pagePaths } from './page-paths.ts'
import { spoiled } from './spoiled.ts'

export type Who = 'admin' | 'station' | 'nobody' | 'wrong' | 'malformed'
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type FuzzRequest = {
  /** Of the description: "POST /api/v1/rollouts/{id}/advance". */
  route: string
  method: Method
  url: string
  who: Who
  headers: Record<string, string>
  payload: string | null
}

const parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  schema: schemaRead,
})
const operation = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: schemaRead.default({}) })) })
    .optional(),
})
const description = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) })
const method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

type Operation = z.infer<typeof operation>

/** One kind of requests for each route. @param openApi the description that the service gives of itself. */
export function anyRequests(openApi: unknown): fc.Arbitrary<FuzzRequest>[] {
  const described = Object.entries(description.parse(openApi).paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([name, each]) =>
      anyRequest(method.parse(name.toUpperCase()), path, each),
    ),
  )
  return [...described, ...pagePaths.map(({ method, path, form }) => anyPage(method, path, form))]
}

function anyRequest(method: Method, path: string, told: Operation): fc.Arbitrary<FuzzRequest> {
  const route = `${method} ${path}`
  const schema = told.requestBody?.content['application/json']?.schema ?? null
  const body = looseBodies[route] ?? (schema && anyOfSchema(schema, ''))
  return fc.record({
    route: fc.constant(route),
    method: fc.constant(method),
    url: fc
      .tuple(pathOf(path), queryOf(told.parameters.filter((each) => each.in === 'query')))
      .map((parts) => parts.join('')),
    who: whoFor(path),
    headers: method === 'GET' ? getHeaders : bodyHeaders,
    payload: body === null ? payloadless(method) : payloadOf(body),
  })
}

function anyPage(method: Method, path: string, form: Record<string, string[]>): fc.Arbitrary<FuzzRequest> {
  const values = Object.fromEntries(
    Object.entries(form).map(([key, known]) => [key, mostly(fc.constantFrom(...known), hostileText)]),
  )
  return fc.record({
    route: fc.constant(`${method} ${path}`),
    method: fc.constant(method),
    url: fc
      .tuple(
        pathOf(path),
        fc
          .dictionary(fc.constantFrom(...pageQueries), mostly(anyKnown('time'), hostileText), { maxKeys: 3 })
          .map(queryText),
      )
      .map((parts) => parts.join('')),
    who: fc.constant<Who>('nobody'),
    headers:
      method === 'GET'
        ? getHeaders
        : fc.constant({
            'content-type': 'application/x-www-form-urlencoded',
            origin: 'http://firstpass.test',
          }),
    payload:
      method === 'GET'
        ? fc.constant(null)
        : fc.record(values, { requiredKeys: [] }).map((each) => queryText(each).slice(1)),
  })
}

const pageQueries = [
  'range',
  'from',
  'to',
  'gate',
  'key',
  'status',
  'site',
  'line',
  'page',
  'after',
  'limit',
  'kind',
  'q',
  'sort',
]

/** Good three times, then a bad one. */
function mostly<Value>(good: fc.Arbitrary<Value>, bad: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 7, arbitrary: good }, { weight: 1, arbitrary: bad })
}

const badSegments = fc.oneof(
  hostileText.map(encoded),
  fc.constantFrom(
    '%00',
    '%ff',
    '%',
    '%E0%A4%A',
    '..%2f..',
    '%2e%2e',
    '%7B%7D',
    '1',
    '-1',
    '1e9',
    '99999999999999999999',
    'me',
  ),
)

function pathOf(path: string): fc.Arbitrary<string> {
  const segments = path.split('/').map((segment, index, all) => {
    const named = /^\{(\w+)\}(.*)$/.exec(segment)
    if (!named) return fc.constant(segment)
    const [, name = '', rest = ''] = named
    return mostly(inPath(name, all[index - 1] ?? ''), badSegments).map((value) => `${value}${rest}`)
  })
  return fc.tuple(...segments).map((all) => all.join('/'))
}

function inPath(name: string, before: string): fc.Arbitrary<string> {
  const byName = name === 'id' ? null : knownNamed(name)
  if (byName) return byName.map(encoded)
  const kind = {
    procedures: 'procedure',
    deployments: 'deployment',
    stations: 'station',
    rollouts: 'rollout',
    runs: 'run',
    uploads: 'upload',
    'station-alarms': 'alarm',
  }[before]
  const found = kinds.find((each) => each === kind)
  return found ? anyKnown(found) : hostileText.map(encoded)
}

const kinds = ['procedure', 'deployment', 'station', 'rollout', 'run', 'upload', 'alarm'] as const

function queryOf(
  parameters: { name: string; required?: boolean | undefined; schema: Schema }[],
): fc.Arbitrary<string> {
  const values = Object.fromEntries(
    parameters.map(({ name, schema }) => [
      name,
      mostly(anyOfSchema(schema, name).map(queryValue), hostileText),
    ]),
  )
  const required = parameters.filter((each) => each.required).map(({ name }) => name)
  const known = fc.record(values, { requiredKeys: required })
  return fc
    .tuple(known, fc.constantFrom({}, {}, {}, { extra: '1' }, { __proto__: 'x' }, { 'a[b]': 'c' }))
    .map(([query, more]) => queryText({ ...query, ...more }))
}

function queryValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function queryText(query: Record<string, string | undefined>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encoded(name)}=${encoded(value)}`],
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Half a surrogate pair has no encoding: it goes as the bytes that a careless client would send. Place-holders stay. */
function encoded(text: string): string {
  if (/^\{\{\w+\.\d+\}\}$/.test(text)) return text
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}

const stationRoutes = /\/me\/|^\/api\/(v1\/(runs|uploads|import|streaming)|v2|cli)/

function whoFor(path: string): fc.Arbitrary<Who> {
  const usual: Who = stationRoutes.test(path) ? 'station' : 'admin'
  const other: Who = usual === 'station' ? 'admin' : 'station'
  return fc.oneof(
    { weight: 14, arbitrary: fc.constant(usual) },
    { weight: 3, arbitrary: fc.constant(other) },
    { weight: 1, arbitrary: fc.constantFrom<Who>('nobody', 'wrong', 'malformed') },
  )
}

const more = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { 'x-actor-name': 'Ada \u00e9' },
  { 'x-actor-name': 'x'.repeat(5_000) },
  { 'x-actor-door': 'command line' },
  { 'x-deployment-id': 'not one' },
  { accept: 'text/html;q=0.1, */*' },
  { 'accept-language': '*' },
  { 'accept-encoding': 'br;q=2, zz' },
  { cookie: 'firstpass_session=%00; a=b; firstpass_did=x.y' },
  { range: 'bytes=9-1' },
  { 'user-agent': '' },
)
const getHeaders = fc
  .tuple(
    more,
    fc.constantFrom<Record<string, string>>(
      {},
      {},
      { 'if-none-match': '"x"' },
      { 'if-none-match': 'W/*' },
      { 'if-modified-since': 'never' },
    ),
  )
  .map((all) => Object.assign({}, ...all))
const types = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-16',
      'APPLICATION/JSON;;',
      'text/plain',
      'text/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/xml',
      '*/*',
      ';',
    ),
  },
)
const bodyHeaders = fc.tuple(more, types).map(([headers, type]) => ({ ...headers, 'content-type': type }))

function payloadOf(body: fc.Arbitrary<unknown>): fc.Arbitrary<string | null> {
  return fc.oneof(
    { weight: 9, arbitrary: body.map(written) },
    { weight: 9, arbitrary: spoiled(body).map(written) },
    {
      weight: 2,
      arbitrary: fc.tuple(body.map(written), fc.nat({ max: 400 })).map(([text, end]) => text.slice(0, end)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...badTexts) },
    { weight: 1, arbitrary: fc.constant(null) },
  )
}

function payloadless(method: Method): fc.Arbitrary<string | null> {
  return method === 'GET' ? fc.constant(null) : fc.constantFrom(null, null, '{}', ...badTexts)
}

const badTexts = [
  '',
  ' ',
  'null',
  '[]',
  '"text"',
  '42',
  'NaN',
  '{',
  '{"a":1,"a":2}',
  "{'a':1}",
  '{"a":1}{"b":2}',
  '\ufeff{}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{}}}',
  `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`,
  'a=1&b[c]=2',
]
