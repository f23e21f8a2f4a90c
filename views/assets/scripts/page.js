// Makes the finished page livelier: the reader's own time zone, tables that sort, fresh numbers, charts that answer the pointer.
import { watchCharts } from './charts.js'
import { keepFresh } from './fresh.js'
import { sortTables } from './sort.js'
import { localiseTimes } from './times.js'

const charts = watchCharts()
if (document.querySelector('main[data-live-url]')) keepFresh(charts, enliven)
else enliven(document)

function enliven(root) {
  localiseTimes(root)
  sortTables(root)
}
