// The page about Slack says what the code does: every verb as it is written, and pictures that are there.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { subcommands } from '../../bot/commands/subcommands.ts'

const page = readFileSync('docs/slack.md', 'utf8')

test('lists every verb of /rollout as its help does, and no other', () => {
  const rows = [...page.matchAll(/^\| `(.+?)` \| (.+) \|$/gm)].map(([, usage, summary]) => [usage, summary])
  const known = Object.values(subcommands).map(({ usage, summary }) => [
    usage.replaceAll('|', '\\|'),
    summary,
  ])
  expect(rows).toEqual(known)
})

test('shows pictures that are there', () => {
  const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file]) => `docs/${file}`)
  expect(pictures.length).toBeGreaterThan(5)
  for (const picture of pictures) expect(existsSync(picture), picture).toBe(true)
})
