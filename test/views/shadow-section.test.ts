import { expect, test } from 'vitest'
import { type Html, htmlText } from '../../views/html.ts'
import { arms } from '../../views/sections/arms.ts'
import { shadow } from '../../views/sections/shadow.ts'
import { stations } from '../../views/sections/stations.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { read } from './support/read.ts'

const text = (section: Html | null) => (section === null ? null : read(htmlText(section)))

const seen = {
  pairs: 60,
  worse: 7,
  better: 1,
  concordant: 52,
  void: 2,
  logEvidence: Math.log(14.2),
  headline: 'the new build alone failed 7 of 60 units that both builds tested, base alone 1',
}

test('what the new build did in shadow stands on the page, where it ever ran so', () => {
  const shown = text(shadow(aRollout({ shadow: seen })))
  expect(shown).toContain('The new build alone failed 7 of 60 units that both builds tested, base alone 1.')
  expect(shown).toContain('On 52 both did the same.')
  expect(shown).toContain('passes: 14 ,')
  expect(shown).toContain('2 pairs left out')
  expect(shadow(aRollout())).toBeNull()
})

test('a page says whether its yields count first attempts for ever or of each day', () => {
  const ever = aRollout()
  const byDay = aRollout({ procedure: { ...ever.procedure, attemptRule: 'day' } })
  for (const section of [arms, stations]) {
    expect(text(section(ever))).toContain('by its first attempt.')
    expect(text(section(byDay))).toContain('by its first attempt of the day.')
  }
})
