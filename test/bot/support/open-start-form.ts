// The start form in the local Slack workspace, opened by its command, as one person fills it in.
import { ines } from '../../support/fixed-values.ts'
import { aProcedure, fakeService } from './fake-service.ts'
import { channel, type Door, openBot } from './open-bot.ts'

const user = ines.id
const procedure = aProcedure()

type Options = { door?: Door; text?: string; service?: ReturnType<typeof fakeService>; workspace?: object }

export async function openStartForm(options: Options = {}) {
  const service = options.service ?? fakeService()
  const open = await openBot({
    service,
    workspace: options.workspace ?? {},
    ...(options.door ? { door: options.door } : {}),
  })
  await open.workspace.command({ user, channel, text: options.text ?? 'start' })
  await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
  const view = () => open.workspace.views(user).at(-1)
  const viewId = view()?.id ?? ''
  const suggest = (actionId: string, typed = '') =>
    open.workspace.suggestOptions({ user, viewId, actionId, value: typed })
  const choose = (actionId: string, value?: string | string[]) =>
    open.workspace.click({ user, viewId, actionId, value })
  /** What the form says below its inputs. */
  const says = () =>
    (view()?.blocks ?? [])
      .flatMap((block) => (block.block_id?.startsWith('preview_') ? [JSON.stringify(block)] : []))
      .join('\n')
      .replaceAll('\u00a0', ' ')
  const previews = (part: string) =>
    open.workspace.waitFor(() => says().includes(part.replaceAll('\u00a0', ' ')), 2000)
  const has = (blockId: string) => view()?.blocks.some((block) => block.block_id === blockId) ?? false
  const chooseProcedure = async () => {
    await suggest('start_procedure')
    await choose('start_procedure', procedure.id)
    await previews('Stage 1')
  }
  const unfold = async () => {
    await choose('start_more')
    await open.workspace.waitFor(() => has('points'), 2000)
  }
  const submit = (values: Record<string, string | string[]> = {}) =>
    open.workspace.submitView({ user, viewId, values })
  return {
    ...open,
    service,
    view,
    viewId,
    suggest,
    choose,
    says,
    previews,
    has,
    chooseProcedure,
    unfold,
    submit,
  }
}
