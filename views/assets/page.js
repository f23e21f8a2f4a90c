// Makes the finished page livelier: the reader's own time zone, fresh numbers, charts that answer the pointer.

const script = document.querySelector('script[data-vega]')
const main = document.querySelector('main')
const live = document.querySelector('[data-live]')

let served = partsOf(document)
localiseTimes(document)
const charts = watchCharts()
keepFresh()

function localiseTimes(root) {
  const clock = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  for (const time of root.querySelectorAll('time')) {
    time.title = time.textContent
    time.textContent = clock.format(new Date(time.dateTime))
  }
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

// --- fresh numbers

function keepFresh() {
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

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh()
  })
  say(`Checked every ${main.dataset.refreshSeconds} s.`)
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
  localiseTimes(from)
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

// --- charts

function watchCharts() {
  const widths = new WeakMap()
  let library = null

  /** Loaded when the first chart comes near, so that a look at the status costs little. */
  const loadLibrary = () => {
    const { vega, vegaLite, vegaEmbed } = script.dataset
    library ??= [vega, vegaLite, vegaEmbed].reduce(
      (ready, url) => ready.then(() => load(url)),
      Promise.resolve(),
    )
    return library
  }

  async function embed(figure) {
    const drawing = figure.querySelector('.drawing')
    const width = Math.floor(drawing.clientWidth)
    if (width === 0) return
    widths.set(figure, width)
    await loadLibrary()
    const address = new URL(figure.dataset.spec, location.href)
    address.searchParams.set('width', String(width))
    const answer = await fetch(address, { cache: 'no-store' })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    const holder = document.createElement('div')
    holder.setAttribute('role', 'img')
    holder.setAttribute('aria-label', figure.dataset.summary)
    const dark = matchMedia('(prefers-color-scheme: dark)').matches
    await window.vegaEmbed(holder, await answer.json(), {
      // The expression interpreter: the page's policy forbids evaluating text as code.
      ast: true,
      renderer: 'svg',
      actions: false,
      tooltip: { theme: dark ? 'dark' : 'light' },
    })
    drawing.replaceChildren(holder)
  }

  // A chart that cannot be made interactive stays as the server drew it.
  const tryEmbed = (figure) => embed(figure).catch(() => widths.delete(figure))

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue
        near.unobserve(target)
        tryEmbed(target)
        resized.observe(target)
      }
    },
    { rootMargin: '200px' },
  )
  let resizing
  const resized = new ResizeObserver((entries) => {
    clearTimeout(resizing)
    resizing = setTimeout(() => {
      for (const { target } of entries) {
        const width = widths.get(target)
        if (width && Math.abs(width - target.querySelector('.drawing').clientWidth) > 8) tryEmbed(target)
      }
    }, 250)
  })
  for (const figure of document.querySelectorAll('figure[data-spec]')) near.observe(figure)

  return {
    /** An interactive chart stays until its successor is ready; a drawn one is replaced at once. */
    redraw(figure, fresh) {
      figure.querySelector('figcaption').replaceWith(fresh.querySelector('figcaption'))
      if (widths.has(figure)) tryEmbed(figure)
      else figure.querySelector('.drawing').replaceWith(fresh.querySelector('.drawing'))
    },
  }
}

function load(url) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement('script')
    tag.src = url
    tag.onload = resolve
    tag.onerror = () => reject(new Error(`expected a script at ${url}`))
    document.head.append(tag)
  })
}
