// Open modals as a stack per person, and each person's App Home.
import type { CheckedView } from '../blocks/check-view.ts'
import { nameBlocks } from '../blocks/name-blocks.ts'
import type { Option } from '../blocks/text-object.ts'
import type { Changes } from './changes.ts'
import type { Ids } from './ids.ts'

/** Slack's shape of one input's value, e.g. `{ type: 'plain_text_input', value: '2.4.1' }`. */
export type StateValue = { type: string } & Record<string, unknown>
export type StateValues = Record<string, Record<string, StateValue>>

export type StoredView = CheckedView & {
  id: string
  user: string
  hash: string
  rootId: string
  previousId: string | null
  values: StateValues
  errors: Record<string, string>
  /** What the person reads when the app did not answer. */
  notice?: string | undefined
  /** Options an external select showed last, by `block_id/action_id`; only these can be chosen. */
  offered: Record<string, Option[]>
}

const maxStack = 3

export function views(deps: { ids: Ids; changes: Changes }) {
  const stacks = new Map<string, StoredView[]>()
  const homes = new Map<string, StoredView>()

  function all(): StoredView[] {
    return [...[...stacks.values()].flat(), ...homes.values()]
  }

  function stack(user: string): StoredView[] {
    return stacks.get(user) ?? []
  }

  function find(id: string): StoredView | undefined {
    return all().find((one) => one.id === id)
  }

  function findByExternalId(externalId: string): StoredView | undefined {
    return all().find((one) => one.external_id === externalId)
  }

  function hash(): string {
    return `${deps.ids.ts().split('.')[0]}.${deps.ids.next('h').toLowerCase()}`
  }

  function create(user: string, view: CheckedView, below?: StoredView): StoredView {
    const id = deps.ids.next('V')
    return {
      ...view,
      id,
      user,
      blocks: nameBlocks(view.blocks, deps.ids),
      hash: hash(),
      rootId: below?.rootId ?? id,
      previousId: below?.id ?? null,
      values: {},
      errors: {},
      offered: {},
    }
  }

  function keep(user: string, views: StoredView[]): void {
    stacks.set(user, views)
    deps.changes.happened()
  }

  function open(user: string, view: CheckedView): StoredView | { error: string } {
    if (isTaken(view.external_id)) return { error: 'duplicate_external_id' }
    const opened = create(user, view)
    keep(user, [opened])
    return opened
  }

  function push(user: string, view: CheckedView): StoredView | { error: string } {
    const below = stack(user).at(-1)
    if (!below) return { error: 'not_found' }
    if (stack(user).length >= maxStack) return { error: 'push_limit_reached' }
    if (isTaken(view.external_id)) return { error: 'duplicate_external_id' }
    const pushed = create(user, view, below)
    keep(user, [...stack(user), pushed])
    return pushed
  }

  function isTaken(externalId: string | undefined): boolean {
    return externalId !== undefined && externalId !== '' && findByExternalId(externalId) !== undefined
  }

  /** What a person typed stays where a block and an action keep their ids. */
  function update(current: StoredView, view: CheckedView): StoredView {
    const blocks = nameBlocks(view.blocks, deps.ids)
    const { id, user, rootId, previousId, values, offered } = current
    const kept = { id, user, rootId, previousId, values, offered }
    const changed = { ...view, ...kept, blocks, hash: hash(), errors: {} }
    replace(changed)
    return changed
  }

  function replace(view: StoredView): void {
    if (view.type === 'home') homes.set(view.user, view)
    else
      stacks.set(
        view.user,
        stack(view.user).map((one) => (one.id === view.id ? view : one)),
      )
    deps.changes.happened()
  }

  function change(
    id: string,
    part: Partial<Pick<StoredView, 'values' | 'errors' | 'notice' | 'offered'>>,
  ): void {
    const current = find(id)
    if (current) replace({ ...current, ...part })
  }

  function publish(user: string, view: CheckedView): StoredView {
    const current = homes.get(user)
    if (current) return update(current, view)
    const home = create(user, view)
    homes.set(user, home)
    deps.changes.happened()
    return home
  }

  function close(view: StoredView): void {
    keep(
      view.user,
      stack(view.user).filter((one) => one.id !== view.id),
    )
  }

  return {
    find,
    findByExternalId,
    stack,
    open,
    push,
    update,
    change,
    publish,
    close,
    closeAll: (user: string) => keep(user, []),
    home: (user: string) => homes.get(user),
  }
}
