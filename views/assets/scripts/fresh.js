// Fresh numbers: only the parts of the page that changed are replaced.
import { listen } from './live.js'
import { keepSorted } from './sort.js'

const main = document.querySelector('main')
const live = document.querySelector('[data-live]')

/**
 * @param enliven makes a part of the page livelier; of the page as it is now, not before what the server said is noted.
 * @returns fetches the page that the address names now.
 */
export function keepFresh(charts, enliven) {
  const served = partsOf(document)
  enliven(document)
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  let timer
  let failedSince = null
  let isLive = false
  let mark = main.dataset.mark
  let refreshing = false
  /** Something else is asked for since. */
  let again = false

  const say = (text) => {
    live.textContent = `${text} Times are ${zone}.`
  }
  const sayHow = () =>
    say(isLive ? 'Live: changes come by themselves.' : `Checked every ${main.dataset.refreshSeconds} s.`)
  const later = () => {
    clearTimeout(timer)
    if (!isLive) timer = setTimeout(refresh, Number(main.dataset.refreshSeconds) * 1000)
  }

  async function refresh() {
    again = refreshing
    if (document.hidden || refreshing) return
    refreshing = true
    const before = mark
    try {
      const answer = await fetch(location.href, { cache: 'no-store' })
      if (answer.status === 403 || answer.status === 404) {
        say('This link no longer works: open the page from Slack.')
        return
      }
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      swap(new DOMParser().parseFromString(await answer.text(), 'text/html'))
      failedSince = null
      sayHow()
    } catch {
      failedSince ??= new Date()
      say(`Not updated since ${failedSince.toLocaleTimeString('en-GB')}: no answer.`)
    } finally {
      refreshing = false
    }
    if (again || mark !== before) refresh()
    else later()
  }

  /** Only what changed is replaced, so that selections, scrolling and open lists stay. */
  function swap(page) {
    for (const [name, content] of partsOf(page)) {
      if (served.get(name) === content) continue
      const from = page.querySelector(`[data-part="${name}"]`)
      const to = document.querySelector(`[data-part="${name}"]`)
      if (!from || !to) {
        location.reload()
        return
      }
      // What somebody is writing is not taken away: that part waits for the next time.
      if (isBeingUsed(to)) continue
      replacePart(from, to)
      served.set(name, content)
    }
    document.title = page.title
    main.dataset.refreshSeconds = page.querySelector('main').dataset.refreshSeconds
  }

  function replacePart(from, to) {
    enliven(from)
    keepSorted(to, from)
    for (const kept of to.querySelectorAll('details[open][data-keep]')) {
      const same = from.querySelector(`details[data-keep="${CSS.escape(kept.dataset.keep)}"]`)
      if (same) same.open = true
    }
    const at = placeOfFocus(to)
    to.className = from.className
    to.hidden = from.hidden
    Object.assign(to.dataset, from.dataset)
    const drawing = to.querySelector('.drawing')
    if (drawing) charts.redraw(to, from)
    else to.replaceChildren(...from.childNodes)
    at?.()
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh()
  })
  if (main.dataset.liveUrl === undefined) {
    sayHow()
    later()
    return refresh
  }
  listen(main.dataset.liveUrl, {
    heard(told) {
      if (told === mark) return
      mark = told
      refresh()
    },
    isUp(up) {
      isLive = up
      if (failedSince === null) sayHow()
      later()
    },
  })
  return refresh
}

const usable = 'a[href], button, summary, input, select, textarea'

/** A form that is open stays the one that was read: a button does not come to mean something else under the pointer. */
function isBeingUsed(part) {
  if (part.querySelector('details[open] form') !== null) return true
  const fields = [...part.querySelectorAll('input, select, textarea')]
  return fields.some(
    (field) => field === document.activeElement || field.value !== (field.defaultValue ?? field.value),
  )
}

/** Puts the keyboard back to the link, button or field of the same name in a part that is replaced. */
function placeOfFocus(part) {
  const at = document.activeElement
  if (!part.contains(at) || !at.matches(usable)) return null
  const alike = () => [...part.querySelectorAll(usable)].filter((each) => nameOf(each) === nameOf(at))
  const place = alike().indexOf(at)
  return () => alike()[place]?.focus({ preventScroll: true })
}

function nameOf(element) {
  return `${element.localName} ${element.name ?? ''} ${element.textContent.trim()}`
}

/** What the server last said of each part, before this script touched it. */
function partsOf(page) {
  return new Map(
    [...page.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, signature(part)]),
  )
}

function signature(part) {
  return part.dataset.digest ?? `${part.className} ${part.innerHTML}`
}
