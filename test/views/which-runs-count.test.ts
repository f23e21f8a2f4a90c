import { expect, test } from 'vitest'
import { rolloutCard } from '../../bot/blocks/rollout-card.ts'
import { stationId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type Html, htmlText } from '../../views/html.ts'
import { arms } from '../../views/rollout/arms.ts'
import { shadow } from '../../views/rollout/shadow.ts'
import { stations } from '../../views/rollout/stations.ts'
import { unattributed } from '../../views/rollout/unattributed.ts'
import { textOfMessage } from '../bot/support/limits.ts'
import { uuid } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { aFrame } from './support/page-frame.ts'
import { read } from './support/read.ts'

const text = (section: Html | null) => (section === null ? null : read(htmlText(section)))

/** Numbers hold on to their words. */
const plain = (message: string) => message.replaceAll('\u{a0}', ' ')

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
  for (const section of [arms, (view: RolloutView) => stations(view, 'stations.csv', aFrame)]) {
    expect(text(section(ever))).toContain('by its first attempt.')
    expect(text(section(byDay))).toContain('by its first attempt of the day.')
  }
})

const unknown = {
  runs: 9,
  canaryRuns: 7,
  matters: true,
  stations: [
    {
      id: stationId.parse(uuid(3, 0)),
      name: 'FCT-01',
      runs: 7,
      isCanary: true,
      reason: { why: 'deployment_id in the body is v9, which is no id', fix: 'Send the id.' },
    },
    {
      id: stationId.parse(uuid(3, 5)),
      name: 'FCT-06',
      runs: 2,
      isCanary: false,
      reason: { why: 'it says nothing of its build', fix: 'Acknowledge each build.' },
    },
  ],
}

test('runs of an unknown build are told on the page by station, with why and what to do', () => {
  const shown = text(unattributed(aRollout({ unattributed: unknown })))
  expect(shown).toContain(
    '9 runs since the start came without a build that is known, 7 of them of canary stations.',
  )
  expect(shown).toContain('FCT-01 canary 7 deployment_id in the body is v9, which is no id Send the id.')
  expect(shown).toContain('FCT-06 2 it says nothing of its build Acknowledge each build.')
  expect(unattributed(aRollout())).toBeNull()
})

test('a card tells of them where so many are of canary stations that its numbers may mislead', () => {
  const card = (part: object) =>
    plain(textOfMessage(rolloutCard(aRollout({ unattributed: { ...unknown, ...part } }), 1)))
  expect(card({})).toContain(
    '7 runs of FCT-01, in neither arm: deployment_id in the body is v9, which is no id. Send the id.',
  )
  expect(plain(rolloutCard(aRollout({ unattributed: unknown }), 1).text)).toContain(
    'Of an unknown build: 7 runs of FCT-01',
  )
  expect(card({ matters: false })).not.toContain('neither arm')
})
