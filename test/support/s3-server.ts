import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface S3Server {
  endpoint: string
  objects: Map<string, { data: Buffer; type: string | undefined; modified: Date }>
  /** Status of each request that was made. */
  answers: number[]
  /** So many requests fail with 503 from now on. */
  busy: number
  close(): Promise<void>
}

export const s3Keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'a secret for tests', region: 'test-1', bucket: 'shots' }

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** Signature Version 4, from the service's side: nothing of what was sent is believed before it is recomputed. */
const isSigned = (request: IncomingMessage, url: URL, body: Buffer): boolean => {
  const [, credential = '', signedHeaders = '', signature = ''] = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([\da-f]{64})$/.exec(request.headers.authorization ?? '') ?? []
  const [id, day = '', region, service, end] = credential.split('/')
  const at = String(request.headers['x-amz-date'])
  const names = signedHeaders.split(';')
  if (id !== s3Keys.accessKeyId || region !== s3Keys.region || service !== 's3' || end !== 'aws4_request' || !at.startsWith(day) || !names.includes('host') || !names.includes('x-amz-date')) return false
  const sentAt = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (Math.abs(Date.now() - sentAt) > 900_000 || request.headers['x-amz-content-sha256'] !== sha256(body)) return false
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).toSorted().join('&')
  const path = url.pathname.split('/').map((part) => encode(decodeURIComponent(part))).join('/')
  const canonical = [request.method, path, query, ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`), '', signedHeaders, sha256(body)].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>((from, text) => hmac(from, text), `AWS4${s3Keys.secretAccessKey}`)
  return hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex') === signature
}

/** A service that speaks as much S3 as blobs need, on loopback. */
export const startS3 = async (): Promise<S3Server> => {
  const respond = (request: IncomingMessage, body: Buffer): { status: number; body?: Buffer | string } => {
    const url = new URL(request.url ?? '/', 'http://s3')
    if (server.busy > 0) {
      server.busy--
      return { status: 503 }
    }
    if (!isSigned(request, url, body)) return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }
    const [, bucket, ...rest] = url.pathname.split('/').map(decodeURIComponent)
    const key = rest.join('/')
    if (bucket !== s3Keys.bucket) return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' }
    if (request.method === 'PUT') {
      server.objects.set(key, { data: body, type: request.headers['content-type'], modified: new Date() })
      return { status: 200 }
    }
    if (request.method === 'DELETE') {
      server.objects.delete(key)
      return { status: 204 }
    }
    if (key !== '') return server.objects.has(key) ? { status: 200, body: server.objects.get(key)?.data ?? '' } : { status: 404 }
    const [prefix, after, max] = [url.searchParams.get('prefix') ?? '', url.searchParams.get('start-after') ?? '', Number(url.searchParams.get('max-keys'))]
    const keys = [...server.objects.keys()].toSorted().filter((one) => one.startsWith(prefix) && one > after).slice(0, max)
    return { status: 200, body: `<ListBucketResult>${keys.map((one) => `<Contents><Key>${one.replaceAll('&', '&amp;')}</Key><LastModified>${server.objects.get(one)?.modified.toISOString()}</LastModified></Contents>`).join('')}</ListBucketResult>` }
  }
  const http = createServer((request, response) => {
    void buffer(request).then((body) => {
      const answer = respond(request, body)
      server.answers.push(answer.status)
      response.writeHead(answer.status).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => { http.listen(0, '127.0.0.1', resolve) })
  const server: S3Server = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    objects: new Map(),
    answers: [],
    busy: 0,
    close: () => new Promise((resolve) => {
      http.closeAllConnections()
      http.close(() => resolve())
    }),
  }
  return server
}
