import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomes } from '../../server/domain/run.ts'
import { runFindings } from '../../server/domain/run-findings.ts'

const captured = (name: string): Record<string, Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`../fixtures/runs/${name}.json`, import.meta.url), 'utf8'))
const openHtf = captured('openhtf')
const bodies = captured('bodies')
const phases = (...all: unknown[]) => ({ phases: all })
const failed = (name: unknown, measurements: unknown = []) => ({ name, outcome: 'FAIL', measurements })

describe('what real clients send', () => {
  test('is little in the smallest body, and nothing is made up for it', () => {
    expect(runFindings(bodies.smallest ?? {}, 'PASS')).toEqual({
      product: null,
      sample: null,
      shadow: false,
      failureMode: null,
      failureText: null,
      measurementCount: null,
      metrics: {},
    })
    expect(runFindings(bodies.withPartNumber ?? {}, 'PASS').product).toBe('PCB-100')
  })

  test('is read from a body with phases', () => {
    expect(runFindings(bodies.withPhases ?? {}, 'FAIL')).toEqual({
      product: 'PCB-100',
      sample: null,
      shadow: false,
      failureMode: 'power_rails / rail_3v3',
      failureText: 'phase power_rails: measurement rail_3v3 out of limits (3.2 to 3.4 V), got 3.1 V',
      measurementCount: 1,
      metrics: { rail_3v3: 3.1 },
    })
  })

  test.each([
    ['PASS', null, null, 3.3],
    [
      'FAIL',
      'power_rails / rail_3v3',
      'phase power_rails: measurement rail_3v3 out of limits (3.2 to 3.4 V), got 3.1 V',
      3.1,
    ],
    ['ERROR', 'RuntimeError', 'phase power_rails: RuntimeError: DMM not responding', 3.3],
    ['TIMEOUT', 'flash', 'phase flash: Phase flash hit its timeout.', 3.3],
    ['ABORTED', null, null, 3.3],
  ] as const)(
    'is read from an OpenHTF record with the outcome %s',
    (outcome, failureMode, failureText, volts) => {
      expect(runFindings(openHtf[outcome] ?? {}, outcome)).toEqual({
        product: 'PCB-100',
        sample: null,
        shadow: false,
        failureMode,
        failureText,
        measurementCount: 1,
        metrics: { rail_3v3: volts },
      })
    },
  )
})

describe('the product', () => {
  test.each([
    [{ part_number: ' PCB-1 ', metadata: { part_number: 'PCB-2' } }, 'PCB-1'],
    [{ part_number: ' \n ', metadata: { part_number: 'PCB-2' } }, 'PCB-2'],
    [{ part_number: ['?'], metadata: 'none', unit_metadata: { part_number: 'PCB-3' } }, 'PCB-3'],
    [{ part_number: 1002003 }, '1002003'],
    [{ part_number: '' }, null],
  ])('of %j is %j', (detail, product) => {
    expect(runFindings(detail, 'PASS').product).toBe(product)
  })

  test('is cut to 100 characters, never through a pair', () => {
    expect(runFindings({ part_number: 'x'.repeat(101) }, 'PASS').product).toHaveLength(100)
    const product = runFindings({ part_number: `${'x'.repeat(99)}🏭` }, 'PASS').product
    expect(product).toBe('x'.repeat(99))
    expect(runFindings({ part_number: `${'x'.repeat(99)} x` }, 'PASS').product).toBe('x'.repeat(99))
  })
})

test.each([
  [{ shadow: true }, true],
  [{ metadata: { shadow: true } }, true],
  [{ metadata: { shadow: ' True ' } }, true],
  [{ shadow: false, metadata: { shadow: '1' } }, true],
  [{ unit_metadata: { shadow: true } }, false],
  [{ shadow: 'false' }, false],
  [{ shadow: { yes: true } }, false],
  [{}, false],
])('a shadow run is told by %j: %j', (detail, shadow) => {
  expect(runFindings(detail, 'PASS').shadow).toBe(shadow)
})

describe('a reference sample', () => {
  test.each([
    [{ sample: 'golden' }, 'golden'],
    [{ metadata: { sample: 'FAILING' } }, 'failing'],
    [{ unit_metadata: { sample: ' Ignored ' } }, 'ignored'],
    [{ sample: 'none', metadata: { sample: 'golden' } }, 'golden'],
    [{ sample: 'gold' }, null],
    [{ sample: true }, null],
    [{ is_golden: true }, null],
  ])('is said by %j: %j', (detail, sample) => {
    expect(runFindings(detail, 'PASS').sample).toBe(sample)
  })
})

