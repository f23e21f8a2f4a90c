// `npm run calibrate`: simulates fleets, and says how often each method stops healthy rollouts and how soon bad ones.
import { engine } from '../server/domain/gates/evaluate-gates.ts'
import { allExperiments } from './calibrate/all-experiments.ts'
import { type CalibrateArguments, helpText, parseArguments } from './calibrate/arguments.ts'
import type { Experiment } from './calibrate/experiment.ts'
import { promiseLine, promisesOf } from './calibrate/promises.ts'
import { type Figure, runExperiment } from './calibrate/run-experiment.ts'
import { tablesOf, textTable } from './calibrate/tables.ts'
import { writeReport } from './calibrate/write-report.ts'

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))

/** The exit code: 0 all promises kept, 1 one was broken, 2 wrong arguments. */
async function main(argv: string[]): Promise<number> {
  const parsed = parseArguments(argv)
  if (parsed.kind === 'help') {
    process.stdout.write(helpText)
    return 0
  }
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.faults.join('\n')}\n${helpText}`)
    return 2
  }
  const { json, write, seed, rollouts, quick } = parsed.arguments
  const say = (text: string) => {
    if (!json) process.stdout.write(`${text}\n`)
  }
  say(`engine: ${engine}, seed ${seed}\n`)
  const figures = calibrate(parsed.arguments, (section) =>
    say(`${tablesOf(section).map(textTable).join('\n\n')}\n`),
  )
  const { made, broken } = promisesOf(figures)
  say(promiseLine(figures))
  if (json) {
    const promises = { made: made.length, broken: broken.length }
    process.stdout.write(`${JSON.stringify({ engine, seed, rollouts, quick, promises, table: figures })}\n`)
  }
  if (write) await writeReport(figures, headingOf(parsed.arguments, figures))
  return broken.length === 0 ? 0 : 1
}

/** All figures; each section is told as soon as it is complete. */
export function calibrate(
  { quick, seed, rollouts }: Pick<CalibrateArguments, 'quick' | 'seed' | 'rollouts'>,
  tell: (section: Figure[]) => void = () => undefined,
): Figure[] {
  const chosen = allExperiments.filter(({ isQuick }) => isQuick || !quick)
  const sections = new Map<string, Experiment[]>()
  for (const experiment of chosen) {
    sections.set(experiment.section, [...(sections.get(experiment.section) ?? []), experiment])
  }
  return [...sections.values()].flatMap((section) => {
    const figures = section.flatMap((experiment) =>
      runExperiment(experiment, seed, Math.max(2, Math.round(rollouts * experiment.share))),
    )
    tell(figures)
    return figures
  })
}

function headingOf({ seed, rollouts }: CalibrateArguments, figures: readonly Figure[]): string {
  const date = new Date().toISOString().slice(0, 10)
  const command = `npm run calibrate -- --seed ${seed} --rollouts ${rollouts} --write`
  return `${date}, engine “${engine}”, seed ${seed}; \`${command}\` makes these figures again.\n\n${promiseLine(figures)}.`
}
