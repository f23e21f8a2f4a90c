// Times in the reader's own zone.

export function localiseTimes(root) {
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
