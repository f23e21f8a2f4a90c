// What the service tells an open page: that there is something new. While it cannot be heard, the page looks by itself.

/** Real milliseconds, each time half to one and a half times as long: a service that comes back is not asked by all at once. */
const patience = 30_000

/**
 * @param heard with the mark of what is new.
 * @param isUp whether the service can be heard; told each time that changes.
 */
export function listen(address, { heard, isUp }) {
  let source = null
  let again

  function open() {
    clearTimeout(again)
    source?.close()
    source = new EventSource(address)
    source.addEventListener('open', () => isUp(true))
    source.addEventListener('mark', ({ data }) => heard(data))
    source.addEventListener('error', () => {
      isUp(false)
      // By itself a browser only comes back after a stream that ended, not after a refusal.
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, patience * (0.5 + Math.random()))
    })
  }

  /** A page that nobody looks at keeps no connection: a browser has six for a host, and all tabs share them. */
  function close() {
    clearTimeout(again)
    source?.close()
    isUp(false)
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()))
  if (!document.hidden) open()
}
