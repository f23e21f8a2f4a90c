// Turns clicks, choices and typing on blocks into acts.
import type { Act } from '../act.ts'
import { confirmed } from './confirm.ts'
import { enteredValues, entryOf } from './controls.ts'
import { searches } from './search.ts'
import { sendAct } from './send-act.ts'

type At = Extract<Act, { do: 'click' }>['at']

export function acting(deps: { user: () => string }) {
  const search = searches({ user: deps.user, place })

  async function click(element: HTMLElement): Promise<void> {
    const at = place(element)
    if (!at || !(await confirmed(element))) return
    element.closest('details.overflow')?.removeAttribute('open')
    const { action = '', block = '', value } = element.dataset
    element.classList.add('busy')
    await sendAct({
      do: 'click',
      user: deps.user(),
      actionId: action,
      blockId: block,
      value,
      at,
      ...modalValues(element),
    })
    element.classList.remove('busy')
  }

  async function changed(control: HTMLElement): Promise<void> {
    const at = place(control)
    if (!at || control.dataset.sends === undefined || !(await confirmed(control))) return
    const { action = '', block = '' } = control.dataset
    const value = entryOf(control)
    await sendAct({
      do: 'click',
      user: deps.user(),
      actionId: action,
      blockId: block,
      value,
      at,
      ...modalValues(control),
    })
  }

  function listen(): void {
    document.addEventListener('click', (event) => {
      const target = event.target as Element
      const element = target.closest<HTMLElement>('[data-click]')
      if (element) void click(element)
      if (target.matches('[role=combobox]')) search.typed(target as HTMLInputElement)
      const item = target.closest<HTMLElement>('[role=listbox] [role=option]')
      if (item) search.choose(item)
      const box = target.closest('.search')
      const drop = target.closest('[data-drop]')
      drop?.closest('.chip')?.remove()
      if (drop) box?.dispatchEvent(new Event('change', { bubbles: true }))
      for (const other of document.querySelectorAll('.search')) if (other !== box) search.hide(other)
      for (const menu of document.querySelectorAll('details:is(.overflow, .several)[open]'))
        if (!menu.contains(target)) menu.removeAttribute('open')
    })
    document.addEventListener('change', (event) => {
      const target = event.target as Element
      // What is typed into a search is no choice yet.
      if (target.matches('[role=combobox]')) return
      const control = target.closest<HTMLElement>('[data-control]')
      const isTyped =
        control?.matches('[data-control$=_input]') && !control.dataset.sends?.includes('character')
      if (control && !isTyped) void changed(control)
    })
    document.addEventListener('input', (event) => {
      const target = event.target as HTMLInputElement
      if (target.matches('[role=combobox]')) search.typed(target)
    })
    document.addEventListener('keydown', (event) => {
      const target = event.target as Element
      if (target.matches('[role=combobox]')) search.key(event, target as HTMLInputElement)
      const control = target.closest<HTMLElement>('[data-control$=_input][data-sends]')
      if (event.key !== 'Enter' || !control?.dataset.sends?.includes('enter')) return
      event.preventDefault()
      void changed(control)
    })
  }

  return { listen }
}

/** The message or the view that something on the page belongs to. */
function place(inside: Element): At | undefined {
  const view = inside.closest<HTMLElement>('[data-view]')
  if (view?.dataset.view) return { viewId: view.dataset.view }
  const message = inside.closest<HTMLElement>('[data-ts]')
  const { channel, ts } = message?.dataset ?? {}
  return channel && ts ? { channel, ts } : undefined
}

function modalValues(inside: Element): Pick<Extract<Act, { do: 'click' }>, 'values'> {
  const modal = inside.closest('form.modal, .home')
  return modal ? { values: enteredValues(modal) } : {}
}
