import { describe, expect, test } from 'vitest'
import { runFindings } from '../../server/domain/run-findings.ts'

const said = (detail: Record<string, unknown>, outcome: 'FAIL' | 'ERROR' | 'TIMEOUT' = 'ERROR') => {
  const { failureMode, failureText } = runFindings(detail, outcome)
  return { failureMode, failureText }
}
const failed = (name: string, more: Record<string, unknown> = {}, outcome = 'FAIL') => ({
  phases: [{ name, outcome, ...more }],
})

describe('what was said of a failure', () => {
  test('is the station’s word first, then details, exception, phase, message, log, and the measurement last', () => {
    const detail = {
      failure_text: 'Probe 12: no contact',
      outcome_details: [{ code: 'E42', description: 'Contact check failed' }],
      error_message: 'check of contacts',
      logs: [
        { level: 'ERROR', message: 'first' },
        { level: 'ERROR', message: 'needle bent' },
        { level: 'INFO', message: 'end' },
      ],
      ...failed('contacts', {
        error: { message: 'open pin' },
        measurements: [{ name: 'ohms', outcome: 'FAIL', measured_value: 1e6, units: 'Ω', upper_limit: 5 }],
      }),
    }
    expect(said(detail, 'FAIL').failureText).toBe(
      'phase contacts: E42: Probe 12: no contact; Contact check failed; open pin; check of contacts; needle bent; ' +
        'measurement ohms out of limits (at most 5 Ω), got 1000000 Ω',
    )
  })

  test.each([
    ['a limit below only', { lower_limit: 3.2, measured_value: 3 }, 'out of limits (at least 3.2), got 3'],
    ['no limits', { measured_value: 3 }, 'failed, got 3'],
    ['a text', { measured_value: 'A,1;2\n' }, 'failed, got A 1 2'],
    ['a list', { measured_value: [1, 2], upper_limit: 3 }, 'out of limits (at most 3)'],
    ['no value', { lower_limit: 1, upper_limit: 2 }, 'out of limits (1 to 2)'],
  ])('names a measurement with %s', (_what, measured, expected) => {
    const detail = failed('rails', { measurements: [{ name: 'a, b', outcome: 'FAIL', ...measured }] })
    expect(said(detail, 'FAIL').failureText).toBe(`phase rails: measurement a  b ${expected}`)
  })

  test('of a traceback is its last line, and nothing is said twice', () => {
    const traceback =
      'Traceback (most recent call last):\n  File "fct.py", line 7\n    raise X\npyvisa.errors.VisaIOError: VI_ERROR_TMO'
    const detail = {
      error_code: 'VisaIOError',
      error_message: traceback,
      log_records: [
        { level: 40, message: traceback },
        { level: 20, message: 'teardown' },
      ],
    }
    expect(said(detail)).toEqual({
      failureMode: 'VisaIOError',
      failureText: 'pyvisa.errors.VisaIOError: VI_ERROR_TMO',
    })
  })

  test('stands for the mode where nothing else does, its numbers left open', () => {
    expect(said({ error_message: 'Station 7: no answer from 10.0.0.4:5025 (0xBF)' })).toEqual({
      failureMode: 'Station #: no answer from #:# (#)',
      failureText: 'Station 7: no answer from 10.0.0.4:5025 (0xBF)',
    })
    expect(said({ logs: [{ level: 'ERROR', message: 'who knows' }] })).toEqual({
      failureMode: null,
      failureText: 'who knows',
    })
  })

  test('is at least where it failed', () => {
    expect(said(failed('boot: cold'), 'FAIL').failureText).toBe('phase boot  cold')
    expect(said({}).failureText).toBeNull()
  })

  test('is cut to 500 characters, and keeps the measurement', () => {
    const detail = {
      failure_text: 'x'.repeat(900),
      error_message: '🏭'.repeat(400),
      metadata: { error_message: 'y'.repeat(900) },
      ...failed('rails', { measurements: [{ name: '5V', outcome: 'FAIL', measured_value: 4 }] }),
    }
    const text = said(detail, 'FAIL').failureText ?? ''
    expect(text.length).toBeLessThanOrEqual(500)
    expect(text).toMatch(/; measurement 5V failed, got 4$/)
    expect(text.isWellFormed()).toBe(true)
  })
})
