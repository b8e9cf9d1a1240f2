import type { Deadline } from '../../lib/deadline.ts'
import type { Work } from '../engine.ts'

/** `status` is absent where the site could not be asked. */
export type Got = { ok: true; body: Uint8Array; type: string } | { ok: false; status?: number }

const atOnce = 4

/** Files beside the page, through the guard; what cannot be got says so in its place. */
export const fetchAll = async (work: Work, deadline: Deadline, urls: readonly string[], { maxBytes, accept }: { maxBytes: number; accept: string }): Promise<Map<string, Got>> => {
  const results = new Map<string, Got>()
  // Of a page that the caller brought along nothing is fetched.
  if (work.intent.content) return results
  const queue = [...new Set(urls)]
  const worker = async (): Promise<void> => {
    for (let url = queue.shift(); url !== undefined; url = queue.shift()) results.set(url, await fetchOne(work, deadline, url, maxBytes, accept))
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker))
  return results
}

const fetchOne = async ({ egress, deadline: whole, intent }: Work, deadline: Deadline, url: string, maxBytes: number, accept: string): Promise<Got> => {
  try {
    const { status, body, headers } = await egress.request({ url, headers: { accept, referer: intent.url }, signal: deadline.signal, deadline, maxBytes, maxRedirects: 4 })
    return status >= 200 && status < 300 && body.byteLength > 0 ? { ok: true, body, type: headers.get('content-type') ?? '' } : { ok: false, status }
  } catch (error) {
    // Time for the whole answer is over; anything else is one file that is missing.
    if (whole.signal.aborted) throw error
    return { ok: false }
  }
}
