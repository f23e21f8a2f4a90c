import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compiled,
  expressionText,
  fieldsOf,
  type Holds,
  holds,
} from '../../../server/domain/gates/expression.ts'
import { withoutDurations } from '../../../server/domain/gates/expression-durations.ts'

const faultOf = (text: string) =>
  expressionText.safeParse(text).error?.issues.map(({ message }) => message) ?? []

describe('an expression holds, or not, or nobody knows', () => {
  const cases: [text: string, record: Record<string, unknown>, answer: Holds][] = [
    ['telemetry_gap_s < 10 && drops == 0', { telemetry_gap_s: 9.5, drops: 0 }, 'yes'],
    ['telemetry_gap_s < 10 && drops == 0', { telemetry_gap_s: 10, drops: 0 }, 'no'],
    ['telemetry_gap_s < 10 && drops == 0', { telemetry_gap_s: 9, drops: 1 }, 'no'],
    ['acceptance_suite_passed', { acceptance_suite_passed: true }, 'yes'],
    ['acceptance_suite_passed', { acceptance_suite_passed: false }, 'no'],
    ['outcome == "PASS" || duration_s > 30.5', { outcome: 'FAIL', duration_s: 31 }, 'yes'],
    ['mode in ["auto", "manual"]', { mode: 'auto' }, 'yes'],
    ['mode in ["auto", "manual"]', { mode: 'service' }, 'no'],
    ['code in [0, 2.5]', { code: 0 }, 'yes'],
    ['code in [0, 2.5]', { code: 2.5 }, 'yes'],
    ['"golden" in tags', { tags: ['golden'] }, 'yes'],
    ['2 in counts', { counts: [1, 2] }, 'yes'],
    ['size(faults) == 0', { faults: [] }, 'yes'],
    ['version.startsWith("2.") && !version.contains("rc")', { version: '2.1' }, 'yes'],
    ['gaps.all(gap, gap < 10)', { gaps: [1, 9.5] }, 'yes'],
    ['gaps.exists(gap, gap > 9)', { gaps: [1, 9] }, 'no'],
    ['gaps.filter(gap, gap > 9).size() < 2', { gaps: [10, 9.5, 1] }, 'no'],
    ['checks.gap_s < 3', { checks: { gap_s: 2 } }, 'yes'],
    ['checks["rails / 3V3"] > 3.2', { checks: { 'rails / 3V3': 3.3 } }, 'yes'],
    ['has(checks.gap_s)', { checks: { gap_s: 2 } }, 'yes'],
    ['has(checks.gap_s)', { checks: {} }, 'no'],
    ['!has(checks.gap_s) || checks.gap_s < 3', { checks: {} }, 'yes'],
    ['"gap_s" in checks', { checks: {} }, 'no'],
    ['note == null', { note: null }, 'yes'],
    ['note == null', { note: 'x' }, 'no'],
    ['drops > 0 ? retried : true', { drops: 1, retried: false }, 'no'],
  ]
  test.each(cases)('%s of %j: %s', (text, record, answer) => {
    expect(faultOf(text)).toEqual([])
    expect(holds(text, record)).toBe(answer)
  })

  const unknown: [why: string, text: string, record: Record<string, unknown>][] = [
    ['a field is absent', 'drops == 0', {}],
    ['a part of a field is absent', 'checks.gap_s < 3', { checks: {} }],
    ['the field it is asked for a part of is absent', 'has(checks.gap_s)', {}],
    ['a number came as text', 'gap < 10', { gap: '9' }],
    ['a number to be equal came as text', 'drops == 0', { drops: '0' }],
    ['a number not to be equal came as text', 'drops != 0', { drops: '0' }],
    ['a text came as a list', 'mode == "auto"', { mode: ['auto'] }],
    ['a number came as null', 'gap < 10', { gap: null }],
    ['a condition came as text', 'passed', { passed: 'true' }],
    ['a condition came as another number', 'passed', { passed: 2 }],
    ['a list came as a number', '2 in counts', { counts: 2 }],
    ['a place is beyond its list', 'counts[1] > 0', { counts: [1] }],
    ['it divides by zero', 'errors / runs < 0.1', { errors: 0, runs: 0 }],
    [
      'it divides by a zero that was worked out',
      '(errors * 1.0) / (runs * 1.0) < 0.1',
      { errors: 1, runs: 0 },
    ],
    ['it takes a remainder of zero', 'n % step == 0', { n: 1, step: 0 }],
    ['a number is too large to be one', 'a * a > 1', { a: 1e300 }],
    ['a number is none', 'a < 1', { a: Number.NaN }],
    ['a number has no end', 'a > 1', { a: Number.POSITIVE_INFINITY }],
  ]
  test.each(unknown)('nobody knows when %s', (_why, text, record) => {
    expect(faultOf(text)).toEqual([])
    expect(holds(text, record)).toBe('unknown')
  })

  test('is known all the same where the unknown part decides nothing', () => {
    expect(holds('absent < 1 && drops == 0', { drops: 1 })).toBe('no')
    expect(holds('drops == 0 && absent < 1', { drops: 1 })).toBe('no')
    expect(holds('absent < 1 || drops == 0', { drops: 0 })).toBe('yes')
    expect(holds('absent < 1 || drops == 0', { drops: 1 })).toBe('unknown')
    expect(holds('runs == 0 || errors / runs < 0.1', { runs: 0, errors: 0 })).toBe('yes')
  })

  test('takes 1 and 0 for true and false, as a run’s metrics keep them', () => {
    expect(holds('passed && !aborted', { passed: 1, aborted: 0 })).toBe('yes')
    expect(holds('passed ? quick : slow', { passed: 0, quick: 1, slow: 0 })).toBe('no')
    expect(holds('gaps.all(gap, strict)', { gaps: [9], strict: 1 })).toBe('yes')
    expect(holds('(passed ? drops : retries) < 2', { passed: 1, drops: 1, retries: 5 })).toBe('yes')
    for (const passed of [1, true]) {
      expect(holds('passed == true', { passed })).toBe('yes')
      expect(holds('passed == 1', { passed })).toBe('yes')
      expect(holds('passed != false', { passed })).toBe('yes')
    }
    expect(holds('passed == true', { passed: 2 })).toBe('unknown')
    expect(holds('passed == true', { passed: [] })).toBe('unknown')
  })
})

