// views.*: modals opened by a trigger, their stack, and the App Home.
import { z } from 'zod'
import { checkImages } from '../blocks/check-images.ts'
import { type CheckedView, checkView } from '../blocks/check-view.ts'
import { startAtConversation } from '../blocks/current-conversation.ts'
import type { StoredView } from '../state/views.ts'
import type { World } from '../state/world.ts'
import { type Answer, type Method, method, type Refusal, refuse, text } from './answer.ts'
import { viewPayload } from './view-payload.ts'

export const viewMethods: Record<string, Method> = {
  'views.open': method(z.object({ trigger_id: z.string(), view: z.unknown() }), async (args, world) => {
    const view = await checked(args.view, 'modal', world)
    if ('ok' in view) return view
    const trigger = world.triggers.redeem(args.trigger_id)
    if ('error' in trigger) return refuse(trigger.error)
    const blocks = startAtConversation(view.blocks, trigger.channel)
    return answer(world.views.open(trigger.user, { ...view, blocks }), world)
  }),

  'views.push': method(z.object({ trigger_id: z.string(), view: z.unknown() }), async (args, world) => {
    const view = await checked(args.view, 'modal', world)
    if ('ok' in view) return view
    const trigger = world.triggers.redeem(args.trigger_id)
    if ('error' in trigger) return refuse(trigger.error)
    if (trigger.viewId === undefined) return refuse('not_found')
    return answer(world.views.push(trigger.user, view), world)
  }),

  'views.update': method(
    z.object({ view: z.unknown(), view_id: text, external_id: text, hash: text }),
    async (args, world) => {
      const view = await checked(args.view, 'modal', world)
      if ('ok' in view) return view
      const current = args.view_id
        ? world.views.find(args.view_id)
        : args.external_id
          ? world.views.findByExternalId(args.external_id)
          : undefined
      if (!current) return refuse('not_found')
      if (args.hash && args.hash !== current.hash) return refuse('hash_conflict')
      return answer(world.views.update(current, view), world)
    },
  ),

  'views.publish': method(
    z.object({ user_id: z.string(), view: z.unknown(), hash: text }),
    async (args, world) => {
      const view = await checked(args.view, 'home', world)
      if ('ok' in view) return view
      if (!world.directory.user(args.user_id)) return refuse('user_not_found')
      const current = world.views.home(args.user_id)
      if (args.hash && current && args.hash !== current.hash) return refuse('hash_conflict')
      return answer(world.views.publish(args.user_id, view), world)
    },
  ),
}

async function checked(
  input: unknown,
  type: CheckedView['type'],
  world: World,
): Promise<CheckedView | Refusal> {
  const view = checkView(input)
  if ('error' in view) return refuse(view.error, view.faults)
  if (view.view.type !== type)
    return refuse('invalid_arguments', [`must be a ${type} [json-pointer:/view/type]`])
  const unreachable = await checkImages(view.view.blocks, world, ['view', 'blocks'])
  return unreachable.length > 0 ? refuse('invalid_arguments', unreachable) : view.view
}

function answer(view: StoredView | { error: string }, world: World): Answer {
  if ('error' in view) return refuse(view.error)
  return { ok: true, view: viewPayload(view, world.team) }
}
