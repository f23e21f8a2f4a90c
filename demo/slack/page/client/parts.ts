// Fetches the parts of the page and swaps in those that changed.
import type { Parts } from '../render-parts.ts'
import { keepEntries } from './controls.ts'
import { showDates } from './dates.ts'

export type Looking = { user: string; place: string; thread: string }

/** `changed` is told when other messages are on show. */
export function parts(deps: { looking: () => Looking; changed: () => void }) {
  const shown = new Map<string, string>()
  let fetching = false
  let wanted = false

  /** Calls while one is under way are answered by one more. */
  async function refresh(): Promise<void> {
    if (fetching) {
      wanted = true
      return
    }
    fetching = true
    do {
      wanted = false
      const response = await fetch(`/page/parts?${new URLSearchParams(asked())}`).catch(() => undefined)
      if (response?.ok) show(await response.json())
    } while (wanted)
    fetching = false
  }

  function asked() {
    return { ...deps.looking(), team: document.body.dataset.team ?? '' }
  }

  function show(fresh: Parts): void {
    for (const [name, html] of Object.entries(fresh)) {
      const part = document.querySelector<HTMLElement>(`[data-part="${name}"]`)
      if (!part || shown.get(name) === html) continue
      shown.set(name, html)
      if (name === 'main' || name === 'thread') swapList(part, html)
      else if (name === 'modal') swapModal(part, html)
      else part.innerHTML = html
      showDates(part)
      followTheme(part)
      if (name === 'main') deps.changed()
    }
  }

  return { refresh, forget: () => shown.clear() }
}

/** Keeps the messages that did not change, so that an open menu in them stays open, and stays at the end. */
function swapList(part: HTMLElement, html: string): void {
  const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 60
  const template = document.createElement('template')
  template.innerHTML = html
  const before = new Map(
    [...part.children].map((child) => [child.getAttribute('data-key'), child as HTMLElement]),
  )
  const children = [...template.content.children].map((child) => {
    const same = before.get(child.getAttribute('data-key'))
    if (same?.dataset.source === child.outerHTML) return same
    const source = child.outerHTML
    if (same) keepEntries(same, child)
    ;(child as HTMLElement).dataset.source = source
    return child
  })
  part.replaceChildren(...children)
  if (!atEnd && before.size > 0) return
  const toEnd = () => {
    part.scrollTop = part.scrollHeight
  }
  toEnd()
  // A picture takes its room only when it is there.
  for (const picture of part.querySelectorAll('img'))
    if (!picture.complete) picture.addEventListener('load', toEnd, { once: true })
}

function swapModal(part: HTMLElement, html: string): void {
  const template = document.createElement('template')
  template.innerHTML = html
  const before = part.querySelector<HTMLElement>('[data-view]')
  const after = template.content.querySelector<HTMLElement>('[data-view]')
  const isSame = before !== null && before.dataset.view === after?.dataset.view
  const focused = isSame
    ? document.activeElement?.closest<HTMLElement>('[data-control], [data-click]')
    : undefined
  const scrolled = before?.querySelector('.body')?.scrollTop ?? 0
  if (isSame && after) keepEntries(before, after)
  part.replaceChildren(template.content)
  const body = part.querySelector('.body')
  if (isSame && body) body.scrollTop = scrolled
  const error = part.querySelector('.at-fault')
  const isNewError = error !== null && before?.querySelector('.at-fault') === null
  if (isNewError) focusFirst(part, '.at-fault')
  else if (!isSame) focusFirst(part, '.body')
  else (same(part, focused) ?? part.querySelector<HTMLElement>('form'))?.focus({ preventScroll: true })
}

/** What had the focus before a redraw, where it is still there. */
function same(part: HTMLElement, focused: HTMLElement | null | undefined): HTMLElement | null {
  if (!focused) return null
  const { block = '', action = '' } = focused.dataset
  const again = part.querySelector<HTMLElement>(
    `[data-block="${CSS.escape(block)}"][data-action="${CSS.escape(action)}"]`,
  )
  return again?.querySelector<HTMLElement>('input, select, textarea, summary') ?? again
}

function focusFirst(part: HTMLElement, within: string): void {
  const control = part.querySelector<HTMLElement>(`${within} :is(input, select, textarea, summary)`)
  ;(control ?? part.querySelector<HTMLElement>('footer button'))?.focus()
}

/** The block renderer's style follows an attribute rather than the system. */
function followTheme(part: HTMLElement): void {
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  for (const block of part.querySelectorAll<HTMLElement>('#slack_blocks_to_jsx')) block.dataset.theme = theme
}
