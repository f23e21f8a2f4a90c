import { expect, test } from 'vitest'
import type { Actor } from '../../server/domain/actor.ts'
import { isKnownToSlack, isSameActor } from '../../server/domain/known-to-slack.ts'
import { firstpass, ines, marek } from '../support/fixed-values.ts'

const onPage: Actor = { ...ines, door: 'page' }
const local: Actor = { kind: 'person', id: 'local', name: 'Somebody at this machine', door: 'page' }

test('a person is the same one on the page and in Slack', () => {
  expect(isSameActor(ines, onPage)).toBe(true)
  expect(isSameActor(ines, { ...marek, door: 'page' })).toBe(false)
  expect(isSameActor(ines, { ...ines, door: 'api' })).toBe(false)
  expect(isSameActor(firstpass, firstpass)).toBe(true)
})

test('Slack knows who signed in with it, and neither programs nor somebody at this machine', () => {
  expect([ines, onPage].map(isKnownToSlack)).toEqual([true, true])
  const others: Actor[] = [local, firstpass, { ...onPage, kind: 'program' }, { ...ines, door: 'api' }]
  expect(others.map(isKnownToSlack)).toEqual([false, false, false, false])
})
