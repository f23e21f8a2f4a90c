// What a build changes of limits, on its page: what, from what to what, and who said so.
import { expect, it } from 'vitest'
import { htmlText } from '../../views/html.ts'
import { changes } from '../../views/rollout/changes.ts'
import { marek, noon } from '../support/fixed-values.ts'
import { aChange, aRollout, changesOf } from '../support/rollout-view-builder.ts'
import { read } from './support/read.ts'

const shown = (...list: Parameters<typeof changesOf>) =>
  htmlText(changes(aRollout({ changes: changesOf(...list) })))

it('says of each change what it was, what it is and who stands for it', () => {
  const accepted = { by: marek, at: noon, why: 'revision C' }
  const text = read(
    shown(
      aChange({ products: ['TX-300'] }),
      aChange({ kind: 'measurement removed', direction: null, now: null }),
      aChange({ status: 'accepted', holds: false, accepted }),
      aChange({
        status: 'declared',
        holds: false,
        isSeen: false,
        kind: 'phase added',
        measurement: null,
        old: null,
        now: null,
      }),
      aChange({ against: 'declaration' }),
    ),
  )
  expect(text).toContain('5 changes against base, 3 not declared: 3 changes of limits to be declared')
  expect(text).toContain('Limits loosened seen with TX-300 3.2 … 3.4 V 3.1 … 3.4 V nobody')
  expect(text).toContain('Measurement removed')
  expect(text).toContain('accepted by Marek Nowak')
  expect(text).toContain('revision C')
  expect(text).toContain('Phase added, in no run yet')
  expect(text).toContain('Limits loosened, not as declared')
  expect(text).not.toMatch(/\b(?:null|undefined)\b/)
})

it('writes names as text, and is hidden when nothing is changed', () => {
  const hostile = '<script>alert(1)</script>'
  const text = shown(
    aChange({ phase: hostile, measurement: hostile, products: [hostile], old: hostile, now: hostile }),
  )
  expect(text).not.toContain('<script')
  expect(htmlText(changes(aRollout()))).toContain('hidden')
})
