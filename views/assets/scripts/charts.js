// Charts that answer the pointer, in place of the drawings of the server.

const script = document.querySelector('script[data-vega]')

/** @param drawn told of each chart that answers the pointer now. */
export function watchCharts(drawn) {
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
    const { spec } = figure.dataset
    const address = new URL(spec, location.href)
    address.searchParams.set('width', String(width))
    // With a finger, a stroke over a chart moves the page.
    if (matchMedia('(pointer: fine)').matches) address.searchParams.set('brush', '1')
    const answer = await fetch(address, { cache: 'no-store' })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    const holder = document.createElement('div')
    holder.setAttribute('role', 'img')
    holder.setAttribute('aria-label', figure.dataset.summary)
    const { view } = await window.vegaEmbed(holder, await answer.json(), {
      // The expression interpreter: the page's policy forbids evaluating text as code.
      ast: true,
      renderer: 'svg',
      actions: false,
      // Ours are in the style sheet; others may not be written into the page.
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
    })
    // Its holder is the labelled image: the parts that vega names would be read out one by one.
    holder.querySelector('svg').setAttribute('aria-hidden', 'true')
    // Another part of the time was asked for meanwhile: its own chart is drawn, or under way.
    if (figure.dataset.spec !== spec) return
    drawing.replaceChildren(holder)
    drawn(view)
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
