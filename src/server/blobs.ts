import type { Context, Hono } from 'hono'
import { blobPath } from '../contract/blobs.ts'
import { fail, type Failure } from '../failure/failure.ts'
import type { ServerDeps } from './deps.ts'

/** Screenshots and PDFs under their signed addresses; the signature is the credential. */
export const mountBlobs = (app: Hono, { blobs }: ServerDeps, refuse: (c: Context, failure: Failure) => Promise<Response>): void => {
  app.get(`${blobPath}:name`, async (c) => {
    const name = c.req.param('name')
    const found = await blobs.get(name, new URL(c.req.url).searchParams)
    if (!found) return refuse(c, fail('caller.not_found', { kind: 'blob', id: name.slice(0, 100) }))
    const headers = {
      'content-type': found.contentType,
      'content-length': String(found.data.byteLength),
      'cache-control': 'private, max-age=3600, immutable',
      'access-control-allow-origin': '*',
      // Made from pages of strangers: shown, never run.
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    }
    return new Response(c.req.method === 'HEAD' ? null : new Uint8Array(found.data), { headers })
  })
}
