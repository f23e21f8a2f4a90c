// Fresh numbers: only the parts of the page that changed are replaced.

const main = document.querySelector('main')
const live = document.querySelector('[data-live]')

/** @param enliven makes a part of the page livelier; of the page as it is now, not before what the server said is noted. */
export function keepFresh(charts, enliven) {
  let served = partsOf(document)
  enliven(document)
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  let timer
  let failedSince = null

  const say = (text) => {
    live.textContent = `${text} Times are ${zone}.`
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(refresh, Number(main.dataset.refreshSeconds) * 1000)
  }

  async function refresh() {
    if (document.hidden) return
    try {
      const answer = await fetch(location.href, { cache: 'no-store' })
      if (answer.status === 403 || answer.status === 404) {
        say('This link no longer works: open the page from Slack.')
        return
      }
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      swap(new DOMParser().parseFromString(await answer.text(), 'text/html'))
      failedSince = null
      say(`Checked every ${main.dataset.refreshSeconds} s.`)
    } catch {
      failedSince ??= new Date()
      say(`Not updated since ${failedSince.toLocaleTimeString('en-GB')}: no answer.`)
    }
    later()
  }

  /** Only what changed is replaced, so that selections, scrolling and open lists stay. */
  function swap(page) {
    const fresh = partsOf(page)
    for (const [name, content] of fresh) {
      if (served.get(name) === content) continue
      const from = page.querySelector(`[data-part="${name}"]`)
      const to = document.querySelector(`[data-part="${name}"]`)
      if (!from || !to) {
        location.reload()
        return
      }
      replacePart(from, to)
    }
    served = fresh
    document.title = page.title
    main.dataset.refreshSeconds = page.querySelector('main').dataset.refreshSeconds
  }

  function replacePart(from, to) {
    enliven(from)
    for (const kept of to.querySelectorAll('details[open][data-keep]')) {
      const same = from.querySelector(`details[data-keep="${kept.dataset.keep}"]`)
      if (same) same.open = true
    }
    to.className = from.className
    to.hidden = from.hidden
    Object.assign(to.dataset, from.dataset)
    const drawing = to.querySelector('.drawing')
    if (drawing) charts.redraw(to, from)
    else to.replaceChildren(...from.childNodes)
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh()
  })
  say(`Checked every ${main.dataset.refreshSeconds} s.`)
  later()
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
