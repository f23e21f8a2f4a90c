// SQL is text of ours with parameters beside it: what is put into the text itself is named here, and comes from no request.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** What may stand within `sql.raw(…)` beside words of ours: constants, or made of constants by their callers. */
const ofOurs = new Set([
  // Names of tables and columns, or expressions of them, which the code of db writes out.
  ...[
    'bad',
    'build',
    'coalesce',
    'column',
    'columns',
    'counted',
    'countNames',
    'from',
    'member',
    'moment',
    'more',
    'ms',
    'name',
    'names',
  ],
  ...['of', 'only', 'place', 'presentPin', 'run', 'stations', 'table'],
  // Types of columns, of the few that db/recordset.ts names.
  'type',
  // Numbers of ours: how many rows, which sign, and boundaries of partitions made of a time.
  ...[
    'firstId',
    'habitRuns',
    'most',
    'mostBaseRuns',
    'mostErrors',
    'mostModes',
    'mostRuns',
    'mostTroubles',
    'pageSize',
    'slot',
  ],
  ...['sign', 'stepsToDouble', 'to'],
  // What of a row is chained, and where: constants of db/audit-sources.ts.
  ...['cases', 'item', 'ofRow', 'ofRows', 'owner'],
  // How to wait for rows, one of two words; settings of the planner.
  ...['busyRows', 'way'],
  // An id, parsed as a UUID where it came in, and that of nothing; dates of a time zone, made by the domain.
  ...['dayOf', 'days', 'nilId', 'procedureId'],
])

function rawIn(text: string): string[] {
  return [...text.matchAll(/\bsql\.raw\(/g)].map((found) => {
    let depth = 1
    let end = found.index + found[0].length
    for (; depth > 0 && end < text.length; end++) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0
    return text.slice(found.index + found[0].length, end - 1)
  })
}

/** Names outside of the literals, and those that are put into a template. */
function namesIn(argument: string): string[] {
  const put = [...argument.matchAll(/\$\{([^}]*)\}/g)].map(([, inside = '']) => inside).join(' ')
  const outside = argument.replace(/`[^`]*`|'[^']*'/g, ' ')
  const names = `${outside} ${put}`.replace(/'[^']*'/g, ' ').match(/(?<![.\w])[A-Za-z_]\w*/g) ?? []
  return [...new Set(names)].filter((name) => !['String', 'undefined'].includes(name)).sort()
}

const files = globSync('{server,bot,db,views,cli}/**/*.ts')

test('text is put into a statement in the folder of the database alone', () => {
  const elsewhere = files.filter(
    (path) =>
      !path.startsWith('db/') &&
      /\bsql\.raw\(|\bsql\.identifier\(|\.unsafe\(/.test(readFileSync(path, 'utf8')),
  )
  expect(elsewhere).toEqual([])
})

test('what is put there is named here', () => {
  const found = files.flatMap((path) =>
    rawIn(readFileSync(path, 'utf8')).flatMap((argument) =>
      namesIn(argument)
        .filter((name) => !ofOurs.has(name))
        .map((name) => ({ path, name, argument })),
    ),
  )
  expect(found).toEqual([])
})

test('a value of a request would be found', () => {
  expect(namesIn(rawIn('sql.raw(`order by $' + '{query.sort}`)')[0] ?? '')).toEqual(['query'])
  expect(namesIn(rawIn('sql.raw(body.name)')[0] ?? '')).toEqual(['body'])
  expect(namesIn(rawIn("sql.raw('a' + text)")[0] ?? '')).toEqual(['text'])
  expect(namesIn(rawIn("sql.raw('order by created_at')")[0] ?? '')).toEqual([])
})
