// Options that say something of a build, and the fields of the interface that they become.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { given, type Options, textOf, textsOf, type Values } from '../command.ts'
import { Misuse } from '../misuse.ts'

export const statuses = ['pending', 'building', 'ready', 'failed'] as const
export const environments = ['production', 'preview', 'development'] as const

export const buildOptions: Options = {
  'artifact-url': { type: 'string', value: 'URL', help: 'where stations pull it from' },
  'artifact-sha256': { type: 'string', value: 'HEX', help: 'what it must hash to' },
  'artifact-file': {
    type: 'string',
    value: 'FILE',
    help: 'the artifact itself: its hash and its size are taken',
  },
  label: { type: 'string', multiple: true, value: 'WORD', help: 'what the change is about; may be repeated' },
  expectation: { type: 'string', value: 'TEXT', help: 'what is expected of it, in words' },
  'expected-yield-change': {
    type: 'string',
    value: 'SHARE',
    help: 'by how much it changes the yield: =-0.008, or ="-0.8 points", for 0.8 points less',
  },
  reason: { type: 'string', value: 'TEXT', help: 'why it is at its status; needed with failed' },
}

export async function buildFields(values: Values) {
  const file = textOf(values, 'artifact-file')
  const artifact = file === undefined ? null : await artifactOf(file)
  const sha256 = textOf(values, 'artifact-sha256')
  if (artifact && sha256 !== undefined && sha256.toLowerCase() !== artifact.sha256)
    throw new Misuse(`--artifact-sha256: expected the hash of ${file}, ${artifact.sha256}, got ${sha256}`)
  return given({
    artifact_url: textOf(values, 'artifact-url'),
    artifact_sha256: artifact?.sha256 ?? sha256,
    artifact_metadata: artifact && file ? { file: basename(file), size: artifact.size } : undefined,
    labels: textsOf(values, 'label'),
    expectation: textOf(values, 'expectation'),
    expected_yield_change: yieldChange(textOf(values, 'expected-yield-change')),
    reason: textOf(values, 'reason'),
  })
}

async function artifactOf(file: string): Promise<{ sha256: string; size: number }> {
  try {
    const hash = createHash('sha256')
    await pipeline(createReadStream(file), hash)
    return { sha256: hash.digest('hex'), size: (await stat(file)).size }
  } catch (error) {
    throw new Misuse(`--artifact-file: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A bare number is a share of one; -0.8 would be 80 points, which nobody means. */
export function yieldChange(written: string | undefined): number | undefined {
  if (written === undefined) return undefined
  const [, number, unit] =
    /^([+-]?\d*\.?\d+)\s*(points?|pts?)?$/i.exec(written.trim().replace(/^[−–]/, '-')) ?? []
  if (number === undefined)
    throw new Misuse(`--expected-yield-change: expected -0.008 or "-0.8 points", got "${written}"`)
  const value = Number(number)
  if (unit !== undefined) return Number((value / 100).toFixed(8))
  if (Math.abs(value) <= 0.2) return value
  throw new Misuse(
    `--expected-yield-change: ${written} would be ${value * 100} points. Write ${value / 100} or "${written} points" for ${value} points`,
  )
}
