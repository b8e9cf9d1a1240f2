import { request as requestHttp, type IncomingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import { startLab, type Lab } from './index.ts'

export interface Got {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  text: string
}

/** A plain client of the lab: dials what `site` says, checks certificates, follows nothing. */
export const clientOf = (lab: Lab) => {
  const get = (url: string, options: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal } = {}): Promise<Got> =>
    new Promise((resolve, reject) => {
      const { hostname, pathname, search, protocol } = new URL(url)
      const place = lab.site(hostname)
      if (!place || place.address === null) return reject(Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }))
      const request = protocol === 'https:' ? requestHttps : requestHttp
      const req = request({
        host: place.address, port: place.port, servername: hostname, ca: place.ca, path: pathname + search, agent: false,
        method: options.method ?? 'GET', headers: { host: hostname, ...options.headers }, ...(options.signal ? { signal: options.signal } : {}),
      }, (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('error', reject)
        res.on('end', () => {
          const body = Buffer.concat(chunks)
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body, text: body.toString() })
        })
      })
      req.on('error', reject)
      req.end(options.body)
    })
  return { get, codeOf: (url: string) => get(url).then((got) => `answered ${got.status}`, (err: NodeJS.ErrnoException) => err.code ?? err.message) }
}

/** A lab for one suite, with a client. */
export const openLab = async () => {
  const lab = await startLab()
  return { lab, ...clientOf(lab), close: lab.close }
}
