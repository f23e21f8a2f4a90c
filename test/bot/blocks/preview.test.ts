// What a plan would do, in words: stations, time, the smallest drop in sight.
import { expect, it } from 'vitest'
import { canaryLines } from '../../../bot/blocks/canaries.ts'
import { previewLines } from '../../../bot/blocks/preview.ts'
import { presetPlan } from '../../../server/domain/presets.ts'
import { isRefusal } from '../../../server/domain/rollout/commands.ts'
import type { StagePreview } from '../../../server/service.ts'
import { aProcedure, fakeService } from '../support/fake-service.ts'

async function lines(part: Partial<StagePreview['stages'][number]>): Promise<string> {
  const preview = await fakeService().preview(aProcedure().id, presetPlan('two-stage'))
  if (isRefusal(preview)) throw new Error(preview.why)
  const stages = preview.stages.map((stage) => ({ ...stage, ...part }))
  return previewLines({ ...preview, stages })
    .map((line) => line.markup.replaceAll('\u00a0', ' '))
    .join('\n')
}

it.each([
  [0.4, 'under an hour to a verdict'],
  [6.4, 'about 6 h to a verdict'],
  [47.4, 'about 47 h to a verdict'],
  [60, 'about 3 days to a verdict'],
])('%s hours are "%s"', async (hoursToVerdict, says) => {
  expect(await lines({ hoursToVerdict })).toContain(
    `*Stage 1*, stage 1: FCT-01; ${says}, sees drops from 2.1 points`,
  )
})

it('promises no time and no sight where too little was tested lately', async () => {
  const text = await lines({ hoursToVerdict: null, smallestDrop: null })
  expect(text).toContain('*Time to a verdict* cannot be said')
  expect(text).not.toContain('sees drops')
  expect(await lines({})).not.toContain('cannot be said')
})

it('says only of yields that differ by how much', async () => {
  const service = fakeService()
  service.canaries = { ...service.canaries, yields: { canaries: 0.9791, fleet: 0.979 } }
  const preview = await service.preview(aProcedure().id, presetPlan('two-stage'))
  if (isRefusal(preview)) throw new Error(preview.why)
  expect(canaryLines(preview)[0]?.markup).toContain('of the fleet (the same)')
})