describe('what failed', () => {
  const all = {
    failure_mode: 'cold solder joint',
    metadata: { failure_mode: 'bridge' },
    outcome_details: [{ code: 'E42' }],
    error_code: 'E7',
    ...phases({ name: 'boot', outcome: 'PASS' }, failed('rails', [{ name: '3V3', outcome: 'FAIL' }])),
  }

  test('is what the station calls it, then the outcome’s code, then the first that failed', () => {
    const { failure_mode, ...called } = all
    const { metadata, ...coded } = called
    const { outcome_details, ...placed } = coded
    expect([all, called, coded, placed].map((detail) => runFindings(detail, 'FAIL').failureMode)).toEqual([
      'cold solder joint',
      'bridge',
      'E42',
      'rails / 3V3',
    ])
  })

  test.each(['PASS', 'ABORTED'] as const)('is nothing when the run is %s, whatever it carries', (outcome) => {
    expect(runFindings(all, outcome).failureMode).toBeNull()
  })

  test.each([
    ['a phase in error', phases({ name: 'flash', outcome: 'ERROR', measurements: null }), 'flash'],
    ['an outcome in small letters', phases({ name: 'flash', outcome: 'fail' }), 'flash'],
    [
      'the first failing measurement',
      phases(
        failed('rails', [
          { name: 'ok', outcome: 'PASS' },
          { name: '5V', outcome: 'FAIL' },
          { name: '3V3', outcome: 'FAIL' },
        ]),
      ),
      'rails / 5V',
    ],
    ['a map of measurements', phases(failed('rails', { '5V': { outcome: 'FAIL' } })), 'rails / 5V'],
    [
      'a measurement of a phase whose outcome cannot be read',
      phases({ name: 'rails', outcome: {}, measurements: [{ name: '5V', outcome: 'FAIL' }] }),
      'rails / 5V',
    ],
    ['a phase without a name', phases(failed(null, [{ name: '5V', outcome: 'FAIL' }])), '5V'],
    ['a malformed phase before it', phases('?', null, failed('rails')), 'rails'],
    [
      'a malformed measurement before it',
      phases(failed('rails', [7, { name: '5V', outcome: 'FAIL' }])),
      'rails / 5V',
    ],
    ['a code that is a number', { outcome_details: [{ code: 17 }] }, '17'],
    ['a malformed detail of the outcome', { outcome_details: [7], ...phases(failed('rails')) }, 'rails'],
    ['nothing that can be read', phases({ name: 'rails', outcome: 'PASS' }), null],
  ])('is found in %s', (_what, detail, mode) => {
    expect(runFindings(detail, 'FAIL').failureMode).toBe(mode)
  })

  test('is the error’s code or exception in an ERROR run, and in no other', () => {
    const exception = phases({
      name: 'x',
      outcome: 'PASS',
      result: { phase_result: { exc_type: "<class 'OSError'>" } },
    })
    expect(runFindings(exception, 'ERROR').failureMode).toBe('OSError')
    expect(runFindings(exception, 'FAIL').failureMode).toBeNull()
    expect(runFindings({ error_code: 'VISA-7', ...exception }, 'ERROR').failureMode).toBe('VISA-7')
    expect(runFindings({ metadata: { error_code: 'VISA-8' } }, 'ERROR').failureMode).toBe('VISA-8')
    expect(runFindings({ error_code: 'VISA-7' }, 'TIMEOUT').failureMode).toBeNull()
  })

  test('keeps its case, loses control characters and ends after 200 characters', () => {
    expect(runFindings({ failure_mode: ' Rail\u0000\u001b 3V3 ' }, 'FAIL').failureMode).toBe('Rail 3V3')
    expect(runFindings({ failure_mode: 'Rail \ud800' }, 'FAIL').failureMode).toBe('Rail \ufffd')
    expect(runFindings({ failure_mode: 'x'.repeat(300) }, 'FAIL').failureMode).toHaveLength(200)
  })
})

describe('the count of measurements', () => {
  test.each([
    ['no phases', {}, null],
    ['phases that cannot be read', { phases: 'three' }, null],
    ['an empty list', phases(), null],
    ['phases that measure nothing', phases({ name: 'boot' }), 0],
    [
      'lists and maps, with and without a value',
      phases(
        {
          measurements: [
            { name: 'a', measured_value: 0 },
            { name: 'b', measured_value: null },
            { name: 'c' },
          ],
        },
        {
          measurements: {
            d: { measured_value: 'ok' },
            e: { value: false },
            f: { outcome: 'UNSET' },
            g: { value: null },
          },
        },
      ),
      3,
    ],
  ])('with %s', (_what, detail, count) => {
    expect(runFindings(detail, 'PASS').measurementCount).toBe(count)
  })
})

