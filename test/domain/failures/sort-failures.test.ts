import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInRules } from '../../../server/domain/failures/built-in-rules.ts'
import { failureCategories, failureRule, failureRules } from '../../../server/domain/failures/failure-rule.ts'
import { failureSorter } from '../../../server/domain/failures/sort-failures.ts'
import { outcomes, type RunOutcome } from '../../../server/domain/run.ts'
import { runFindings } from '../../../server/domain/run-findings.ts'

const builtIn = failureSorter(builtInRules)

/** A run that ended in an error of which this was said. */
function sorted(message: string, outcome: RunOutcome = 'ERROR') {
  const { failureMode, failureText } = runFindings({ error_message: message }, outcome)
  return builtIn({ mode: failureMode, text: failureText, outcome })
}

describe('by the built-in rules', () => {
  test.each([
    // Instruments: pyvisa, SCPI error queues, drivers, serial ports, programmers.
    [
      'instrument',
      'pyvisa.errors.VisaIOError: VI_ERROR_TMO (-1073807339): Timeout expired before operation completed.',
    ],
    [
      'instrument',
      'VI_ERROR_RSRC_NFOUND (-1073807343): Insufficient location information or the requested device or resource is not present in the system.',
    ],
    ['instrument', 'TCPIP0::192.168.1.20::inst0::INSTR: connection refused'],
    ['instrument', '-113,"Undefined header;*RST?"'],
    ['instrument', '-410,"Query INTERRUPTED"'],
    ['instrument', 'DMM not responding'],
    ['instrument', 'nidaqmx.errors.DaqError: Specified device is not available. -200284'],
    [
      'instrument',
      "serial.serialutil.SerialException: could not open port '/dev/ttyUSB0': [Errno 2] No such file or directory",
    ],
    ['instrument', 'OSError: [Errno 19] No such device (it may have been disconnected)'],
    ['instrument', 'J-Link: Cannot connect to target.'],
    ['instrument', 'Power supply output is off after enable'],
    ['instrument', 'TimeoutError: no response to *IDN?'],
    // Networks.
    [
      'network',
      "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='mes.factory', port=443): Max retries exceeded",
    ],
    [
      'network',
      "urllib3.exceptions.ReadTimeoutError: HTTPConnectionPool(host='10.1.2.3', port=80): Read timed out.",
    ],
    ['network', 'ConnectionRefusedError: [Errno 111] Connection refused'],
    ['network', 'socket.gaierror: [Errno -3] Temporary failure in name resolution'],
    ['network', 'connect ETIMEDOUT 10.0.0.5:443'],
    ['network', '503 Service Unavailable'],
    // Fixtures.
    ['fixture', 'Probe 12: no contact'],
    ['fixture', 'pogo pin 7 open'],
    ['fixture', 'Fixture 3 not closed'],
    ['fixture', 'DUT not detected in nest'],
    ['fixture', 'Contact check failed on TP14'],
    ['fixture', 'Interlock open while high voltage is on'],
    ['fixture', 'Probe card wear limit reached'],
    // Scripts.
    ['script', "KeyError: 'rail_3v3'"],
    ['script', "AttributeError: 'NoneType' object has no attribute 'read'"],
    ['script', "ModuleNotFoundError: No module named 'fct'"],
    ['script', 'ValueError: could not convert string to float'],
    ['script', 'RuntimeError: state machine is confused'],
    ['script', 'System.NullReferenceException: Object reference not set'],
    ['script', 'Phase flash hit its timeout.'],
    // Limits.
    ['limits', 'rail_3v3 out of range'],
    ['limits', 'AssertionError: assert 3.1 >= 3.2'],
    ['limits', 'Vcore too low'],
    // What says nothing.
    ['unknown', 'unit is sad'],
    ['unknown', 'E42'],
  ])('%s: %s', (category, message) => {
    expect(sorted(message).category).toBe(category)
  })

  test('a failed measurement is a matter of limits, whatever it is called, unless its phase checks the fixture', () => {
    const fail = (phase: string) => {
      const measurements = [{ name: 'contact_usb_psu', outcome: 'FAIL', measured_value: 7, upper_limit: 5 }]
      const found = runFindings({ phases: [{ name: phase, outcome: 'FAIL', measurements }] }, 'FAIL')
      return builtIn({ mode: found.failureMode, text: found.failureText, outcome: 'FAIL' }).category
    }
    expect([fail('power'), fail('fixture_check')]).toEqual(['limits', 'fixture'])
  })

  test('what was stored before words were kept is sorted by its mode', () => {
    const of = (mode: string | null) => builtIn({ mode, text: null, outcome: 'FAIL' }).category
    expect([of('power_rails / rail_3v3'), of('VisaIOError'), of('flash'), of(null)]).toEqual([
      'limits',
      'instrument',
      'unknown',
      'unknown',
    ])
  })

  test('each rule says what to do, and each bucket but the unknown has one', () => {
    expect(builtInRules.filter((rule) => rule.action === null || rule.name === null)).toEqual([])
    expect(new Set(builtInRules.map((rule) => rule.category))).toEqual(
      new Set(failureCategories.filter((category) => category !== 'unknown')),
    )
  })
})

