import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { fateOf } from '../../src/lab/pages/big.ts'
import { startChild, type Child } from '../support/child.ts'
import type { JobView, PageView } from '../support/jobs.ts'

export interface ServerProcess extends Child {
  url: string
  call<T>(path: string, init?: { method?: string; json?: unknown; key?: string }): Promise<T>
}

/** A server in a process of its own, ready. */
export const startServer = async (settings: Record<string, string>): Promise<ServerProcess> => {
  const child = startChild('chaos-process.ts', [JSON.stringify(settings)])
  const { url, secret } = JSON.parse(await child.line()) as { url: string; secret: string }
  return {
    ...child,
    url,
    call: async <T>(path: string, { method, json, key }: { method?: string; json?: unknown; key?: string } = {}) => {
      const reply = await fetch(url + path, {
        method: method ?? (json === undefined ? 'GET' : 'POST'),
        headers: { authorization: `Bearer ${key ?? secret}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
      return await reply.json() as T
    },
  }
}

/** Takes webhooks and keeps count by id. */
export const startReceiver = async () => {
  const seen = new Map<string, { type: string; times: number }>()
  const server = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk) => (body += String(chunk))).on('end', () => {
      const id = String(req.headers['webhook-id'])
      seen.set(id, { type: (JSON.parse(body) as { type: string }).type, times: (seen.get(id)?.times ?? 0) + 1 })
      res.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    byType: (type: string) => [...seen.values()].filter((one) => one.type === type).length,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** What a crawl of big.lab.test?pages=n&trouble must come to, by arithmetic alone. */
export const expectedOf = (n: number): { done: number; failed: number; moved: number } => {
  const fates = Array.from({ length: n }, (_, i) => fateOf(i + 1))
  const count = (...which: string[]) => fates.filter((fate) => which.includes(fate)).length
  return { done: count('page', 'slow'), failed: count('missing', 'error'), moved: count('moved') }
}

export const allPages = async (call: ServerProcess['call'], id: string, key: string): Promise<PageView[]> => {
  const pages: PageView[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const part: { data: PageView[]; next_cursor: string | null } = await call(`/v1/jobs/${id}/pages?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`, { key })
    pages.push(...part.data)
    cursor = part.next_cursor
  }
  return pages
}

export const isOver = (job: JobView): boolean => ['completed', 'partial', 'failed', 'cancelled'].includes(job.state)

/** Exact, whatever happened on the way. */
export const expectWhole = (job: JobView, pages: readonly PageView[], n: number, used: number): void => {
  const { done, failed, moved } = expectedOf(n)
  expect(job.counts).toEqual({ discovered: n, queued: 0, done, failed, skipped: moved })
  expect(job.skipped_by_reason).toEqual({ redirect: moved })
  expect(job.state).toBe('partial')
  const urls = pages.filter((page) => page.state === 'done').map((page) => page.url)
  expect(new Set(urls).size).toBe(done)
  expect(job.credits).toBe(done)
  expect(used).toBe(done)
}

export const until = async <T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await look().catch(() => undefined)
    if (value !== undefined && good(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
