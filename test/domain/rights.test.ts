// Who may use a verb: what is said of the verb itself, else of its kind, else nobody is kept out.
import { describe, expect, test } from 'vitest'
import { mayUse, type RightfulVerb, rightfulVerb, rights, stops } from '../../server/domain/rights.ts'

const engineers = { groups: ['S0ENGINEERS'], users: [] }
const leads = { groups: [], users: ['U0LEAD'] }
const said = (given: object) => rights.parse(given)

describe('a verb may be used by', () => {
  test('every full member where nothing is said of it nor of its kind', () => {
    expect(mayUse(said({}), 'advance')).toBe(null)
    expect(mayUse(said({ stop: leads, approve: leads, configure: leads }), 'advance')).toBe(null)
  })

  test('those of its kind', () => {
    expect(mayUse(said({ decide: engineers }), 'advance')).toEqual(engineers)
    expect(mayUse(said({ stop: leads }), 'abort')).toEqual(leads)
  })

  test('those of the verb itself, whatever its kind says', () => {
    const both = said({ decide: engineers, override: leads })
    expect(mayUse(both, 'override')).toEqual(leads)
    expect(mayUse(both, 'advance')).toEqual(engineers)
  })

  test('nobody, where it says so', () => {
    expect(mayUse(said({ decide: engineers, set: {} }), 'set')).toEqual({ groups: [], users: [] })
  })
})

test('whoever may only stop cannot bring a build further, approve it or change the settings', () => {
  const stopping: RightfulVerb[] = ['pause', 'abort', 'rollback', 'freeze']
  expect(rightfulVerb.options.filter(stops).sort()).toEqual([...stopping].sort())
  const rightsOfLine = said({ decide: engineers, approve: engineers, configure: engineers, stop: leads })
  for (const verb of rightfulVerb.options)
    expect(mayUse(rightsOfLine, verb)).toEqual(stopping.includes(verb) ? leads : engineers)
})
