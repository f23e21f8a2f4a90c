// Good bodies of the routes whose description leaves them open, because their parsers answer fault by fault.
import fc from 'fast-check'
import { z } from 'zod'
import { organisationPolicy, procedurePolicy } from '../../../server/domain/policy.ts'
import { anyOfSchema, schemaRead } from './any-of-schema.ts'
import { anyKnown } from './known.ts'

const procedure = anyKnown('procedure')
const station = anyKnown('station')
const deployment = anyKnown('deployment')
const outcome = fc.constantFrom('PASS', 'PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED')
const start = fc.constant('{{time.0}}')
const phases = fc.array(
  fc.record(
    {
      name: fc.constantFrom('rails', 'flash', 'p\u00e9riph'),
      outcome,
      measurements: fc.array(
        fc.record(
          {
            name: fc.constantFrom('3V3', 'current', 'x / y'),
            measured_value: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom<unknown>('ok', true, null)),
            outcome,
            units: fc.constantFrom('V', 'mA'),
            lower_limit: fc.integer(),
            upper_limit: fc.integer(),
          },
          { requiredKeys: ['name'] },
        ),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: ['name', 'outcome'] },
  ),
  { maxLength: 3 },
)

export const anyRun = fc.record(
  {
    procedure_id: procedure,
    serial_number: anyKnown('serial'),
    outcome,
    started_at: start,
    ended_at: start,
    station_id: station,
    deployment_id: deployment,
    metadata: fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
    phases,
    part_number: fc.constantFrom('PCB-1', 'PCB-2'),
    failure_code: fc.constantFrom('E12', 'flux'),
    sample: fc.constantFrom('golden', 'failing', 'ignored'),
    metrics: fc.dictionary(fc.constantFrom('mA', 'retries'), fc.double({ noNaN: true }), { maxKeys: 2 }),
    shadow: fc.boolean(),
  },
  { requiredKeys: ['procedure_id', 'serial_number', 'outcome', 'started_at', 'ended_at', 'station_id'] },
)

const oldRun = fc.record(
  {
    unit_under_test: fc.record(
      { serial_number: anyKnown('serial'), part_number: fc.constantFrom('PCB-1', 'PCB-2') },
      { requiredKeys: ['serial_number'] },
    ),
    run_passed: fc.boolean(),
    procedure_id: procedure,
    started_at: start,
    duration: fc.constantFrom('PT1S', 'PT42.5S', 'P1D'),
    phases,
    logs: fc.array(fc.record({ level: fc.constantFrom('INFO', 'ERROR'), message: fc.string() }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: ['unit_under_test', 'run_passed', 'procedure_id'] },
)

const policyOf = (schema: z.ZodType) =>
  anyOfSchema(schemaRead.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })), 'policy')
const rule = fc.record({
  category: fc.constantFrom('fixture', 'script'),
  contains: fc.constantFrom<unknown>('flux', ['short', 'open']),
})
const policyBody = (schema: z.ZodType) =>
  fc.record({
    policy: policyOf(schema),
    expected_version: fc.integer({ min: 0, max: 3 }),
    reason: fc.constant('fuzz'),
  })

/** By method and path of the description. */
export const looseBodies: Record<string, fc.Arbitrary<unknown>> = {
  'POST /api/v1/runs': fc.oneof({ weight: 2, arbitrary: anyRun }, oldRun),
  'POST /api/v2/runs': anyRun,
  'POST /api/v1/runs/batch': fc.record({ runs: fc.array(anyRun, { minLength: 1, maxLength: 5 }) }),
  'PUT /api/v1/policy': policyBody(organisationPolicy),
  'PUT /api/v1/procedures/{id}/policy': policyBody(procedurePolicy),
  'POST /api/v1/failure-rules/try': fc.record({
    procedure_id: procedure,
    rules: fc.array(rule, { maxLength: 3 }),
    text: fc.constant('flux on pad 7'),
  }),
}
