import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress } from '../../src/egress/index.ts'
import { createBlobs } from '../../src/store/blobs.ts'
import { createS3Place } from '../../src/store/blobs-s3.ts'
import { blobPath } from '../../src/contract/blobs.ts'
import { startTestApp } from '../harness.ts'
import { s3Keys, startS3, type S3Server } from '../support/s3-server.ts'

let s3: S3Server
beforeAll(async () => { s3 = await startS3() })
afterAll(() => s3.close())

const settings = () => ({ blobsEndpoint: s3.endpoint, blobsBucket: s3Keys.bucket, blobsRegion: s3Keys.region, blobsKeyId: s3Keys.accessKeyId, blobsSecretKey: s3Keys.secretAccessKey })

interface Body { data: { screenshot: { url: string; bytes: number } }; code?: string }

describe('screenshots in a bucket', () => {
  it('are put there, signed, and handed out by any server with the same bucket, under our own address', async () => {
    const [one, other] = await Promise.all([startTestApp(settings()), startTestApp(settings())])
    const { secret } = await one.key()
    const reply = await one.request('/v1/scrape', { json: { url: 'https://article.lab.test/', formats: ['screenshot'] }, headers: { 'x-api-key': secret } })
    const { data } = await reply.json() as Body
    expect([...s3.objects.keys()]).toEqual([expect.stringMatching(/^lyrebird\/blob_[0-9a-z]{26}\.png$/)])
    expect([...s3.objects.values()][0]).toMatchObject({ type: 'image/png' })
    const { pathname, search } = new URL(data.screenshot.url)
    for (const app of [one, other]) {
      const picture = await app.request(pathname + search)
      expect(picture.headers.get('content-type')).toBe('image/png')
      expect((await picture.arrayBuffer()).byteLength).toBe(data.screenshot.bytes)
    }
    expect((await other.request(`${pathname}${search.slice(0, -2)}`)).status).toBe(404)
    s3.objects.clear()
    expect((await other.request(pathname + search)).status).toBe(404)
    expect(s3.answers.filter((status) => status === 403)).toEqual([])
    await Promise.all([one.close(), other.close()])
  })

  it('fail with one code where the bucket refuses, and stop the start where a setting is missing', async () => {
    const app = await startTestApp({ ...settings(), blobsSecretKey: 'another secret' })
    const { secret } = await app.key()
    const reply = await app.request('/v1/scrape', { json: { url: 'https://article.lab.test/', formats: ['screenshot'] }, headers: { 'x-api-key': secret } })
    expect((await reply.json() as Body).code).toBe('platform.internal')
    expect(s3.objects.size).toBe(0)
    await app.close()
    const { blobsBucket: _, ...partial } = settings()
    await expect(startTestApp(partial)).rejects.toThrow('all four')
  })
})

describe('a bucket', () => {
  const open = (now: { ms: number }, prefix = 'a b/&/') => {
    const egress = createEgress({ userAgent: 'test', bodyLimitBytes: 1e8, maxRedirects: 0 })
    const { region, bucket, accessKeyId, secretAccessKey } = s3Keys
    const place = createS3Place({
      endpoint: `${s3.endpoint}/`, region, bucket, accessKeyId, secretAccessKey, prefix,
      send: ({ body, ...request }) => egress.request({ ...request, ...(body ? { body } : {}), trust: 'operator', signal: AbortSignal.timeout(5000) }),
    })
    return { egress, blobs: createBlobs({ folder: undefined, place, ttlS: 60, clock: () => now.ms }) }
  }
  const split = (path: string): [string, URLSearchParams] => {
    const [name = '', query = ''] = path.slice(blobPath.length).split('?')
    return [name, new URLSearchParams(query)]
  }

  it('that is busy is asked again', async () => {
    const { egress, blobs } = open({ ms: Date.now() })
    s3.busy = 2
    const { path } = await blobs.put(Buffer.from('x'), 'image/png')
    expect([...s3.objects.keys()][0]).toMatch(/^a b\/&\/blob_/)
    s3.busy = 1
    expect((await blobs.get(...split(path)))?.data.toString()).toBe('x')
    s3.busy = 3
    await expect(blobs.get(...split(path))).rejects.toThrow('answered 503')
    s3.busy = 0
    s3.objects.clear()
    await egress.close()
  })

  it('is swept of what is old and of nothing else, in more than one listing', async () => {
    const now = { ms: Date.now() }
    const { egress, blobs } = open(now)
    for (let i = 0; i < 250; i++) s3.objects.set(`a b/&/blob_${String(i).padStart(26, '0')}.png`, { data: Buffer.from('x'), type: 'image/png', modified: new Date(now.ms - 3_600_000) })
    s3.objects.set('a b/&/other', { data: Buffer.from('x'), type: undefined, modified: new Date(0) })
    s3.objects.set('elsewhere/blob_1.png', { data: Buffer.from('x'), type: undefined, modified: new Date(0) })
    const { path } = await blobs.put(Buffer.from('new'), 'image/png')
    expect(await blobs.sweep()).toBe(250)
    expect([...s3.objects.keys()].toSorted()).toEqual([expect.stringMatching(/^a b\/&\/blob_/), 'a b/&/other', 'elsewhere/blob_1.png'])
    expect(await blobs.get(...split(path))).toBeDefined()
    await egress.close()
  })
})
