// /rollout: acknowledged at once, answered to the one who typed it.
import type { App, SlashCommand } from '@slack/bolt'
import { type Markup, markup, oneLine } from '../blocks/markup.ts'
import type { Answer } from '../commands/answer.ts'
import { helpText, unknownText } from '../commands/help.ts'
import { leadingName } from '../commands/leading-name.ts'
import { subcommandName, subcommands } from '../commands/subcommands.ts'
import { unescaped, type Word, words } from '../words.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'
import { openStartModal, type Procedure } from './start-modal.ts'

export function rolloutCommand(app: App, deps: ListenerDeps): void {
  app.command('/rollout', async ({ ack, command, respond, context }) => {
    await ack()
    const at = await here(deps, context)
    const typed = unescaped(command.text).trim()
    const answer = await answered(at, command, words(typed))
    if (answer === null) return
    const to = { user: command.user_id, channel: command.channel_id, respond }
    const text = answer.done ? answer.text : withEcho(answer.text, typed)
    await at.tell(to, text, answer.done ? answer.blocks : undefined)
  })
}

/** Null when a form was opened in place of an answer. */
async function answered(deps: Here, command: SlashCommand, typed: Word[]): Promise<Answer | null> {
  const [first, ...rest] = typed
  const word = first?.text ?? 'help'
  const name = subcommandName(word)
  const subcommand = name === null ? undefined : subcommands[name]
  if (!subcommand)
    return word.toLowerCase() === 'help'
      ? { done: true, text: helpText(rest) }
      : { done: false, text: unknownText(word) }
  const { user_id: user, team_id: team, trigger_id: trigger } = command
  const facts = { user, team, trigger, name }
  try {
    const form = name === 'start' ? await formFor(deps, rest) : null
    if (form) {
      await openStartModal(deps, command, form.procedure)
      return null
    }
    const identified = await deps.people.identify(user, subcommand.canStop)
    if ('refused' in identified) {
      deps.log.info({ ...facts, decision: 'refused' }, identified.refused)
      return { done: false, text: markup`${identified.refused}` }
    }
    const asked = { words: rest, by: identified.actor, commandId: `slack:${trigger}` }
    const answer = await subcommand.run(asked, deps.service)
    deps.log.info({ ...facts, decision: answer.done ? 'done' : 'refused' }, '/rollout')
    return answer
  } catch (error) {
    deps.log.error({ err: error, ...facts }, '/rollout failed')
    return {
      done: false,
      text: markup`Firstpass failed to do this. Look at \`/rollout status\` before you try again.`,
    }
  }
}

/** Without words, or with a procedure alone, a form says more than an answer could. */
async function formFor(deps: Here, rest: Word[]): Promise<{ procedure: Procedure | null } | null> {
  if (rest.length === 0) return { procedure: null }
  const named = leadingName(rest, await deps.service.procedures())
  return named?.rest.length === 0 ? { procedure: named.match } : null
}

/** Slack empties the input line on sending: what was typed comes back to be copied. */
function withEcho(text: Markup, typed: string): Markup {
  const line = oneLine(`/rollout ${typed}`, 2400).replaceAll('```', "'''")
  return markup`${text}\nYou typed:\n\`\`\`${line}\`\`\``
}