describe('numbers', () => {
  test.each([
    ['x / 2 == 2.5', 5],
    ['10 / x == 4', 2.5],
    ['x * 2 + 1 == 7', 3],
    ['1 - x == -2', 3],
    ['x % 2 == 1', 3],
    ['x * 0.1 < 1', 9],
    ['-x < 0', 3],
    ['x == 3 && x == 3.0 && 3 == x', 3],
    ['x != 3', 3.5],
    ['x > 9007199254740992', 9007199254740994],
  ])('of JSON and of the text go together: %s for %d', (text, x) => {
    expect(faultOf(text)).toEqual([])
    expect(holds(text, { x })).toBe('yes')
  })

  test.each(['1 / 2 < x', 'x > size(xs) / 2', 'x * (1 / 3) > 1'])(
    'that would lose their rest are a fault: %s',
    (text) => {
      expect(faultOf(text)).toEqual([expect.stringContaining('as in 1.0 / 2')])
    },
  )
})

test('every operator on every two kinds of value gives an answer', () => {
  const values = {
    n: 1.5,
    one: 1,
    t: 'a',
    b: true,
    nil: null,
    items: [1],
    words: ['a'],
    none: [],
    part: { a: 1 },
    deep: [{}],
  }
  const names = [
    ...Object.keys(values),
    '2',
    '2.5',
    '"a"',
    'false',
    'null',
    '[1, 2]',
    '[]',
    '{"a": 1}',
    'absent',
    '2u',
  ]
  for (const left of names)
    for (const right of names)
      for (const sign of ['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '%', '&&', '||'])
        expect(['yes', 'no', 'unknown']).toContain(holds(`${left} ${sign} ${right}`, values))
  for (const name of names)
    for (const text of [
      `!${name}`,
      `-${name} == ${name}`,
      `${name}[0] == 1`,
      `${name}.a == 1`,
      `size(${name}) == 1`,
    ])
      expect(['yes', 'no', 'unknown']).toContain(holds(text, values))
})

describe('durations', () => {
  const cases: [text: string, record: Record<string, unknown>, answer: Holds][] = [
    ['gap < 10s && drops == 0', { gap: 9.9, drops: 0 }, 'yes'],
    ['gap < 10s && drops == 0', { gap: 10, drops: 0 }, 'no'],
    ['gap == 1.5s', { gap: 1.5 }, 'yes'],
    ['gap < 250ms', { gap: 0.2499 }, 'yes'],
    ['gap < 250ms', { gap: 0.25 }, 'no'],
    ['age > 5min && age < 2h', { age: 301 }, 'yes'],
    ['age == 1d', { age: 86_400 }, 'yes'],
    ['gap < 10s / 4', { gap: 2.4 }, 'yes'],
    ['gap > -1s', { gap: 0 }, 'yes'],
    ['gaps.all(gap, gap < .5s)', { gaps: [0.4] }, 'yes'],
    ['gaps[0] < 1e3ms', { gaps: [0.9] }, 'yes'],
    // A field with a unit in its name is found without it, in seconds, where there is none without.
    ['gap < 10s', { gap_s: 9 }, 'yes'],
    ['gap < 10s', { gap_ms: 9900 }, 'yes'],
    ['gap < 10s', { gap_ms: 10_001 }, 'no'],
    ['uptime > 2h', { uptime_min: 121 }, 'yes'],
    ['uptime > 2h', { uptime_h: 2 }, 'no'],
    ['gap < 10s', { gap: 11, gap_s: 1 }, 'no'],
    ['gap_ms < 10', { gap_ms: 9 }, 'yes'],
    ['gap < 10s', { gap_ms: '5' }, 'unknown'],
    // What only looks like a duration is left alone.
    ['note == "10s" && x10s == 1', { note: '10s', x10s: 1 }, 'yes'],
    ["note == 'it\\'s 5min' || note == '''10s'''", { note: "it's 5min" }, 'yes'],
    ['note == r"\\10s" && gap < 10s', { note: '\\10s', gap: 1 }, 'yes'],
    ['gap < 10s // not 5min', { gap: 9 }, 'yes'],
    ['code == 0x1d || code == 2u', { code: 29 }, 'yes'],
  ]
  test.each(cases)('%s of %j: %s', (text, record, answer) => {
    expect(faultOf(text)).toEqual([])
    expect(holds(text, record)).toBe(answer)
  })

  test('are kept as they were written', () => {
    expect(expressionText.parse('gap < 250ms')).toBe('gap < 250ms')
    expect(fieldsOf('gap < 250ms && age > 2h')).toEqual(['gap', 'age'])
  })

  test('stand where they were written, whatever stands before', () => {
    const text = '10s 250ms "5min" 2h x'
    const read = withoutDurations(text)
    if ('fault' in read) throw new Error(read.fault)
    expect(read.text).toBe('10.0 0.25 "5min" 7200.0 x')
    const at = (part: string) => read.placeOf(read.text.indexOf(part))
    expect([at('10.0'), at('0.25'), at('"5min"'), at('7200.0'), at('x')]).toEqual([0, 4, 10, 17, 20])
    expect(read.placeOf(read.text.length)).toBe(text.length)
  })

  test('of any text are found in time that grows with it, and every place is one of the text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('10s', '"', "'", 'r"', '\\', ' ', '1.5', 'min', '//', '\n', 'x', '0x', '.', "'''"),
        ),
        (all) => {
          const text = all.join('')
          const read = withoutDurations(text)
          if ('fault' in read) return
          const places = Array.from({ length: read.text.length + 1 }, (_, place) => read.placeOf(place))
          expect(places).toEqual(places.toSorted((a, b) => a - b))
          expect(places.at(-1)).toBe(text.length)
        },
      ),
    )
    const started = performance.now()
    for (const part of ['"\\', "'''\\", '1.', '"a', 'r"']) withoutDurations(part.repeat(50_000))
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('the fault of an expression', () => {
  test.each([
    ['', ['expected an expression, got a blank one']],
    ['drops = 0', [/cannot be read from column 7 on, "= 0": to compare, write ==/]],
    ['a and b', [/from column 3 on, "and b": for "and", write &&/]],
    ['gap < 10 OR x', [/from column 10 on, "OR x": for "or", write \|\|/]],
    ['gap < 10m', [/a duration in ms, s, min, h, d, .*got "10m" \(at column 7\): for minutes, write min/]],
    ['gap < 2sec || x', [/got "2sec" \(at column 7\): for seconds, write s/]],
    ['gap < 10s && drops = 0', [/from column 20 on, "= 0": to compare, write ==/]],
    ['gap < 1.5min && drops + 2h', [/got a number \(at column 17\)/]],
    ['gap < 10s &&', [/breaks off after "gap < 10s &&"/]],
    ['10s "a"', [/from column 5 on, ""a""/]],
    ['gap < 1h && "a" < 250ms', [/go together, got text < number \(at column 13\)/]],
    ['gap <', [/breaks off after "gap <"/]],
    ['(gap < 1', [/breaks off after "\(gap < 1"/]],
    ['mode == "auto', [/from column 9 on, ""auto": the text in quotes is not closed/]],
    ['drops + 1 > "a"', []],
    ['drops + 1', [/as in drops == 0, got a number \(at column 1\)/]],
    ['gap < 1 && drops - 1', [/as in drops == 0, got a number \(at column 12\)/]],
    ['size(gaps)', [/a condition that is true or false, as in drops == 0, got a whole number/]],
    ['"yes"', [/got a text/]],
    ['gap < 1 && "a" < 1', [/go together, got text < whole number \(at column 12\)/]],
    ['gap < 1 || 3', [/true-or-false operands, got 'whole number' \(at column 1\)/]],
    ['has(gap)', [/a part of a field in has\(\), as in has\(checks.gap_s\).*\(at column 5\)/]],
    [
      'type == "auto"',
      [/the name of a field, got "type", a word of the expression language \(at column 1\)/],
    ],
    ['gap < 1 && median(gaps) < 2', [/one of the functions has, size, .*, got median \(at column 12\)/]],
  ])('%j says what is wrong and where: %j', (text, messages) => {
    expect(faultOf(text)).toEqual(
      messages.map((message) => (typeof message === 'string' ? message : expect.stringMatching(message))),
    )
  })

  test('counts columns of what remains without outer blanks', () => {
    expect(expressionText.parse('  drops == 0\n')).toBe('drops == 0')
    expect(faultOf('  drops = 0')).toEqual([expect.stringContaining('column 7')])
  })

  test('is one when it is longer than 500 characters, which are not read', () => {
    expect(faultOf('x'.repeat(500))).toEqual([])
    expect(faultOf('('.repeat(501))).toEqual(['expected an expression of at most 500 characters'])
  })

  test('leaves nothing known of any record', () => {
    expect(holds('drops = 0', { drops: 0 })).toBe('unknown')
    expect(fieldsOf('drops = 0')).toEqual([])
  })
})

describe('prototypes', () => {
  const record = { part: {}, text: 'text', items: [1] }

  test.each([
    ['constructor == null', 'unknown'],
    ['constructor != null', 'unknown'],
    ['toString != null', 'unknown'],
    ['has(constructor.name)', 'unknown'],
    ['part.constructor != null', 'unknown'],
    ['has(part.toString)', 'no'],
    ['part["__proto__"] != null', 'unknown'],
    ['part.__proto__ != null', 'unknown'],
    ['"toString" in part', 'no'],
    ['text.length == 4', 'unknown'],
    ['items["length"] == 1', 'unknown'],
    ['items.length == 1', 'unknown'],
    ['{"a": 1}.constructor == 1', 'unknown'],
    ['"constructor" in {"a": 1}', 'no'],
  ])('lend nothing: %s is %s', (text, answer) => {
    expect(faultOf(text)).toEqual([])
    expect(holds(text, record)).toBe(answer)
  })

  test('and their names are plain data where a record has them', () => {
    expect(holds('constructor == 7', JSON.parse('{"constructor": 7}'))).toBe('yes')
    expect(holds('part.constructor == 7', { part: { constructor: 7 } })).toBe('yes')
    expect(holds('part.constructor == null', { part: { constructor: null } })).toBe('yes')
    expect(holds('part == {"x": 1}', JSON.parse('{"part": {"__proto__": {}}}'))).toBe('unknown')
    expect(holds('when == null', { when: new Date(0) })).toBe('unknown')
    expect(holds('drops == 0', Object.create({ drops: 0 }))).toBe('unknown')
    expect(faultOf('__proto__ != null')).toEqual([expect.stringContaining('and no field')])
  })
})

describe('an evaluation stays short', () => {
  test.each([
    ['a loop in a loop', 'xs.all(x, xs.all(y, x == y))', /no loop inside a loop, got all/],
    ['a pattern', 'text.matches("(a+)+$")', /got matches/],
    ['lists that grow', '[[0]].map(x, x + x).map(x, x + x) == [[0]]', /got map/],
    ['texts that grow', 'cel.bind(a, text + text, a + a == "")', /got bind/],
    ['deep nesting', `${'('.repeat(30)}x${')'.repeat(30)}`, /nested too deeply/],
    ['a long list', `x in [${'1,'.repeat(120)}]`, /a list or a call in it is too long/],
  ])('%s is a fault', (_what, text, message) => {
    expect(faultOf(text)).toEqual([expect.stringMatching(message)])
  })

  test('a field that is too large, or too deep, is not known', () => {
    const list = (length: number) => Array.from({ length }, () => 1)
    expect(holds('size(xs) > 0', { xs: list(999) })).toBe('yes')
    expect(holds('size(xs) > 0', { xs: list(1000) })).toBe('unknown')
    expect(holds('size(text) > 0', { text: 'x'.repeat(1000) })).toBe('yes')
    expect(holds('size(text) > 0', { text: 'x'.repeat(1001) })).toBe('unknown')
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    expect(holds('size(xs) > 0 || drops == 0', { xs: deep, drops: 1 })).toBe('unknown')
    expect(holds('size(xs) > 0 || drops == 0', { xs: deep, drops: 0 })).toBe('yes')
  })

  test('only the fields that it names count for that', () => {
    expect(holds('drops == 0', { logs: Array.from({ length: 5000 }, () => 'line'), drops: 0 })).toBe('yes')
  })
})

describe('the fields of an expression', () => {
  test.each([
    ['telemetry_gap_s < 10 && drops == 0 && drops < 3', ['telemetry_gap_s', 'drops']],
    ['checks.gap_s < 3 || has(metrics.drops)', ['checks', 'metrics']],
    ['gaps.all(gap, gap < limit) && gap == 1', ['gaps', 'limit', 'gap']],
    ['gaps.filter(gap, gap < 3).size() > 1', ['gaps']],
    ['mode in [first, "b"] ? -a < b : size(c) == 2', ['mode', 'first', 'a', 'b', 'c']],
    ['settings[key] == {"k": v}', ['settings', 'key', 'v']],
    ['true', []],
  ])('%s: %j', (text, fields) => {
    expect(fieldsOf(text)).toEqual(fields)
  })
})

test('a compiled expression answers for each record alone', () => {
  const quick = compiled('gaps.all(gap, gap < limit)')
  expect(
    [{ gaps: [1], limit: 2 }, { gaps: ['a'], limit: 2 }, { gaps: [3], limit: 2 }, {}].map(quick),
  ).toEqual(['yes', 'unknown', 'no', 'unknown'])
  expect(quick({ gaps: [1], limit: 2 })).toBe('yes')
})
