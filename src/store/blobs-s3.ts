import { createHash, hkdfSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import type { BlobPlace } from './blobs.ts'

export interface S3Options {
  /** Of the service, without the bucket: https://s3.eu-central-1.amazonaws.com. */
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** In front of every name. */
  prefix: string
  /** One exchange. Rejects where none took place. */
  send: S3Send
}

export type S3Send = (request: { method: string; url: string; headers: Record<string, string>; body: Uint8Array | undefined }) => Promise<{ status: number; body: Uint8Array }>

const triesMax = 3
const waitMs = 200
const sweptAtOnce = 200

/** Blobs in a bucket of any service that speaks S3, by path and not by host name. */
export const createS3Place = ({ endpoint, bucket, region, accessKeyId, secretAccessKey, prefix, send }: S3Options): BlobPlace => {
  const base = `${endpoint.replace(/\/+$/, '')}/${bucket}`
  const urlOf = (name: string): string => `${base}/${(prefix + name).split('/').map(encodeURIComponent).join('/')}`

  const once = async (method: string, target: string, body?: Uint8Array, contentType?: string) => {
    const digest = createHash('sha256').update(body ?? new Uint8Array()).digest('hex')
    const signed = await new AwsV4Signer({
      method, url: target, accessKeyId, secretAccessKey, region, service: 's3',
      headers: { 'x-amz-content-sha256': digest, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    }).sign()
    const headers = Object.fromEntries([...signed.headers].filter(([name]) => name !== 'host'))
    return send({ method, url: signed.url.href, headers, body })
  }

  /** Tried again where the service is busy or out of reach; everything here may be done twice. */
  const ask = async (method: string, target: string, body?: Uint8Array, contentType?: string): Promise<{ status: number; body: Uint8Array }> => {
    for (let turn = 1; ; turn++) {
      try {
        const answer = await once(method, target, body, contentType)
        if ((answer.status < 500 && answer.status !== 429) || turn === triesMax) return answer
      } catch (error) {
        if (turn === triesMax) throw error
      }
      await sleep(waitMs * turn)
    }
  }

  const expect = ({ status }: { status: number }, wanted: readonly number[], doing: string): void => {
    if (!wanted.includes(status)) throw new Error(`the bucket answered ${status} to ${doing}`)
  }

  return {
    // All servers of one bucket sign alike, without a file that one of them would have to be the first to write.
    secret: async () => Buffer.from(hkdfSync('sha256', secretAccessKey, bucket, 'lyrebird blob addresses', 32)),
    async write(name, data, _nowMs, contentType) {
      expect(await ask('PUT', urlOf(name), data, contentType), [200, 201, 204], 'a put')
    },
    async read(name) {
      const answer = await ask('GET', urlOf(name))
      expect(answer, [200, 404], 'a get')
      return answer.status === 404 ? undefined : answer.body
    },
    async sweep(beforeMs) {
      let swept = 0
      for (let after = ''; ;) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: `${prefix}blob_`, 'max-keys': String(sweptAtOnce), ...(after === '' ? {} : { 'start-after': after }) })
        const listing = await ask('GET', `${base}?${query.toString()}`)
        expect(listing, [200], 'a listing')
        // Names begin with the time of their making, so the oldest come first.
        const found = objectsOf(Buffer.from(listing.body).toString())
        const old = found.filter(({ modifiedMs }) => modifiedMs < beforeMs)
        for (const { key } of old) {
          expect(await ask('DELETE', urlOf(key.slice(prefix.length))), [200, 204, 404], 'a delete')
          swept++
        }
        after = found.at(-1)?.key ?? ''
        if (found.length < sweptAtOnce || old.length < found.length) return swept
      }
    },
  }
}

/** Of a listing; keys of ours hold nothing that XML would escape but what a prefix brings. */
const objectsOf = (xml: string): { key: string; modifiedMs: number }[] =>
  [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, content = '']) => {
    const key = /<Key>([^<]*)<\/Key>/.exec(content)?.[1]?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&')
    const modifiedMs = Date.parse(/<LastModified>([^<]*)<\/LastModified>/.exec(content)?.[1] ?? '')
    return key === undefined || Number.isNaN(modifiedMs) ? [] : [{ key, modifiedMs }]
  })
