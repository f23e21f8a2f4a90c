// Puts Slack's dates into the reader's own zone and language. Source: docs.slack.dev/messaging/formatting-message-text

export function showDates(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>('time[data-epoch]')) {
    const at = new Date(Number(time.dataset.epoch) * 1000)
    if (Number.isNaN(at.getTime())) continue
    time.textContent = slackDate(at, time.dataset.format ?? '', new Date())
    time.dateTime = at.toISOString()
    time.title = at.toLocaleString()
  }
  for (const input of root.querySelectorAll<HTMLInputElement>('input[data-epoch-value]')) {
    const epoch = Number(input.dataset.epochValue)
    if (epoch > 0) input.value = localMinute(new Date(epoch * 1000))
  }
}

function slackDate(at: Date, format: string, now: Date): string {
  return format.replace(/\{([a-z_]+)\}/g, (whole, token: string) => {
    const pretty = token.endsWith('_pretty') ? dayName(at, now) : undefined
    return pretty ?? formatted(at, token.replace(/_pretty$/, ''), now) ?? whole
  })
}

function formatted(at: Date, token: string, now: Date): string | undefined {
  const show = (options: Intl.DateTimeFormatOptions) => at.toLocaleString(undefined, options)
  switch (token) {
    case 'date_num':
      return localMinute(at).slice(0, 10)
    case 'date_slash':
      return show({ year: 'numeric', month: '2-digit', day: '2-digit' })
    case 'date':
      return show({ year: 'numeric', month: 'long', day: 'numeric' })
    case 'date_short':
      return show({ year: 'numeric', month: 'short', day: 'numeric' })
    case 'date_long':
    case 'date_long_full':
      return show({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' })
    case 'time':
      return show({ hour: 'numeric', minute: '2-digit' })
    case 'time_secs':
      return show({ hour: 'numeric', minute: '2-digit', second: '2-digit' })
    case 'ago':
      return ago(at, now)
    default:
      return undefined
  }
}

function dayName(at: Date, now: Date): string | undefined {
  const day = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  const days = Math.round((day(at) - day(now)) / 86_400_000)
  return { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)]
}

function ago(at: Date, now: Date): string {
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000)
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute')
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.round(minutes / 60), 'hour')
  return words.format(Math.round(minutes / 1440), 'day')
}

function localMinute(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}
