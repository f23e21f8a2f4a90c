// /rollout: acknowledged at once, answered to the one who typed it.
import type { App, SlashCommand } from '@slack/bolt'
import { stops } from '../../server/domain/rights.ts'
import { actions, type CardBlock, section } from '../blocks/build.ts'
import { type Markup, markup, oneLine } from '../blocks/markup.ts'
import { type Answer, type Asked, type Form, no, type Subcommand } from '../commands/answer.ts'
import { helpText, unknownText } from '../commands/help.ts'
import { subcommandName, subcommands } from '../commands/subcommands.ts'
import { unescaped, type Word, words } from '../commands/words.ts'
import { openConfigModal } from './config-modal.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'
import { openStartModal } from './start-modal.ts'

export function rolloutCommand(app: App, deps: ListenerDeps): void {
  app.command('/rollout', async ({ ack, command, respond, context }) => {
    await ack()
    const at = await here(deps, context)
    const typed = unescaped(command.text).trim()
    const answer = await answered(at, command, words(typed))
    if (answer === null) return
    const to = { user: command.user_id, channel: command.channel_id, respond }
    const text = answer.done ? answer.text : withEcho(answer.text, typed)
    await at.tell(to, text, blocksOf(text, answer))
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
  const facts = { user: command.user_id, team: command.team_id, trigger: command.trigger_id, verb: name }
  try {
    const form = subcommand.form ? await subcommand.form(rest, deps.service) : null
    if (form && 'done' in form) return form
    if (form) {
      await open(deps, command, form)
      return null
    }
    return await run(deps, command, subcommand, rest, facts)
  } catch (error) {
    deps.log.error({ err: error, ...facts }, '/rollout failed')
    return {
      done: false,
      text: markup`Firstpass failed to do this. Look at \`/rollout status\` before you try again.`,
    }
  }
}

/** The trigger of a form lives three seconds: who may use it is asked while it is being read. */
async function open(deps: Here, command: SlashCommand, form: Form): Promise<void> {
  const from = { trigger: command.trigger_id, user: command.user_id, channel: command.channel_id }
  if (form.opens === 'config') return openConfigModal(deps, from, form.procedureId)
  const { opens: _start, ...prefill } = form
  await openStartModal(deps, from, prefill)
}

async function run(
  deps: Here,
  command: SlashCommand,
  subcommand: Subcommand,
  rest: Word[],
  facts: object,
): Promise<Answer> {
  const { verb } = subcommand
  const identified = await deps.people.identify(command.user_id, verb !== null && stops(verb))
  if ('refused' in identified) {
    deps.log.info({ ...facts, decision: 'refused' }, identified.refused)
    return { done: false, text: markup`${identified.refused}` }
  }
  const by = identified.actor
  const refused: Asked['refused'] = async (right, procedureId) => {
    const notAllowed = await deps.rights.refused(by, right, procedureId)
    return notAllowed && no(notAllowed.text)
  }
  const asked = { words: rest, by, commandId: `slack:${command.trigger_id}`, now: deps.now(), refused }
  const answer = await subcommand.run(asked, deps.service)
  deps.log.info({ ...facts, decision: answer.done ? 'done' : 'refused' }, '/rollout')
  return answer
}

/** Slack empties the input line on sending: what was typed comes back to be copied. */
function withEcho(text: Markup, typed: string): Markup {
  const line = oneLine(`/rollout ${typed}`, 2400).replaceAll('```', "'''")
  return markup`${text}\nYou typed:\n\`\`\`${line}\`\`\``
}

function blocksOf(text: Markup, { done, blocks, buttons }: Answer): CardBlock[] | undefined {
  if (buttons) return [section('answer', text, 3000), actions('offers', buttons)]
  return done ? blocks : undefined
}
