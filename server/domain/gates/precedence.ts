// The order in which verdicts are looked at: protective first.
import type { VerdictWord } from './verdict.ts'

export const precedence: VerdictWord[] = ['severe', 'breach', 'blind', 'no data', 'grey', 'wait', 'pass']
