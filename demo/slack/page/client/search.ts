// A select whose options the app looks up while a person types.
import type { Act } from '../act.ts'
import { sendAct } from './send-act.ts'

type Option = { value: string; text: { text: string } }
type At = Extract<Act, { do: 'suggest' }>['at']

const typingPauseMs = 200

export function searches(deps: { user: () => string; place: (inside: Element) => At | undefined }) {
  const pending = new WeakMap<HTMLInputElement, ReturnType<typeof setTimeout>>()

  function typed(input: HTMLInputElement): void {
    clearTimeout(pending.get(input))
    pending.set(
      input,
      setTimeout(() => void look(input), typingPauseMs),
    )
  }

  async function look(input: HTMLInputElement): Promise<void> {
    const box = input.closest<HTMLElement>('.search')
    const control = input.closest<HTMLElement>('[data-control]')
    const at = deps.place(input)
    if (!box || !control || !at || !input.isConnected || input.value.length < Number(box.dataset.min)) return
    const { action = '', block = '' } = control.dataset
    const asked = input.value
    const reply = await sendAct({
      do: 'suggest',
      user: deps.user(),
      actionId: action,
      blockId: block,
      value: asked,
      at,
    })
    if (input.value !== asked || document.activeElement !== input) return
    list(box, input, (reply.options ?? []) as Option[], reply.says ?? 'No results')
  }

  function list(box: HTMLElement, input: HTMLInputElement, options: Option[], ifNone: string): void {
    const shown = box.querySelector<HTMLElement>('[role=listbox]')
    if (!shown) return
    const items = options.map(({ value, text }) => {
      const item = document.createElement('li')
      item.setAttribute('role', 'option')
      item.setAttribute('aria-selected', 'false')
      item.dataset.value = value
      item.textContent = text.text
      return item
    })
    if (items.length === 0) {
      const none = document.createElement('li')
      none.textContent = ifNone
      items.push(none)
    }
    shown.replaceChildren(...items)
    shown.hidden = false
    input.setAttribute('aria-expanded', 'true')
  }

  function choose(item: HTMLElement): void {
    const box = item.closest<HTMLElement>('.search')
    const chips = box?.querySelector('.chips')
    const input = box?.querySelector<HTMLInputElement>('[role=combobox]')
    if (!box || !chips || !input || item.dataset.value === undefined) return
    const chip = document.createElement('span')
    chip.className = 'chip'
    chip.dataset.chosen = item.dataset.value
    const drop = document.createElement('button')
    drop.type = 'button'
    drop.dataset.drop = ''
    drop.setAttribute('aria-label', `Remove ${item.textContent}`)
    drop.textContent = '×'
    chip.append(`${item.textContent} `, drop)
    if (box.dataset.several === 'true') chips.append(chip)
    else chips.replaceChildren(chip)
    input.value = ''
    hide(box)
    box.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** Arrows move through the options, Enter takes one, Escape puts the list away. */
  function key(event: KeyboardEvent, input: HTMLInputElement): void {
    const box = input.closest('.search')
    const items = [
      ...(box?.querySelectorAll<HTMLElement>('[role=listbox]:not([hidden]) [role=option]') ?? []),
    ]
    const current = items.findIndex((item) => item.getAttribute('aria-selected') === 'true')
    if (event.key === 'Enter') {
      const chosen = items[Math.max(current, 0)]
      if (chosen) choose(chosen)
    } else if (event.key === 'Escape' && box && items.length > 0) {
      hide(box)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = items.at((current + (event.key === 'ArrowDown' ? 1 : -1)) % Math.max(items.length, 1))
      for (const item of items) item.setAttribute('aria-selected', String(item === next))
    } else return
    event.preventDefault()
  }

  function hide(box: Element): void {
    box.querySelector<HTMLElement>('[role=listbox]')?.setAttribute('hidden', '')
    box.querySelector('[role=combobox]')?.setAttribute('aria-expanded', 'false')
  }

  return { typed, choose, key, hide }
}
