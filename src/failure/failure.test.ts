import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalog, classOf, failureClasses, failureCodes } from './catalog.ts'
import { exampleFactsOf, exampleFacts } from './facts.ts'
import { failHost, failureOfHost } from './fail-test.ts'
import { Failure, fail, isFailure } from './failure.ts'

describe('the catalogue', () => {
  it('has a known class, a sensible status and every text in each row', () => {
    for (const code of failureCodes) {
      const row = catalog[code]
      expect(failureClasses).toContain(classOf(code))
      expect(row.status).toBeGreaterThanOrEqual(400)
      for (const text of [row.title, row.message, row.meaning, row.fix]) expect(text.length, code).toBeGreaterThan(4)
    }
  })

  it('fills every placeholder of its messages from the facts of the code', () => {
    for (const code of failureCodes) {
      const names = [...catalog[code].message.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      expect(Object.keys(exampleFactsOf(code)), code).toEqual(expect.arrayContaining(names))
      expect(new Failure(code, exampleFactsOf(code)).message).not.toMatch(/[{}]|unknown/)
    }
  })

  it('lists example facts for codes that exist only', () => {
    expect(Object.keys(exampleFacts).filter((code) => !failureCodes.includes(code as never))).toEqual([])
  })
})

describe('Failure', () => {
  it('survives the way through JSON, whatever its code, facts and evidence', () => {
    const attempt = fc.record({ tier: fc.constantFrom('http' as const, 'browser' as const), ms: fc.nat(), outcome: fc.string() })
    fc.assert(fc.property(fc.constantFrom(...failureCodes), fc.array(attempt), (code, evidence) => {
      const failure = new Failure(code, exampleFactsOf(code), { evidence, cause: new Error('secret') })
      const text = JSON.stringify(failure)
      const back = Failure.fromJSON(JSON.parse(text))
      expect(back.toJSON()).toEqual(JSON.parse(text))
      expect([back.code, back.message, back.status, back.retry]).toEqual([failure.code, failure.message, failure.status, failure.retry])
      expect(text).not.toContain('secret')
    }))
  })

  it('reads anything that is no failure as an internal one', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      const known = typeof value === 'object' && value !== null && failureCodes.includes((value as { code?: never }).code as never)
      if (!known) expect(Failure.fromJSON(value).code).toBe('platform.internal')
    }))
  })

  it('is known by its code, also across copies of the class', () => {
    const copy = Object.assign(new Error('x'), { name: 'Failure', code: 'target.timeout' })
    expect(isFailure(copy)).toBe(true)
    expect(isFailure(Object.assign(new Error('x'), { name: 'Failure', code: 'made.up' }))).toBe(false)
  })

  it('advises by the status of the target: 4xx after a change, 5xx later', () => {
    expect(fail('target.http_error', { status: 404 }).retry).toBe('after_change')
    expect(fail('target.http_error', { status: 503 }).retry).toBe('later')
  })
})

describe('*.fail.test names', () => {
  it('lead back to their codes, with a variant or without', () => {
    for (const code of failureCodes) {
      expect(failureOfHost(failHost(code))).toEqual({ code, variant: '' })
      expect(failureOfHost(failHost(code).replace('.fail', '-503.fail').toUpperCase())).toEqual({ code, variant: '503' })
    }
    expect(failureOfHost('nothing.fail.test')).toBeUndefined()
    expect(failureOfHost('target-timeout.fail.test.evil.example')).toBeUndefined()
  })
})
