import { createServer } from 'node:http'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bed, failureOf, get, listen, type Bed, type Listening } from './bed.testing.ts'

/** What the server sends next: the coding it claims, and the bytes in pieces. */
let answer: { coding: string; pieces: Buffer[]; open?: boolean } = { coding: '', pieces: [] }
let server: Listening
let made: Bed
beforeAll(async () => {
  server = await listen(createServer((_req, res) => {
    const { coding, pieces, open } = answer
    res.writeHead(200, { 'content-encoding': coding })
    const next = (index: number): void => {
      const piece = pieces[index]
      if (piece !== undefined) res.write(piece, () => setImmediate(next, index + 1))
      else if (!open) res.end()
    }
    next(0)
  }))
  made = bed(server.port)
})
afterAll(async () => {
  await made.egress.close()
  await server.close()
})

const fetch = (coding: string, ...pieces: Buffer[]) => {
  answer = { coding, pieces }
  return get(made.egress, 'http://shop.example/')
}
const compressors: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gzipSync(body),
  'x-gzip': (body) => gzipSync(body),
  br: (body) => brotliCompressSync(body),
  zstd: (body) => zstdCompressSync(body),
  deflate: (body) => deflateSync(body),
}
const page = Buffer.from('<p>Grüße ✓</p>'.repeat(5000))

describe('codings', () => {
  it.each(Object.keys(compressors))('%s', async (coding) => {
    expect(Buffer.from((await fetch(coding, compressors[coding]!(page))).body).equals(page)).toBe(true)
  })

  it('deflate without its wrapper, as some servers send it', async () => {
    expect(Buffer.from((await fetch('deflate', deflateRawSync(page))).body).equals(page)).toBe(true)
  })

  it.each(['', 'identity', 'utf-8', 'gzip, unknown', 'aws-chunked', ' , '])('%j leaves the bytes as they are', async (coding) => {
    expect(Buffer.from((await fetch(coding, page)).body).equals(page)).toBe(true)
  })

  it.each([['gzip, br'], ['br,gzip'], ['GZIP , zstd, identity'], ['deflate, gzip, br, zstd']])('%s, one on the other', async (coding) => {
    const names = coding.toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== 'identity')
    const body = names.reduce<Buffer>((bytes, name) => compressors[name]!(bytes), page)
    expect(Buffer.from((await fetch(coding, body)).body).equals(page)).toBe(true)
  })

  it('five of them are not undone', async () => {
    expect((await failureOf(fetch('gzip, gzip, gzip, gzip, gzip', page))).code).toBe('content.parse_failed')
  })

  it('several members of gzip are one body', async () => {
    expect(Buffer.from((await fetch('gzip', Buffer.concat([gzipSync('one '), gzipSync('two')]))).body).toString()).toBe('one two')
  })

  it.each(Object.keys(compressors))('%s of nothing at all is an empty body', async (coding) => {
    expect((await fetch(coding)).body.length).toBe(0)
  })

  it('in pieces of any size give the same body', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.keys(compressors)), fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.integer({ min: 1, max: 60 }), async (coding, bytes, size) => {
      const packed = compressors[coding]!(Buffer.from(bytes))
      const pieces = Array.from({ length: Math.ceil(packed.length / size) }, (_, i) => packed.subarray(i * size, (i + 1) * size))
      expect(Buffer.from((await fetch(coding, ...pieces)).body).equals(Buffer.from(bytes))).toBe(true)
    }), { numRuns: 60 })
  })
})

describe('bodies that are not what they claim', () => {
  const names = Object.keys(compressors)

  it.each(names)('%s of something else is content.parse_failed', async (coding) => {
    expect((await failureOf(fetch(coding, Buffer.from('<p>plain text, and no compression at all</p>'.repeat(10))))).code).toBe('content.parse_failed')
  })

  it.each(names)('%s that ends early is target.connection_reset', async (coding) => {
    const packed = compressors[coding]!(Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)))
    expect((await failureOf(fetch(coding, packed.subarray(0, packed.length >> 1)))).code).toBe('target.connection_reset')
  })

  it.each(names)('%s of random bytes ends in a failure of the catalogue or in a body', async (coding) => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      const code = await fetch(coding, Buffer.from(bytes)).then(() => 'ok', (error: { code: string }) => error.code)
      expect(['ok', 'content.parse_failed', 'target.connection_reset']).toContain(code)
    }), { numRuns: 60 })
  })
})

describe('bombs', () => {
  const zeros = Buffer.alloc(64 * 1024 * 1024)

  it.each(Object.keys(compressors))('%s stops at the limit', async (coding) => {
    const failure = await failureOf(fetch(coding, compressors[coding]!(zeros)))
    expect([failure.code, failure.facts]).toEqual(['content.too_large', { limitBytes: 1_000_000 }])
    expect(failure.evidence.at(-1)?.bytes).toBeLessThanOrEqual(1_000_000)
  })

  it('without an end are cut off in the middle', async () => {
    const half = gzipSync(zeros)
    answer = { coding: 'gzip', pieces: [half.subarray(0, half.length >> 1)], open: true }
    expect((await failureOf(get(made.egress, 'http://bomb.example/'))).code).toBe('content.too_large')
    expect(made.sockets.at(-1)?.destroyed).toBe(true)
  })

  it('inside another one stop at the limit of the layer between', async () => {
    const failure = await failureOf(fetch('gzip, gzip', gzipSync(gzipSync(zeros, { level: 0 }))))
    expect(failure.code).toBe('content.too_large')
  })

  it('of zstd may not claim a window over 8 MB', async () => {
    const body = zstdCompressSync(zeros.subarray(0, 32 * 1024 * 1024), { params: { [constants.ZSTD_c_windowLog]: 27 } })
    expect((await failureOf(fetch('zstd', body))).code).toBe('content.parse_failed')
  })

  it('exactly at the limit are no bombs', async () => {
    expect((await fetch('gzip', gzipSync(zeros.subarray(0, 1_000_000)))).body.length).toBe(1_000_000)
    expect((await failureOf(fetch('gzip', gzipSync(zeros.subarray(0, 1_000_001))))).code).toBe('content.too_large')
  })
})
