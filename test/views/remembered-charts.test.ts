import { expect, test, vi } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import { rememberedCharts } from '../../server/remembered-charts.ts'
import { uuid } from '../support/fixed-values.ts'
import { noCharts } from './support/rollout-charts.ts'

const id = rolloutId.parse(uuid(1, 1))
const part = { from: 0, to: 3_600_000 }

test('charts are read once while nothing changes, by rollout and part of the time', async () => {
  let mark = '1'
  const read = vi.fn(async () => noCharts)
  const charts = rememberedCharts(read, async () => mark)
  await Promise.all([charts(id, null), charts(id, null), charts(id, part)])
  expect(read).toHaveBeenCalledTimes(2)
  mark = '2'
  await charts(id, null)
  expect(read).toHaveBeenCalledTimes(3)
})

test('what could not be read is read anew, and so is what is not there', async () => {
  const read = vi.fn(async () => Promise.reject(new Error('no database')))
  const charts = rememberedCharts(read, async () => '1')
  await expect(charts(id, null)).rejects.toThrow('no database')
  await expect(charts(id, null)).rejects.toThrow('no database')
  expect(read).toHaveBeenCalledTimes(2)
  const none = vi.fn(async () => null)
  const absent = rememberedCharts(none, async () => null)
  expect(await absent(id, null)).toBeNull()
  expect(await absent(id, null)).toBeNull()
  expect(none).toHaveBeenCalledTimes(2)
})
