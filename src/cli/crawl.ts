import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { startApp, type App } from '../app.ts'
import { readConfig } from '../config.ts'
import { Failure } from '../failure/failure.ts'
import { parseUrl, withScheme } from '../lib/url.ts'
import { failureText } from './problem.ts'

interface Options {
  out: string
  limit: string
  depth: string
  include: string[]
  exclude: string[]
  delay?: string
  mode: string
}

interface Job {
  id: string
  state: string
  counts: { discovered: number; queued: number; done: number; failed: number; skipped: number }
  limit: number | null
  skipped_by_reason: Record<string, number>
  failure: { code: string } | null
}

const collect = (value: string, list: string[]): string[] => [...list, value]

export const crawlCommand = (): Command =>
  new Command('crawl')
    .description('Crawl a site into a folder of Markdown files; needs no server')
    .argument('<url>', 'where to begin; *.lab.test leads to the built-in lab')
    .requiredOption('--out <folder>', 'where the files go')
    .option('--limit <number>', 'most pages', '1000')
    .option('--depth <number>', 'most links from the start', '10')
    .option('--include <pattern>', 'only URLs that match; a glob, or re: and an expression; may be repeated', collect, [])
    .option('--exclude <pattern>', 'no URLs that match; may be repeated', collect, [])
    .option('--delay <ms>', 'between two pages of a host; robots.txt decides where unset')
    .option('--mode <mode>', 'normal, reader, prune', 'normal')
    .action(crawl)

const crawl = async (target: string, options: Options): Promise<void> => {
  const lab = /\.(lab|fail)\.test$/.test(parseUrl(target)?.hostname ?? '')
  const app = await startApp({ ...readConfig({ dataDir: 'memory://', ipRpm: '0', runJobs: 'true' }, { defaults: { logLevel: 'error' } }), databaseUrl: undefined }, { labForLive: lab })
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  try {
    const { data: { id } } = await call<{ data: Job }>(app, '/v1/crawl', {
      url: withScheme(target), limit: Number(options.limit), max_depth: Number(options.depth), include: options.include, exclude: options.exclude, mode: options.mode,
      ...(options.delay === undefined ? {} : { delay_ms: Number(options.delay) }),
    })
    await mkdir(options.out, { recursive: true })
    const startedAt = performance.now()
    let seen = 0
    for (;;) {
      const { data: job } = await call<{ data: Job }>(app, `/v1/jobs/${id}`)
      // Finished pages keep their places, so that what was seen need not be asked for again.
      for (let more = true; more;) {
        const { items, nextCursor } = await app.jobs.results('default', id, { limit: 50, skip: seen, documents: true })
        for (const page of items) if (page.document) await save(options.out, page.url, page.document.metadata.title, page.document.formats.markdown ?? '')
        seen += items.length
        more = nextCursor !== null
      }
      progress(job, performance.now() - startedAt)
      if (['completed', 'partial', 'failed', 'cancelled'].includes(job.state)) return finish(job, options.out)
      if (stopping.signal.aborted) await call(app, `/v1/jobs/${id}/cancel`, {})
      else await new Promise((resolve) => setTimeout(resolve, 250))
    }
  } finally {
    await app.close()
  }
}

const call = async <T>(app: App, path: string, body?: unknown): Promise<T> => {
  const reply = await app.fetch(new Request(`http://localhost${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${app.operatorSecret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }))
  const json = await reply.json() as T & { code?: string; issues?: unknown }
  if (!reply.ok) throw Failure.fromJSON({ code: json.code, facts: json, evidence: [] })
  return json
}

const nameCharsMax = 120

/** `guides/compost.md` for https://site.example/guides/compost: a path that stays below the folder, whatever the URL says. */
const fileOf = (url: string): string => {
  const { host, pathname, search } = new URL(url)
  const parts = `${host}${pathname}`.split('/').filter(Boolean).map((part) => safePart(part)).filter((part) => part !== '')
  const last = pathname.endsWith('/') || parts.length === 1 ? [...parts, 'index'] : parts
  const query = search === '' ? '' : `-${createHash('sha256').update(search).digest('hex').slice(0, 8)}`
  return `${join(...last)}${query}.md`
}

const safePart = (part: string): string => part.replace(/[^\p{L}\p{N}._~-]+/gu, '_').replace(/^\.+/, '').slice(0, nameCharsMax)

const save = async (folder: string, url: string, title: string | undefined, markdown: string): Promise<void> => {
  const path = join(folder, fileOf(url))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `---\nurl: ${JSON.stringify(url)}\ntitle: ${JSON.stringify(title ?? '')}\n---\n\n${markdown}\n`)
}

const barChars = 30

const progress = ({ counts, limit }: Job, ms: number): void => {
  const finished = counts.done + counts.failed
  const total = Math.max(1, Math.min(limit ?? Infinity, finished + counts.queued))
  const full = Math.round((Math.min(1, finished / total)) * barChars)
  const line = `[${'#'.repeat(full)}${'.'.repeat(barChars - full)}] ${counts.done} pages, ${counts.failed} failed, ${counts.skipped} skipped, ${counts.queued} to go, ${(finished / (ms / 1000)).toFixed(1)}/s`
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`)
}

const finish = (job: Job, folder: string): void => {
  if (process.stderr.isTTY) process.stderr.write('\n')
  console.log(`${job.counts.done} pages in ${folder}; ${job.counts.failed} failed, ${job.counts.skipped} skipped (${Object.entries(job.skipped_by_reason).map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none'})`)
  if (job.failure) console.error(failureText(Failure.fromJSON({ facts: job.failure, ...job.failure })))
  if (job.state === 'failed') process.exitCode = 5
}
