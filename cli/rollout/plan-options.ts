// Options that make a plan, and the fields of the interface that they become.
import { readFile } from 'node:fs/promises'
import type { paths } from '../../clients/api/paths.ts'
import { parseStages } from '../../server/domain/stages-text.ts'
import {
  given,
  type Options,
  oneOf,
  type Session,
  textOf,
  textsOf,
  type Values,
  wholeOf,
} from '../command.ts'
import { yieldChange } from '../deploy/build-options.ts'
import { Misuse } from '../misuse.ts'
import { stationNamed } from '../stations/find-station.ts'

export type StartBody = NonNullable<
  paths['/api/v1/rollouts']['post']['requestBody']
>['content']['application/json']
type Plan = Omit<StartBody, 'procedure_id' | 'deployment_id'>

export const presets = [
  'standard',
  'conventional',
  'careful',
  'high-risk',
  'two-stage',
  'small-fleet',
  'hot-fix',
] as const satisfies readonly StartBody['preset'][]
const progressions = ['fleet', 'site'] as const

export const planOptions: Options = {
  preset: { type: 'string', value: 'NAME', words: presets, help: 'the stages by name; standard when absent' },
  stages: { type: 'string', value: 'LIST', help: 'stages of your own: "1, 25%, 50%, 100%"' },
  plan: {
    type: 'string',
    value: 'FILE',
    help: 'all that a plan may ask as JSON, as POST /api/v1/rollouts takes it: soaks, gates, shifts; options go first',
  },
  site: { type: 'string', multiple: true, value: 'SITE', help: 'only its stations; may be repeated' },
  line: { type: 'string', multiple: true, value: 'LINE', help: 'only its stations; may be repeated' },
  tag: { type: 'string', multiple: true, value: 'TAG', help: 'only stations with it; may be repeated' },
  'hand-picked': {
    type: 'string',
    multiple: true,
    value: 'STATION',
    help: 'taken first, in this order; may be repeated',
  },
  progression: { type: 'string', value: 'WORD', words: progressions, help: 'site: one site after the other' },
  approvals: { type: 'string', value: 'NUMBER', help: 'people who must approve the start' },
  'four-eyes': { type: 'boolean', help: 'whoever starts it may not approve it' },
  expectation: { type: 'string', value: 'TEXT', help: 'what is expected of the build, in words' },
  'expected-yield-change': {
    type: 'string',
    value: 'SHARE',
    help: 'by how much it changes the yield: =-0.008, or ="-0.8 points", for 0.8 points less',
  },
}

export async function planFields(values: Values, session: Session): Promise<Plan> {
  const stages = stagesOf(textOf(values, 'stages'))
  const preset = oneOf(values, 'preset', presets)
  if (stages && preset)
    throw new Misuse('expected --preset or --stages, got both: stages are a plan of their own')
  const picked = textsOf(values, 'hand-picked')
  const groups = given({
    sites: textsOf(values, 'site'),
    lines: textsOf(values, 'line'),
    tags: textsOf(values, 'tag'),
  })
  const asked = given({
    preset,
    stages,
    group: Object.keys(groups).length === 0 ? undefined : groups,
    hand_picked: picked && (await Promise.all(picked.map((named) => stationNamed(named, session)))),
    progression: oneOf(values, 'progression', progressions),
    start_approvals: wholeOf(values, 'approvals'),
    four_eyes: values['four-eyes'] === true ? true : undefined,
    expectation: textOf(values, 'expectation'),
    expected_yield_change: yieldChange(textOf(values, 'expected-yield-change')),
  })
  const file = textOf(values, 'plan')
  const written = file === undefined ? {} : await planIn(file)
  // Stages that were typed take the place of the file's preset, and the other way round.
  const { preset: fromFile, stages: ofFile, ...rest } = written
  const own = stages || preset ? {} : given({ preset: fromFile, stages: ofFile })
  return { ...rest, ...own, ...asked }
}

function stagesOf(text: string | undefined): StartBody['stages'] {
  if (text === undefined) return undefined
  const parsed = parseStages(text)
  if ('error' in parsed) throw new Misuse(`--stages: ${parsed.error}`)
  return parsed.stages.map((target) => ({ target }))
}

/** What it says is for the service to judge, which names each fault by its place. */
async function planIn(file: string): Promise<Plan> {
  try {
    const plan: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof plan === 'object' && plan !== null && !Array.isArray(plan)) return { ...plan }
  } catch (error) {
    throw new Misuse(`--plan: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new Misuse(`--plan: expected { … } in ${file}, as POST /api/v1/rollouts takes it`)
}