describe('the metrics', () => {
  const metricsOf = (detail: Record<string, unknown>) => runFindings(detail, 'PASS').metrics

  test('are the explicit ones, then what was measured, then numbers of the metadata; the first stays', () => {
    expect(
      metricsOf({
        metadata: { drops: 9, volts: 9, humidity: 40.5, calibrated: true, lot: '7', config: { limit: 1 } },
        metrics: { drops: 0, accepted: true, aborted: false, note: 'fine' },
        ...phases({
          name: 'rails',
          measurements: [
            { name: 'volts', value: 3.3 },
            { name: 'drops', value: 8 },
          ],
        }),
      }),
    ).toEqual({ drops: 0, accepted: 1, aborted: 0, volts: 3.3, humidity: 40.5, calibrated: 1 })
  })

  test('that several phases have are named after their phase too', () => {
    const rail = (name: string, volts: unknown) => ({
      name,
      measurements: { volts: { measured_value: volts } },
    })
    expect(metricsOf(phases(rail('cold', 3.2), rail('hot', 3.4), rail('hot', 3.5)))).toEqual({
      volts: 3.2,
      'cold / volts': 3.2,
      'hot / volts': 3.4,
    })
    expect(metricsOf(phases(rail('cold', 'low'), rail('hot', 3.4)))).toEqual({ volts: 3.4 })
  })

  test('leave out what is no finite number, has no name, or one over 100 characters', () => {
    const metrics = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: null, ' ': 1, ['x'.repeat(101)]: 1 }
    expect(metricsOf({ metrics: { ...metrics, ['x'.repeat(100)]: 1 } })).toEqual({ ['x'.repeat(100)]: 1 })
    const named = phases({
      measurements: [
        { name: '__proto__', value: 1 },
        { name: 'a', value: 1 },
      ],
    })
    expect(Object.keys(metricsOf(named))).toEqual(['a'])
  })

  test('may be nested, and a measurement may be true or false', () => {
    expect(
      metricsOf({
        metrics: { latency: { p95: 320, deep: { er: { still: 1 } } }, drift: 0.1, list: [1] },
        ...phases({ measurements: [{ name: 'hallucinated', measured_value: true }] }),
      }),
    ).toEqual({ 'latency.p95': 320, drift: 0.1, hallucinated: 1 })
  })

  test('that gates read are kept of however many', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`m${index}`, index]))
    const { metrics } = runFindings(
      { metrics: many, metadata: { 'drift / score': 0.2 } },
      'PASS',
      new Set(['drift / score', 'm4999', 'absent']),
    )
    expect(Object.keys(metrics)).toHaveLength(200)
    expect(metrics).toMatchObject({ 'drift / score': 0.2, m4999: 4999, m0: 0, m197: 197 })
  })

  test('are at most 200, explicit ones first', () => {
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`${prefix}${index}`, index]))
    const names = Object.keys(metricsOf({ metadata: many('m'), metrics: many('e') }))
    expect(names).toHaveLength(200)
    expect(names.filter((name) => name.startsWith('e'))).toHaveLength(150)
  })
})

const keys =
  'part_number sample failure_mode error_code metadata unit_metadata metrics phases outcome_details code name ' +
  'outcome measurements measured_value value result phase_result exc_type __proto__ constructor toString ' +
  'exc_val description failure_text error error_message message units suffix lower_limit upper_limit validators ' +
  'operator expected_value steps step_passed limit_low logs log_records level'

/** JSON whose keys are often those that are read, so that malformed parts stand where good ones are expected. */
const anyJson = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue(),
      fc.constantFrom('FAIL', 'golden', 'ERROR', '\u0000', '\ud83c', -0, 1, true),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...keys.split(' ')), tie('value')),
    ),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)))

test('of any JSON something valid is found', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom(...outcomes), (given, outcome) => {
      const found = runFindings(given, outcome)
      expect(Object.keys(found).sort()).toEqual(
        ['failureMode', 'failureText', 'measurementCount', 'metrics', 'product', 'sample', 'shadow'].sort(),
      )
      for (const [text, longest] of [
        [found.product, 100],
        [found.failureMode, 200],
        [found.failureText, 500],
      ] as const) {
        if (text === null) continue
        expect(text).toBe(text.trim())
        expect(text.length).toBeGreaterThan(0)
        expect(text.length).toBeLessThanOrEqual(longest)
        expect(text.isWellFormed() && !/\p{Cc}/u.test(text)).toBe(true)
      }
      expect([null, 'golden', 'failing', 'ignored']).toContain(found.sample)
      expect([true, false]).toContain(found.shadow)
      expect(found.measurementCount === null || Number.isInteger(found.measurementCount)).toBe(true)
      expect(Object.values(found.metrics).every(Number.isFinite)).toBe(true)
      expect(Object.keys(found.metrics).length).toBeLessThanOrEqual(200)
      if (outcome === 'PASS' || outcome === 'ABORTED')
        expect([found.failureMode, found.failureText]).toEqual([null, null])
    }),
    { numRuns: 2000 },
  )
})
