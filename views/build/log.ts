// What its build said while it was made, newest last; kept whatever becomes of the build.
import type { BuildDetail, LoggedLine } from '../../server/domain/build-detail.ts'
import { count, counted } from '../format/count.ts'
import { time } from '../format/instant.ts'
import { type Html, html } from '../html.ts'

/** A page stays light; whole lines come by the interface. */
const mostCharacters = 400

export function buildLog({ id, log, earlierLines }: BuildDetail): Html {
  const alarming = log.filter(({ level }) => level === 'error' || level === 'warning').length
  return html`<section data-part="log" id="log">
<h2>Build log</h2>
${
  log.length === 0
    ? html`<p class="empty">Its build said nothing. Send lines with <code>POST /api/v1/deployments/{id}/logs</code> or <code>firstpass deploy</code>.</p>`
    : html`<p class="quiet">${earlierLines > 0 && html`${count(earlierLines)} earlier lines are at <code>GET /api/v1/deployments/${id}/logs</code>. `}${counted(log.length, 'line')}, of which ${alarming} ${alarming === 1 ? 'is a warning or an error' : 'are warnings or errors'}.</p>
<ol class="log">${log.map(line)}</ol>`
}
</section>`
}

function line({ at, level, message }: LoggedLine): Html {
  const text =
    message.length > mostCharacters ? `${message.slice(0, mostCharacters).toWellFormed()}…` : message
  return html`<li class="${level}">${time(at)} <b>${level}</b> <code>${text}</code></li>`
}
