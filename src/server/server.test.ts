import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Failure } from '../failure/failure.ts'
import { clientAddress, parseRanges } from './client-address.ts'
import { validate } from './validate.ts'

describe('clientAddress', () => {
  const trusted = parseRanges(['10.0.0.0/8', '::1'])

  it('believes nobody by default', () => {
    expect(clientAddress('203.0.113.1', '198.51.100.1', [])).toBe('203.0.113.1')
  })

  it('walks back over trusted proxies only, from the end', () => {
    expect(clientAddress('10.0.0.1', '198.51.100.1, 10.0.0.2', trusted)).toBe('198.51.100.1')
    expect(clientAddress('10.0.0.1', '6.6.6.6, 198.51.100.1', trusted)).toBe('198.51.100.1')
    expect(clientAddress('203.0.113.9', '198.51.100.1', trusted)).toBe('203.0.113.9')
    expect(clientAddress('::ffff:10.0.0.1', '198.51.100.1', trusted)).toBe('198.51.100.1')
    expect(clientAddress('10.0.0.1', 'garbage', trusted)).toBe('10.0.0.1')
  })

  it('never gives what an untrusted peer claims', () => {
    fc.assert(fc.property(fc.ipV4().filter((ip) => !ip.startsWith('10.')), fc.array(fc.ipV4()), (peer, claims) => {
      expect(clientAddress(peer, claims.join(', '), trusted)).toBe(peer)
    }))
  })
})

describe('validate', () => {
  const schema = z.strictObject({ url: z.string(), options: z.strictObject({ depth: z.int().optional() }).optional(), list: z.array(z.strictObject({ name: z.string() })).default([]) })
  const issuesOf = (value: unknown) => {
    try {
      validate(schema, value)
      return []
    } catch (error) {
      return (error as Failure<'caller.invalid_request'>).facts.issues
    }
  }

  it('suggests the nearest name at every depth', () => {
    expect(issuesOf({ url: 'x', optoins: {} })[0]).toMatchObject({ path: ['optoins'], message: 'Unknown field "optoins". Did you mean "options"?' })
    expect(issuesOf({ url: 'x', options: { dept: 1 } })[0]).toMatchObject({ path: ['options', 'dept'], message: 'Unknown field "dept". Did you mean "depth"?' })
    expect(issuesOf({ url: 'x', list: [{ nam: 'a', name: 'b' }] })[0]).toMatchObject({ path: ['list', 0, 'nam'], message: 'Unknown field "nam". Did you mean "name"?' })
  })

  it('says little about very many unknown fields, and about very long ones', () => {
    const many = issuesOf({ url: 'x', ...Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`unknown_${i}`, i])) })
    expect(many).toHaveLength(100)
    const [long] = issuesOf({ url: 'x', ['y'.repeat(1_000_000)]: 1 })
    expect(JSON.stringify(long).length).toBeLessThan(1000)
  })

  it('throws nothing but failures whatever comes', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      expect(() => JSON.stringify(issuesOf(value))).not.toThrow()
    }))
  })
})
