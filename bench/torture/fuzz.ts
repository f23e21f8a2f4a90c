// Thousands of generated requests to every route, good and bad: none fails, hangs or is half done.
import { openDatabase } from '../../db/client.ts'
import { fuzzService } from '../../test/support/fuzz/fuzz-service.ts'
import { serviceOn } from '../../test/support/service-on.ts'
import { tellings } from './tellings.ts'
import type { Place, Told, Torture } from './torture.ts'

export const fuzz: Torture = {
  name: 'fuzz',
  about: 'generated requests to every route, good and bad, with and without a right to them',
  isLong: true,
  run,
}

const promise =
  'every request is answered in time, in the shape of an answer, and a refused one writes nothing'

async function run({ seed, short, database }: Place): Promise<Told> {
  const opened = await openDatabase(await database('pglite'))
  const service = await serviceOn(opened, { isLocal: true })
  const requests = short ? 1_000 : 10_000
  const { sent, statuses, compared, faults } = await fuzzService(service, {
    seed,
    requests,
    compareEvery: 10,
  })
  await service.close()
  await opened.close()
  const telling = tellings()
  telling.each(
    promise,
    faults.map(({ number, request, status, why }) => `${number}: ${status}, ${why}\n          ${request}`),
  )
  return telling.all([
    { name: 'requests sent', value: sent, unit: '' },
    ...Object.entries(statuses).map(([group, value]) => ({ name: `answered ${group}`, value, unit: '' })),
    { name: 'refused writes compared with the tables', value: compared, unit: '' },
  ])
}
