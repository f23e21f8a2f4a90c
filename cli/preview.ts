// firstpass preview: what a start would do, before anybody starts it.
import { answerOf } from '../clients/api/client.ts'
import type { Command } from './command.ts'
import { buildOf, findProcedure, procedureOption, theProcedure } from './find.ts'
import { Misuse } from './misuse.ts'
import { planFields, planOptions } from './rollout/plan-options.ts'
import { table } from './table.ts'

export const preview: Command = {
  name: 'preview',
  summary: 'what a start would do: its stages with their stations, the time to a verdict, what it can see',
  operands: '[PROCEDURE] [BUILD]',
  options: { ...procedureOption, ...planOptions },
  example: 'FCT 2.5.0 --preset careful',
  async run(values, [named, version, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected a procedure and a build, got "${rest[0]}" too`)
    const procedure =
      named === undefined ? await findProcedure(values, session) : await theProcedure(named, session)
    const build =
      version === undefined ? {} : { deployment_id: (await buildOf(procedure, version, session)).id }
    const body = { ...(await planFields(values, session)), ...build, procedure_id: procedure.id }
    const { command_id: _id, reason: _reason, start_at: _at, ...plan } = body
    const found = await answerOf(session.api.POST('/api/v1/rollouts/preview', { body: plan }))
    const stages = table(
      found.stages.map(({ label, stations, hours_to_verdict, smallest_drop }, index) => [
        `${index + 1}`,
        label,
        names(stations),
        hours_to_verdict === null ? 'no pace is known' : `${Number(hours_to_verdict.toFixed(1))} h`,
        smallest_drop === null ? '' : `${(smallest_drop * 100).toFixed(1)} points`,
      ]),
      ['STAGE', 'TAKES', 'STATIONS', 'VERDICT AFTER', 'SEES DROPS OF'],
    )
    const notes = [
      ...found.left_out.map(({ name, why }) => `left out: ${name}, ${why}`),
      ...found.canaries.missing.map(
        ({ site, line, stations }) =>
          `no canary on ${[site, line].filter(Boolean).join(', ')} (${stations} stations)`,
      ),
      ...found.trouble.map(({ name, what }) => `${name}: ${what.join(', ')}`),
      ...(found.closed_because === null ? [] : [`a start would be refused now: ${found.closed_because}`]),
    ]
    return { json: found, text: [stages, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n') }
  },
}

const mostNames = 6

function names(stations: { name: string }[]): string {
  const shown = stations.slice(0, mostNames).map(({ name }) => name)
  const more = stations.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
