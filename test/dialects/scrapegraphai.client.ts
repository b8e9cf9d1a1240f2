import * as published from 'scrapegraph-js'
import { expect } from 'vitest'
import { z } from 'zod'
import { errorBody } from '../../src/dialects/scrapegraphai/failure.ts'
import type { TestApp, TestKey } from '../harness.ts'
import { strict } from './scrapegraphai.strict.ts'

interface Schema {
  safeParse(value: unknown): { error?: unknown }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The published schema takes `errors` only with an entry for each of the eight formats, which cannot be meant: they are checked one by one, wherever they stand. */
const withoutErrors = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutErrors)
  if (!isRecord(value)) return value
  const { errors, ...rest } = value
  if (!isRecord(rest.results) || !isRecord(errors)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutErrors(one)]))
  for (const [format, error] of Object.entries(errors)) {
    expect(published.scrapeFormatSchema.safeParse(format).error).toBeUndefined()
    expect(published.scrapeFormatErrorSchema.safeParse(error).error).toBeUndefined()
  }
  expect(Object.keys(errors)).not.toHaveLength(0)
  return withoutErrors(rest)
}

/** What the package exports for each kind of reply, beside what the Python client needs. */
const theirs = {
  scrape: published.scrapeResponseSchema, extract: published.extractResponseSchema, search: published.searchResponseSchema,
  crawl: published.crawlResponseSchema, crawlPages: published.crawlPagesResponseSchema, monitor: published.monitorResponseSchema, activity: published.monitorActivityResponseSchema,
  historyEntry: published.historyEntrySchema, history: published.historyPageSchema, credits: published.creditsResponseSchema, health: published.healthResponseSchema, ok: published.okResponseSchema,
} satisfies Record<keyof typeof strict, Schema>

export type Kind = keyof typeof strict

/** Every reply of a kind passes both. */
export const expectShape = (kind: Kind, value: unknown): void => {
  const exported: Schema = theirs[kind]
  expect(exported.safeParse(withoutErrors(value)).error).toBeUndefined()
  expect(strict[kind].safeParse(value).error).toBeUndefined()
}

type Init = NonNullable<Parameters<TestApp['request']>[1]>

export interface Refusal {
  status: number
  type: string
  message: string
  details?: { path: (string | number)[]; code: string; message: string }[] | undefined
  detail: string
}

/** A refusal in the vendor's envelope. */
export const refusal = async (reply: Response): Promise<Refusal> => {
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const body = errorBody.parse(await reply.json())
  return { status: reply.status, ...body.error, detail: body.detail } as Refusal
}

/** One key's calls below `/api`. */
export const clientOf = (app: TestApp, key: Pick<TestKey, 'secret'>) => {
  const call = (path: string, init: Init = {}) => app.request(`/scrapegraphai/api${path}`, { ...init, headers: { 'SGAI-APIKEY': key.secret, ...init.headers } })
  return {
    call,
    /** A success whose body passes the schemas of its kind. */
    get: async <T>(kind: Kind, path: string, init: Init = {}): Promise<T> => {
      const reply = await call(path, init)
      const body: unknown = await reply.json()
      expect({ status: reply.status, body }).toMatchObject({ status: 200 })
      expectShape(kind, body)
      return body as T
    },
    refused: async (path: string, init: Init = {}): Promise<Refusal> => refusal(await call(path, init)),
    /** Asks again until it is so. */
    until: async <T>(kind: Kind, path: string, done: (value: T) => boolean): Promise<T> => {
      for (;;) {
        const reply = await call(path)
        const body = await reply.json() as T
        expect({ status: reply.status, body }).toMatchObject({ status: 200 })
        if (done(body)) {
          expectShape(kind, body)
          return body
        }
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    },
  }
}

export type Client = ReturnType<typeof clientOf>

export interface Section<T = string[]> {
  data: T
  metadata?: Record<string, unknown>
}

export interface Scraped {
  id: string
  results: { markdown?: Section; html?: Section; links?: Section; images?: Section; summary?: Section<string>; json?: Section<unknown>; screenshot?: Section<{ url: string; width: number; height: number }>; branding?: Section<Record<string, unknown>> }
  metadata: { contentType: string; provider: string; elapsedMs: number; warnings?: { reason: string; provider?: string }[] }
  errors?: Record<string, { code: string; error: string }>
}

export const uuid = z.uuid()
