// What a load asks, as bytes ready to be sent: polls that know their ETag, runs that nobody sent before.
export type Traffic =
  | {
      kind: 'gets'
      /** Asked in turn, over all connections. */
      requests: { path: string; headers: Record<string, string> }[]
      /** Of four requests so many say the ETag that they were last answered with. */
      taggedOfFour: number
    }
  | {
      kind: 'runs'
      path: string
      procedureId: string
      stations: { key: string; deploymentId: string }[]
      /** How many in a request; one alone is no batch. */
      batch: number
      /** Begins all serial numbers, so that two loads make different units. */
      mark: string
      /** Of a batch so many, the first ones, that no service can take. */
      bad?: number
    }

export type Asked = {
  bytes: Buffer
  /** Told the ETag of the answer. */
  tagged(tag: string): void
}

export type Asking = () => Asked

export function asking(traffic: Traffic): Asking {
  return traffic.kind === 'gets' ? askingGets(traffic) : askingRuns(traffic)
}

function askingGets({ requests, taggedOfFour }: Extract<Traffic, { kind: 'gets' }>): Asking {
  const plain = requests.map(({ path, headers }) => Buffer.from(`${head('GET', path, headers)}\r\n`))
  const tagged = new Map<number, Buffer>()
  let count = 0
  return () => {
    const place = count % requests.length
    // Each one's own fourth: with counts that divide by four the same ones would always ask without.
    const turn = (Math.floor(count / requests.length) + place) % 4
    count += 1
    const known = turn < taggedOfFour ? tagged.get(place) : undefined
    return {
      bytes: known ?? plain[place] ?? Buffer.alloc(0),
      tagged(tag) {
        const request = requests[place]
        if (tagged.has(place) || request === undefined) return
        const headers = { ...request.headers, 'if-none-match': tag }
        tagged.set(place, Buffer.from(`${head('GET', request.path, headers)}\r\n`))
      },
    }
  }
}

function askingRuns({
  path,
  procedureId,
  stations,
  batch,
  mark,
  bad = 0,
}: Extract<Traffic, { kind: 'runs' }>): Asking {
  const heads = stations.map(({ key }) =>
    head('POST', path, { authorization: `Bearer ${key}`, 'content-type': 'application/json' }),
  )
  let requests = 0
  let runs = 0
  return () => {
    const place = requests % stations.length
    requests += 1
    const run = (isBad: boolean) => {
      const number = runs
      runs += 1
      const endedAt = Date.now() - (number % 1000)
      return {
        procedure_id: procedureId,
        deployment_id: stations[place]?.deploymentId,
        serial_number: isBad ? '' : `${mark}-${number}`,
        outcome: outcomeOf(number),
        // So short that it began in the rollout, which has only just started: else it would not be counted there.
        started_at: new Date(endedAt - 420).toISOString(),
        ended_at: new Date(endedAt).toISOString(),
      }
    }
    const said =
      batch === 1 ? run(false) : { runs: Array.from({ length: batch }, (_, index) => run(index < bad)) }
    const body = Buffer.from(JSON.stringify(said))
    const bytes = Buffer.concat([Buffer.from(`${heads[place]}content-length: ${body.length}\r\n\r\n`), body])
    return { bytes, tagged: () => {} }
  }
}

/** As a good line: two of a hundred fail, one of five hundred has an error. */
function outcomeOf(number: number): string {
  if (number % 50 === 7) return 'FAIL'
  return number % 500 === 11 ? 'ERROR' : 'PASS'
}

function head(method: string, path: string, headers: Record<string, string>): string {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}`
}
