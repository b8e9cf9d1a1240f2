// npm run bench:scrape: POST /v1/scrape to Markdown beside @crawlee/cheerio with turndown and a bare GET, alternating, in one run.
import { execFile, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Agent, request } from 'undici'
import { corpusPages } from './lib/corpus.ts'
import { quantile, table } from './lib/stats.ts'

interface Run {
  seconds: number
  times: number[]
  rss: number
  failed?: number
  /** The server's own part of each request: all but fetch and conversion. */
  own?: number[]
}

const rounds = Number(process.env.ROUNDS ?? 3)
const pagesPerRound = Number(process.env.PAGES ?? 420)
const here = import.meta.dirname
const secret = 'bench-key-0123456789abcdef'

const main = async (): Promise<void> => {
  if (!corpusPages()) return
  const site = fork(join(here, 'lib/site.ts'), { stdio: 'inherit' })
  const { port } = await new Promise<{ port: number }>((done) => site.once('message', (message) => done(message as { port: number })))
  const base = `http://127.0.0.1:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'lyrebird-bench-'))
  const server = spawn(process.execPath, [...(process.env.NODE_ARGS?.split(' ') ?? []), resolve(here, '../bin/lyrebird.js'), 'serve', '--port', '0', '--data-dir', dataDir], {
    env: { ...process.env, CORPUS_DIR: '', LYREBIRD_BOOTSTRAP_KEY: secret, LYREBIRD_EGRESS_ALLOW: '127.0.0.1', LYREBIRD_IP_RPM: '0', LYREBIRD_LOG_LEVEL: 'error', LYREBIRD_INDEX: process.env.INDEX ?? 'auto', LYREBIRD_CACHE_TTL_S: process.env.CACHE_TTL ?? '172800' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await listening(server.stdout)
    const results = new Map<string, Run[]>()
    const add = (name: string, run: Run) => results.set(name, [...(results.get(name) ?? []), run])
    await ours(url, base, 8, 100, server.pid ?? 0)
    for (let round = 0; round < rounds; round++) {
      add('lyrebird, 1 in flight', await ours(url, base, 1, Math.floor(pagesPerRound / 3), server.pid ?? 0))
      const eight = await ours(url, base, 8, pagesPerRound, server.pid ?? 0)
      add('lyrebird, 8 in flight', eight)
      // What was put off is done before the next one is measured, and counted.
      add('lyrebird, 8 in flight, until searchable', { ...eight, seconds: eight.seconds + await untilIndexed(url) })
      add('crawlee + turndown, 8 in flight', await child('lib/crawlee.ts', base, pagesPerRound, 8))
      add('bare undici GET, 8 in flight', await child('lib/floor.ts', base, pagesPerRound, 8))
    }
    report(results)
  } finally {
    server.kill('SIGTERM')
    site.disconnect()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

let urls = 0

const ours = async (url: string, base: string, concurrency: number, count: number, pid: number): Promise<Run> => {
  const dispatcher = new Agent({ connections: concurrency })
  const run: Run = { seconds: 0, times: [], rss: 0, failed: 0, own: [] }
  let next = 0
  const start = performance.now()
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (next < count) {
      const begun = performance.now()
      const { statusCode, headers, body } = await request(`${url}/v1/scrape`, {
        dispatcher, method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        // Each address is new to the server.
        body: JSON.stringify({ url: `${base}/${next++}?n=${urls++}` }),
      })
      await body.arrayBuffer()
      const elapsed = performance.now() - begun
      run.times.push(elapsed)
      if (statusCode === 200) run.own?.push(elapsed - others(String(headers['server-timing'])))
      else run.failed = (run.failed ?? 0) + 1
    }
  }))
  run.seconds = (performance.now() - start) / 1000
  run.rss = peakRss(pid)
  await dispatcher.close()
  return run
}

/** Seconds until everything that was fetched is in the index. */
const untilIndexed = async (url: string): Promise<number> => {
  const start = performance.now()
  for (let before = -1, now = 0; before !== now; before = now) {
    const { body } = await request(`${url}/v1/index`, { headers: { authorization: `Bearer ${secret}` } })
    now = ((await body.json()) as { data: { documents: number } }).data.documents
  }
  return (performance.now() - start) / 1000
}

/** Fetch and conversion, from Server-Timing. */
const others = (header: string): number =>
  [...header.matchAll(/(\w+);dur=([\d.]+)/g)].reduce((sum, [, name, ms]) => (name === 'total' ? sum : sum + Number(ms)), 0)

const peakRss = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

const child = async (script: string, base: string, count: number, concurrency: number): Promise<Run> => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(here, script), base, String(count), String(concurrency)], { maxBuffer: 1e8 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Run
}

const listening = (output: NodeJS.ReadableStream): Promise<string> =>
  new Promise((done, fail) => {
    let text = ''
    output.on('data', (chunk) => {
      text += String(chunk)
      const url = /listens on (\S+)/.exec(text)?.[1]
      if (url) done(url)
    })
    output.once('end', () => fail(new Error('the server did not start')))
  })

const report = (results: Map<string, Run[]>): void => {
  const rate = (runs: Run[]) => runs.reduce((sum, run) => sum + run.times.length, 0) / runs.reduce((sum, run) => sum + run.seconds, 0)
  const peer = rate(results.get('crawlee + turndown, 8 in flight') ?? [])
  const rows = [...results].map(([name, runs]) => {
    const times = runs.flatMap((run) => run.times)
    return [name, rate(runs), rate(runs) / peer, quantile(times, 0.5), quantile(times, 0.95), Math.max(...runs.map((run) => run.rss)) / 2 ** 20, runs.reduce((sum, run) => sum + (run.failed ?? 0), 0)]
  })
  console.log(table(['', 'pages/s', '× crawlee', 'p50 ms', 'p95 ms', 'peak RSS MiB', 'failed'], rows))
  const own = (results.get('lyrebird, 1 in flight') ?? []).flatMap((run) => run.own ?? [])
  console.log(`\nThe server's own part (all but fetch and conversion), 1 in flight: p50 ${quantile(own, 0.5).toFixed(2)} ms, p95 ${quantile(own, 0.95).toFixed(2)} ms`)
}

await main()
