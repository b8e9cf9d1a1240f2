// npm run bench:crawl: a crawl of real pages to Markdown on the embedded database beside @crawlee/cheerio with turndown, in one run.
import { fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { corpusPages } from './lib/corpus.ts'

const pages = Number(process.env.PAGES ?? 2000)
const rounds = Number(process.env.ROUNDS ?? 2)
const here = import.meta.dirname
const secret = 'bench-key-0123456789abcdef'

interface Run { seconds: number; pages: number; failed: number; rss: number }

const main = async (): Promise<void> => {
  if (!corpusPages()) return
  const site = fork(join(here, 'lib/crawl-site.ts'), [String(pages)], { stdio: 'inherit' })
  const { port } = await new Promise<{ port: number }>((done) => site.once('message', (message) => done(message as { port: number })))
  const start = `http://127.0.0.1:${port}/p/0`
  const runs: Record<'lyrebird' | 'crawlee', Run[]> = { lyrebird: [], crawlee: [] }
  try {
    for (let round = 0; round < rounds; round++) {
      runs.lyrebird.push(await ours(start))
      runs.crawlee.push(await theirs(start))
    }
  } finally {
    site.disconnect()
  }
  for (const [name, list] of Object.entries(runs)) {
    for (const run of list) console.log(`${name.padEnd(10)} ${run.pages} pages, ${run.failed} failed, ${run.seconds.toFixed(1)} s, ${(run.pages / run.seconds).toFixed(1)} pages/s, ${Math.round(run.rss / 1_048_576)} MiB`)
  }
  const best = (list: Run[]) => Math.max(...list.map((run) => run.pages / run.seconds))
  console.log(`lyrebird makes ${(best(runs.lyrebird) / best(runs.crawlee)).toFixed(2)} times as many pages per second`)
}

const ours = async (start: string): Promise<Run> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lyrebird-bench-'))
  const server = spawn(process.execPath, [resolve(here, '../bin/lyrebird.js'), 'serve', '--port', '0', '--data-dir', dataDir], {
    env: { ...process.env, CORPUS_DIR: '', LYREBIRD_BOOTSTRAP_KEY: secret, LYREBIRD_EGRESS_ALLOW: '127.0.0.1', LYREBIRD_IP_RPM: '0', LYREBIRD_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let url = ''
    for await (const line of createInterface({ input: server.stdout })) {
      url = /listens on (\S+)/.exec(line)?.[1] ?? ''
      if (url !== '') break
    }
    server.stdout.resume()
    const call = async <T>(path: string, json?: unknown): Promise<T> => {
      const reply = await fetch(url + path, { method: json === undefined ? 'GET' : 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, ...(json === undefined ? {} : { body: JSON.stringify(json) }) })
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
      return await reply.json() as T
    }
    const begun = performance.now()
    const { data: { id } } = await call<{ data: { id: string } }>('/v1/crawl', { url: start, limit: pages, max_depth: 50, sitemap: 'skip', respect_robots: false, follow_nofollow: true, include: ['re:/p/\\d+$'], pages_at_once: 16, host_pages: 16, tries: 1, render: 'static' })
    for (;;) {
      const { data } = await call<{ data: { state: string; counts: { done: number; failed: number } } }>(`/v1/jobs/${id}`)
      if (!['queued', 'running'].includes(data.state)) {
        return { seconds: (performance.now() - begun) / 1000, pages: data.counts.done, failed: data.counts.failed, rss: peak(server.pid ?? 0) }
      }
      await new Promise((done) => setTimeout(done, 200))
    }
  } finally {
    server.kill('SIGTERM')
    await new Promise((done) => server.once('exit', done))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const theirs = (start: string): Promise<Run> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(here, 'lib/crawlee-crawl.ts'), start, String(pages), '16'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    child.once('exit', () => {
      try {
        done(JSON.parse(out) as Run)
      } catch (error) {
        failed(error)
      }
    })
  })

/** Most memory that the process has had. */
const peak = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

await main()
