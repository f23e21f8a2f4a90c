// Any runs of a build: few names, so that they meet; limits of each kind; some products.
import fc from 'fast-check'
import { runOf } from '../../support/definition-builder.ts'

const measured = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    units: fc.constantFrom('V', 'mV'),
    lower_limit: fc.integer({ min: 0, max: 9 }),
    upper_limit: fc.option(fc.integer({ min: 10, max: 12 }), { nil: null }),
    validators: fc.constantFrom([], ["'x' matches /OK/"], ['x > 3']),
  },
  { requiredKeys: ['name'] },
)

export const anySaid = fc.dictionary(
  fc.constantFrom('power', 'rf', 'rest'),
  fc.array(measured, { maxLength: 3 }),
)

export const anyRuns = fc.array(
  fc
    .record({ said: anySaid, product: fc.constantFrom(null, 'TX-100', 'TX-300'), hasPassed: fc.boolean() })
    .map(({ said, product, hasPassed }) => runOf(said, product, hasPassed)),
  { maxLength: 25 },
)
