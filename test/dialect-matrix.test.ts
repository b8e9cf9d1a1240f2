import { describe, expect, it } from 'vitest'
import { dialects } from '../src/dialects/registry.ts'
import type { Dialect, ReplyInfo } from '../src/dialects/dialect.ts'
import { failureCodes, type FailureCode } from '../src/failure/catalog.ts'
import { exampleFactsOf } from '../src/failure/facts.ts'
import { Failure } from '../src/failure/failure.ts'

const infoOf = (dialect: Dialect): ReplyInfo => ({
  id: '00000000-0000-4000-8000-000000000000',
  requestId: '00000000-0000-4000-8000-000000000000',
  durationMs: 12,
  origin: 'http://lyrebird.test',
  base: `http://lyrebird.test${dialect.basePath}`,
  method: 'POST', path: '/', target: '/',
  headers: new Headers(),
  authenticated: true,
  account: { creditsBilled: 0 },
  now: new Date('2026-11-20T00:00:00Z'),
})

const codeKeys = ['code', 'type', 'reason']
const messageKeys = ['message', 'msg', 'error', 'detail', 'title']

/** The vendor's code and message, wherever in the body they stand. */
const read = (body: unknown): { code: string | number | undefined; message: string | number | undefined } => {
  const top = body as Record<string, unknown>
  const error = typeof top.error === 'object' && top.error !== null ? (top.error as Record<string, unknown>) : {}
  const first = (keys: string[]) => [error, top].flatMap((part) => keys.map((key) => part[key])).find((value): value is string | number => typeof value === 'string' || typeof value === 'number')
  return { code: first(codeKeys), message: first(messageKeys) }
}

const line = (dialect: Dialect, code: FailureCode): string => {
  const { status, body } = dialect.renderFailure(new Failure(code, exampleFactsOf(code)), infoOf(dialect))
  const { code: vendorCode, message } = read(body)
  return `${dialect.name} × ${code} → ${status}, ${vendorCode ?? '-'}, ${message ?? '-'}`
}

describe('every dialect answers every failure', () => {
  for (const dialect of dialects) {
    it(`${dialect.name} as reviewed`, async () => {
      const lines = failureCodes.map((code) => line(dialect, code))
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`snapshots/dialect-matrix.${dialect.name}.txt`)
    })

    it(`${dialect.name} with bodies of its own declared shape, and nothing internal in them`, () => {
      for (const code of failureCodes) {
        const failure = new Failure(code, exampleFactsOf(code), { cause: new Error('SECRET at /home/operator/x.ts') })
        const { body, status } = dialect.renderFailure(failure, infoOf(dialect))
        expect(dialect.failureBody.safeParse(body).error, code).toBeUndefined()
        expect(status, code).toBeGreaterThanOrEqual(400)
        expect(JSON.stringify(body), code).not.toMatch(/SECRET|operator\/x/)
      }
    })
  }
})
