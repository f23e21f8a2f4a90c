// Makes the finished page livelier: the reader's own time zone, tables that sort, fresh numbers, charts that answer the pointer.
import { watchCharts } from './charts.js'
import { keepFresh } from './fresh.js'
import { localiseRanges, watchRanges } from './range.js'
import { sortTables } from './sort.js'
import { localiseTimes } from './times.js'

let refresh = () => {}
const ranges = watchRanges(() => refresh())
const charts = watchCharts(ranges.listen)
if (document.querySelector('main[data-refresh-seconds]')) refresh = keepFresh(charts, enliven)
else enliven(document)

function enliven(root) {
  localiseTimes(root)
  localiseRanges(root)
  sortTables(root)
}
