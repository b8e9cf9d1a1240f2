import { describe, expect, it, vi } from 'vitest'
import { bed, failureOf } from './bed.testing.ts'

vi.mock('node:os', () => ({
  networkInterfaces: () => ({
    lo: [{ address: '127.0.0.1' }, { address: '::1' }],
    eth0: [{ address: '93.184.216.99' }, { address: '2606:2800:220::99' }, { address: 'fe80::1%eth0' }],
    gone: undefined,
  }),
}))

const { signal } = new AbortController()

describe("this machine's own public addresses", () => {
  it.each(['http://93.184.216.99/', 'http://93.184.216.99:8787/', 'http://[2606:2800:220:0::99]/'])('%s is refused as private', async (url) => {
    expect((await failureOf(bed(1).egress.judge(url, signal))).facts).toEqual({ reason: 'private' })
  })

  it('are refused behind a name too', async () => {
    const { egress } = bed(1, { resolver: () => Promise.resolve([{ address: '93.184.216.99', family: 4 }]) })
    expect((await failureOf(egress.judge('http://shop.example/', signal))).facts).toEqual({ reason: 'resolved_private' })
  })

  it('are let through where a rule says so', async () => {
    const { egress } = bed(1, { allow: ['93.184.216.99:8080'] })
    await expect(egress.judge('http://93.184.216.99:8080/', signal)).resolves.toBeUndefined()
    expect((await failureOf(egress.judge('http://93.184.216.99/', signal))).facts).toEqual({ reason: 'private' })
  })

  it('are not those of the neighbours', async () => {
    await expect(bed(1).egress.judge('http://93.184.216.98/', signal)).resolves.toBeUndefined()
  })
})
