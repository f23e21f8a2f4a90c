// What shells complete, from the list of commands: each reads its script and says what it offers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../cli/commands.ts'
import { isHere } from '../support/is-here.ts'
import { ranCommand } from '../support/ran-command.ts'

const script = async (shell: string) => (await ranCommand(['completion', shell])).out

/** What a shell offers at the end of these words: as it is typed, a space as `\\ `. */
type Offer = (...words: string[]) => Promise<string[]>

async function inBash(...words: string[]): Promise<string[]> {
  const asked = `${await script('bash')}
    COMP_WORDS=(firstpass "$@"); COMP_CWORD=$#; _firstpass; printf '%s\\n' "\${COMPREPLY[@]}"`
  return lines(execFileSync('bash', ['-uc', asked, 'bash', ...words], { encoding: 'utf8' }))
}

async function inZsh(...words: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'firstpass-zsh-'))
  const file = join(folder, '_firstpass')
  writeFileSync(file, await script('zsh'))
  const typed = ['firstpass', ...words].join(' ')
  const said = execFileSync('zsh', ['-f', 'test/fixtures/zsh-offers.zsh', file, typed], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return lines(said)
}

async function inFish(...words: string[]): Promise<string[]> {
  const typed = ['firstpass', ...words].join(' ')
  const asked = `${await script('fish')}\ncomplete -C '${typed}'`
  const said = execFileSync('fish', ['--no-config', '-c', asked], { encoding: 'utf8' })
  return lines(said).map((line) => line.split('\t')[0]?.replaceAll(' ', '\\ ') ?? '')
}

const lines = (said: string) => said.split('\n').filter((line) => line !== '')

/** Of bash alone it is sure that it is there. */
const shells: [string, Offer][] = [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
]
describe.each(shells)('%s', (shell, offered) => {
  test.skipIf(shell !== 'bash' && !isHere(shell, '-c', 'true'))(
    'completes commands, their second words, options, and the words that options take',
    { timeout: 90_000 },
    async () => {
      expect(await offered('roll')).toEqual(['rollout'])
      expect(await offered('rollout', 'ab')).toEqual(['abort'])
      expect(await offered('rollout', 'start', '--pre')).toEqual(['--preset'])
      expect((await offered('rollout', 'start', '--preset', 'c')).sort()).toEqual(['careful', 'conventional'])
      expect(await offered('containment', '--list', 'f')).toEqual(['false\\ scrap'])
      expect(await offered('rollout', 'abort', '--wa')).toEqual(['--wait'])
      expect(await offered('rollout', 'pause', '--wa')).toEqual([])
      expect(await offered('rollout', 'start', '--plan', 'package.js')).toEqual(['package.json'])
    },
  )
})

test('every shell knows every command and every option of it', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const text = await script(shell)
    for (const { name, options } of commands) {
      for (const word of name.split(' ')) expect(text).toContain(word)
      for (const option of Object.keys(options)) expect(text).toContain(option)
    }
  }
  expect(await ranCommand(['completion', 'powershell'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('expected bash, zsh, fish'),
  })
})
