import { expect } from 'vitest'
import type { TestApp } from '../harness.ts'

export interface JobView {
  id: string
  kind: string
  state: string
  counts: { discovered: number; queued: number; done: number; failed: number; skipped: number }
  skipped_by_reason: Record<string, number>
  credits: number
  failure: { code: string } | null
  [more: string]: unknown
}

export interface PageView {
  n: number
  url: string
  state: string
  depth: number
  reason: string | null
  into_url: string | null
  credits: number
  document: { markdown?: string; final_url: string; links?: unknown } | null
  failure: { code: string; evidence: unknown[] } | null
}

const over = ['completed', 'partial', 'failed', 'cancelled']

/** The native API of jobs with one key. */
export const jobsOf = (app: TestApp, secret: string) => {
  const call = async <T>(path: string, init: Parameters<TestApp['request']>[1] = {}, status = 200): Promise<T> => {
    const reply = await app.request(path, { ...init, headers: { authorization: `Bearer ${secret}`, ...init.headers } })
    const body = await reply.json() as T
    expect({ status: reply.status, body }).toMatchObject({ status })
    return body
  }
  const get = async (id: string): Promise<JobView> => (await call<{ data: JobView }>(`/v1/jobs/${id}`)).data
  const all = async (id: string, list: 'results' | 'pages', limit = 50): Promise<PageView[]> => {
    const items: PageView[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { data: PageView[]; next_cursor: string | null } = await call(`/v1/jobs/${id}/${list}?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`)
      items.push(...page.data)
      cursor = page.next_cursor
    }
    return items
  }
  return {
    call,
    get,
    submit: async (path: string, json: unknown): Promise<string> => (await call<{ data: { id: string } }>(path, { json }, 202)).data.id,
    /** The first state that `until` accepts. */
    wait: async (id: string, until: (job: JobView) => boolean = (job) => over.includes(job.state)): Promise<JobView> => {
      for (;;) {
        const job = await get(id)
        if (until(job)) return job
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    },
    results: (id: string, limit?: number) => all(id, 'results', limit),
    pages: (id: string, limit?: number) => all(id, 'pages', limit),
  }
}

/** What must hold of every job that is over: each URL is counted once, under one state and, where skipped, one reason. */
export const expectExact = (job: JobView, pages: readonly PageView[]): void => {
  const by = (state: string) => pages.filter((page) => page.state === state).length
  expect(job.counts).toEqual({ discovered: pages.length, queued: 0, done: by('done'), failed: by('failed'), skipped: by('skipped') })
  const reasons = Object.fromEntries(Object.entries(Object.groupBy(pages.filter((page) => page.state === 'skipped'), (page) => page.reason ?? 'none')).map(([reason, list]) => [reason, list?.length]))
  expect(job.skipped_by_reason).toEqual(reasons)
  expect(new Set(pages.map((page) => page.n)).size).toBe(pages.length)
  expect(job.credits).toBe(pages.reduce((sum, page) => sum + page.credits, 0))
}
