import { describe, expect, it } from 'vitest'
import { systemResolver } from './resolve.ts'

const { signal } = new AbortController()

describe('the system resolver', () => {
  it('reads the hosts file, and answers the same again', async () => {
    const resolve = systemResolver()
    const [first, second] = await Promise.all([resolve('localhost', signal), resolve('localhost', signal)])
    expect(first.map(({ address }) => address)).toContain('127.0.0.1')
    expect(first.every(({ address, family }) => family === (address.includes(':') ? 6 : 4))).toBe(true)
    expect(second).toBe(first)
    expect(await resolve('localhost', signal)).toBe(first)
  })

  it('rejects a name that no resolver can have', async () => {
    await expect(systemResolver()(`${'a'.repeat(64)}.invalid`, signal)).rejects.toThrow()
  })
})
