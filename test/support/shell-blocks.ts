// The commands that a document shows, block by block, as bash would be given them.
import { readFileSync } from 'node:fs'

export type ShellBlock = { file: string; line: number; script: string }

export function shellBlocks(file: string): ShellBlock[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)].map((found) => ({
    file,
    line: text.slice(0, found.index).split('\n').length + 1,
    script: found[1] ?? '',
  }))
}
