// What pages tell people to ask of the HTTP interface is there: an empty page would otherwise lead to a 404.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()

test('every address of the interface that a page names is one of its addresses', async () => {
  const described = (await service.ask('GET', '/docs/json')).body.paths as Record<string, object>
  const known = Object.entries(described).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${unnamed(path)}`),
  )
  const told = globSync('views/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/api\/v1\/[^\s<`']+)/g)].map(
      ([, method, path]) => `${method} ${unnamed(path ?? '')}`,
    ),
  )
  expect(told.length).toBeGreaterThan(5)
  expect(told.filter((each) => !known.includes(each))).toEqual([])
})

/** `{id}` and `${id}` alike. */
function unnamed(path: string): string {
  return path.replaceAll(/\$?\{[^}]*\}/g, '{}')
}
