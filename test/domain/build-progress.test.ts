import { expect, test } from 'vitest'
import { buildProgress } from '../../server/domain/build-progress.ts'
import { base, build } from '../support/plan-builder.ts'

const desired = { id: build, since: 100, servedAt: 110 }
const facts = (part: Partial<Parameters<typeof buildProgress>[0]>) =>
  buildProgress({ desired, pulled: null, ran: null, ...part })

test.each([
  ['nothing asked', { desired: null }],
  ['not told yet', { desired: { ...desired, servedAt: null } }],
  ['told', {}],
  ['told', { ran: { id: base, at: 90 } }],
  ['failed to take it', { pulled: { id: build, state: 'failed' as const, at: 120 } }],
  ['pulled', { pulled: { id: build, state: 'pulled' as const, at: 120 }, ran: { id: base, at: 130 } }],
  ['says it runs', { pulled: { id: build, state: 'running' as const, at: 120 }, ran: { id: base, at: 115 } }],
  [
    'runs another build',
    { pulled: { id: build, state: 'running' as const, at: 120 }, ran: { id: base, at: 130 } },
  ],
  ['confirmed', { ran: { id: build, at: 130 } }],
])('a station is "%s" by %j', (word, part) => {
  expect(facts(part)).toBe(word)
})