describe('a rule', () => {
  const rule = (given: object) => ({
    ...failureRule.parse({ category: 'fixture', ...given }),
    from: 'procedure' as const,
  })
  const failure = {
    mode: 'E42',
    text: 'phase flash: E42: Verify  Failed at 0x80; measurement v failed, got 3',
    outcome: 'FAIL' as const,
  }
  const hits = (given: object) => failureSorter([rule(given)])(failure).category === 'fixture'

  test.each([
    [{ contains: 'verify failed' }, true],
    [{ contains: ['no', 'such', 'thing'] }, false],
    [{ contains: ['nothing', '0x80'] }, true],
    [{ startsWith: 'e42: ' }, true],
    [{ startsWith: 'phase' }, false],
    [{ equals: 'E42' }, true],
    [{ pattern: 'e42*failed*got 3' }, true],
    [{ pattern: '*at 0x80' }, false],
    [{ pattern: '*failed*failed*failed*' }, false],
    [{ field: 'phase', equals: 'FLASH' }, true],
    [{ field: 'code', equals: 'e42' }, true],
    [{ field: 'mode', startsWith: 'e' }, true],
    [{ field: 'outcome', equals: 'fail' }, true],
    [{ field: 'outcome', equals: 'error' }, false],
    [{ field: 'phase', contains: '(a+)+$' }, false],
  ])('%j matches: %s', (given, expected) => {
    expect(hits(given)).toBe(expected)
  })

  test('needs exactly one comparison', () => {
    const faults = [{}, { contains: 'a', equals: 'b' }, { contains: [] }, { contains: ' ' }].map((given) =>
      failureRule.safeParse({ category: 'limits', ...given }).error?.issues.map((issue) => issue.message),
    )
    expect(faults[0]).toEqual(['expected exactly one of contains, starts_with, equals and pattern, got none'])
    expect(faults[1]?.[0]).toContain('got contains and equals')
    expect(faults.every((fault) => fault !== undefined)).toBe(true)
    expect(failureRule.safeParse({ category: 'weather', contains: 'a' }).success).toBe(false)
  })

  test('that comes first decides, and hands its action on', () => {
    const first = rule({ contains: 'verify', category: 'script', action: 'flash again' })
    expect(failureSorter([first, rule({ contains: 'verify' })])(failure)).toEqual({
      category: 'script',
      action: 'flash again',
      rule: first,
    })
  })

  test('of many stars on a text that almost fits is as quick as any other', () => {
    const stars = rule({ pattern: `${'*a'.repeat(99)}*b` })
    const sort = failureSorter([stars])
    const started = performance.now()
    for (let times = 0; times < 200; times += 1) sort({ ...failure, text: 'a'.repeat(500) })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

test('any failure is sorted by any rules', () => {
  const words = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('phase a: B: c', '*', 'a*b', ' / ', 'phase '),
  )
  const anyRule = fc.record({
    category: fc.constantFrom(...failureCategories),
    field: fc.constantFrom('text', 'mode', 'code', 'phase', 'outcome'),
    pattern: words,
  })
  fc.assert(
    fc.property(
      fc.array(anyRule),
      fc.option(words),
      fc.option(words),
      fc.constantFrom(...outcomes),
      (given, mode, text, outcome) => {
        const rules = failureRules.safeParse(given).data ?? []
        const sort = failureSorter([
          ...rules.map((each) => ({ ...each, from: 'procedure' as const })),
          ...builtInRules,
        ])
        expect(failureCategories).toContain(sort({ mode, text, outcome }).category)
      },
    ),
  )
})
