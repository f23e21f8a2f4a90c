// Conditions over what stations report, such as `gap < 10s && drops == 0`, in the Common Expression Language.
import { EvaluationError } from '@marcbachmann/cel-js'
import { z } from 'zod'
import { readExpression } from './expression-reading.ts'
import { fieldValues } from './expression-record.ts'

/** Unknown: a field that the answer hangs on is absent, or of a kind that the expression cannot use. */
export type Holds = 'yes' | 'no' | 'unknown'

/** An expression as a person writes it; its fault says what is wrong and where. */
export const expressionText = z
  .string()
  .trim()
  .min(1, { error: 'expected an expression, got a blank one', abort: true })
  .max(500, { error: 'expected an expression of at most 500 characters', abort: true })
  .superRefine((text, context) => {
    const read = readExpression(text)
    if ('fault' in read) context.addIssue({ code: 'custom', message: read.fault })
  })

/**
 * Reads the expression once, to be asked of many records. Never throws: of a faulty expression, which expressionText
 * keeps out of plans, nothing is known.
 */
export function compiled(text: string): (record: Record<string, unknown>) => Holds {
  const read = readExpression(text)
  if ('fault' in read) return () => 'unknown'
  const { evaluate, fields, conditions } = read
  return (record) => {
    try {
      const answer = evaluate(fieldValues(record, fields, conditions))
      return typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : 'unknown'
    } catch (error) {
      if (error instanceof EvaluationError) return 'unknown'
      throw error
    }
  }
}

export function holds(text: string, record: Record<string, unknown>): Holds {
  return compiled(text)(record)
}

/** The metrics of a run that a behaviour names: as fields, as `metrics.name` or as `metrics["its name"]`. */
export function metricsNamed(text: string): string[] {
  const read = readExpression(text)
  return 'fault' in read ? [] : [...new Set([...read.fields, ...read.metrics])]
}

/** The fields of the record that the expression names, so that a page can say which are missing. */
export function fieldsOf(text: string): string[] {
  const read = readExpression(text)
  return 'fault' in read ? [] : read.fields
}
