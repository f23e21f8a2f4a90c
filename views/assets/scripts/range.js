// A part of the time, chosen by a stroke over a chart or in the form: the address names it, and all charts follow.

/** Real milliseconds after the last movement of a stroke. */
const settled = 500

/** @param refresh fetches the page that the address names. */
export function watchRanges(refresh) {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!form.matches('.range-form')) return
    event.preventDefault()
    const [from, to] = ['from', 'to'].map((name) => new Date(form.elements[name].value).getTime())
    // Nothing is being written any more: the answer may take its place.
    form.reset()
    form.querySelector('button').focus()
    show(from, to)
  })
  document.addEventListener('click', (event) => {
    const link = event.target.closest('.range a[href]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    go(link.href)
  })
  window.addEventListener('popstate', refresh)

  let timer
  return {
    /** Of a chart that has just been drawn. Its stroke is told in milliseconds. */
    listen(view) {
      const { signals } = view.getState({ signals: (name) => name === 'range', data: () => false })
      if (signals?.range === undefined) return
      view.addSignalListener('range', (_, { at }) => {
        clearTimeout(timer)
        if (!at || at[0] === at[1]) return
        timer = setTimeout(() => show(Number(at[0]), Number(at[1])), settled)
      })
    },
  }

  function show(from, to) {
    if (!(from < to)) return
    const address = new URL(location.href)
    address.searchParams.set('from', new Date(from).toISOString())
    address.searchParams.set('to', new Date(to).toISOString())
    go(address)
  }

  function go(address) {
    history.pushState(null, '', address)
    refresh()
  }
}

/** The fields are in the reader's own time, as everything else that a script has touched. */
export function localiseRanges(root) {
  for (const field of root.querySelectorAll('.range-form input[type="datetime-local"]')) {
    const at = new Date(`${field.value}Z`)
    // As the server's own value, so that nobody seems to have written it.
    field.defaultValue = new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  }
  for (const zone of root.querySelectorAll('.range-form .zone'))
    zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone
}
