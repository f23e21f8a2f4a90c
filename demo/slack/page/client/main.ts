// Starts the page: who looks at what, the composers, the modal's buttons, and live updates.
import type { Act } from '../act.ts'
import { acting } from './acting.ts'
import { enteredValues } from './controls.ts'
import { type Looking, parts } from './parts.ts'
import { sendAct } from './send-act.ts'

type AdminSwitch = Extract<Act, { do: 'administer' }>['what']

startPage()

function startPage(): void {
  const actAs = find<HTMLSelectElement>('#act-as')
  const sidebar = find('#sidebar')
  const menu = find('#menu')
  const aside = find('#thread')
  const query = new URLSearchParams(location.search)
  let looking: Looking = {
    user: query.get('user') ?? sessionStorage.getItem('user') ?? actAs.value,
    place: query.get('place') ?? '',
    thread: query.get('thread') ?? '',
  }
  const page = parts({ looking: () => looking, changed: read })
  acting({ user: () => looking.user }).listen()

  look({ user: looking.user })
  const [navigation] = performance.getEntriesByType('navigation')
  // As in Slack, where a reload is the end of ephemeral messages.
  if (navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload')
    void sendAct({ do: 'reload', user: looking.user })
  const changes = new EventSource('/page/changes')
  changes.addEventListener('message', () => void page.refresh())

  /** What stands on the page of a person who looks at it is read. */
  function read(): void {
    const channel = place()
    if (document.hidden || channel === 'home') return
    void sendAct({ do: 'read', user: looking.user, channel })
  }

  function place(): string {
    return (
      looking.place ||
      (document.querySelector<HTMLElement>('[data-part=places] [data-place]')?.dataset.place ?? '')
    )
  }

  function look(at: Partial<Looking>): void {
    looking = { ...looking, ...at }
    if (![...actAs.options].some((option) => option.value === looking.user))
      looking.user = actAs.options[0]?.value ?? ''
    actAs.value = looking.user
    sessionStorage.setItem('user', looking.user)
    aside.hidden = looking.thread === ''
    find('#composer').hidden = looking.place === 'home'
    document.body.classList.toggle('with-thread', looking.thread !== '')
    const team = document.body.dataset.team ?? ''
    const address = new URLSearchParams(
      Object.entries({ team, ...looking }).filter(([, value]) => value !== ''),
    )
    history.replaceState(null, '', `/?${address}`)
    toggleSidebar(false)
    void page.refresh().then(read)
  }

  function toggleSidebar(open: boolean): void {
    sidebar.classList.toggle('open', open)
    menu.setAttribute('aria-expanded', String(open))
  }

  actAs.addEventListener('change', () => {
    const isPrivate = looking.place.startsWith('D')
    look({ user: actAs.value, ...(isPrivate && { place: '', thread: '' }) })
  })
  menu.addEventListener('click', () => toggleSidebar(!sidebar.classList.contains('open')))
  find('#close-thread').addEventListener('click', () => look({ thread: '' }))
  composer('#composer', () => undefined)
  composer('#thread-composer', () => looking.thread)

  function composer(selector: string, threadTs: () => string | undefined): void {
    const form = find<HTMLFormElement>(selector)
    const box = form.querySelector('textarea')
    const send = async () => {
      const text = box?.value ?? ''
      if (!box || text.trim() === '') return
      box.value = ''
      const { ok } = await sendAct({
        do: 'write',
        user: looking.user,
        channel: place(),
        text,
        threadTs: threadTs(),
      })
      // What did not go out is not lost, unless something else was written since.
      if (ok === false && box.value === '') box.value = text
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void send()
    })
    box?.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      void send()
    })
  }

  document.addEventListener('click', (event) => {
    const target = event.target as Element
    const to = target.closest<HTMLElement>('[data-place]')?.dataset.place
    if (to !== undefined) {
      event.preventDefault()
      look({ place: to, thread: '' })
      if (to === 'home' || to.startsWith('D'))
        void sendAct({ do: 'open-app', user: looking.user, tab: to === 'home' ? 'home' : 'messages' })
    }
    const menuItem = target.closest<HTMLElement>('[data-shortcut], [data-admin=delete-message]')
    if (menuItem) void chosen(menuItem)
    const thread = target.closest<HTMLElement>('[data-thread]')?.dataset.thread
    if (thread !== undefined) look({ thread })
    const closing = target.closest<HTMLElement>('[data-close]')
    if (closing) void close(closing)
  })

  document.addEventListener('keydown', (event) => {
    const closing = document.querySelector<HTMLElement>('.modal [data-close=this]')
    const isAsked = document.querySelector<HTMLDialogElement>('#confirm')?.open
    if (event.key === 'Escape' && !event.defaultPrevented && closing && !isAsked) void close(closing)
  })

  document.addEventListener('submit', (event) => {
    const modal = (event.target as Element).closest<HTMLFormElement>('form.modal')
    if (!modal) return
    event.preventDefault()
    void submit(modal)
  })

  document.addEventListener('change', (event) => {
    const toggle = event.target as HTMLInputElement
    if (toggle.dataset.fault)
      void sendAct({ do: 'fault', fault: JSON.parse(toggle.dataset.fault), on: toggle.checked })
    const what = toggle.dataset.admin
    if (what)
      void sendAct({ do: 'administer', what: what as AdminSwitch, channel: place(), on: toggle.checked })
  })

  /** An item of a message's menu, or of the composer's. */
  async function chosen(item: HTMLElement): Promise<void> {
    item.closest('details')?.removeAttribute('open')
    const { channel, ts } = item.closest<HTMLElement>('[data-ts]')?.dataset ?? {}
    const at = channel && ts ? { channel, ts } : undefined
    const callbackId = item.dataset.shortcut
    if (callbackId !== undefined) await sendAct({ do: 'shortcut', user: looking.user, callbackId, at })
    else if (at) await sendAct({ do: 'delete-message', at })
  }

  async function submit(modal: HTMLFormElement): Promise<void> {
    const viewId = modal.dataset.view ?? ''
    modal.classList.add('busy')
    await sendAct({ do: 'submit', user: looking.user, viewId, values: enteredValues(modal) })
    modal.classList.remove('busy')
  }

  async function close(button: HTMLElement): Promise<void> {
    const viewId = button.closest<HTMLElement>('[data-view]')?.dataset.view ?? ''
    await sendAct({ do: 'close', user: looking.user, viewId, clear: button.dataset.close === 'all' })
  }
}

function find<E extends HTMLElement = HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector)
  if (!found) throw new Error(`the page has no ${selector}`)
  return found
}
