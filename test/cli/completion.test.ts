// What shells complete, from the list of commands: bash sources its script and says what it offers.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commands } from '../../cli/commands.ts'
import { ranCommand } from '../support/ran-command.ts'

const script = async (shell: string) => (await ranCommand(['completion', shell])).out

/** What bash offers at the end of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const asked = `${await script('bash')}
    COMP_WORDS=(firstpass "$@"); COMP_CWORD=$#; _firstpass; printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync('bash', ['-uc', asked, 'bash', ...words], { encoding: 'utf8' })
  return said.split('\n').filter((line) => line !== '')
}

test('bash completes commands, their second words, options, and the words that options take', async () => {
  expect(await offered('roll')).toEqual(['rollout'])
  expect(await offered('rollout', 'ab')).toEqual(['abort'])
  expect(await offered('rollout', 'start', '--pre')).toEqual(['--preset'])
  expect(await offered('rollout', 'start', '--preset', 'c')).toEqual(['conventional', 'careful'])
  expect(await offered('containment', '--list', 'f')).toEqual(['false\\ scrap'])
  expect(await offered('rollout', 'abort', '--wa')).toEqual(['--wait'])
  expect(await offered('rollout', 'pause', '--wa')).toEqual([])
  expect(await offered('rollout', 'start', '--reason', 'x')).toEqual([])
  expect(await offered('rollout', 'start', '--plan', 'package.js')).toEqual(['package.json'])
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
