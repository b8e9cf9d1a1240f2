import { fail, isFailure } from '../failure/failure.ts'

const patienceMsDefault = 60_000

/** Reads a JSON body up to `limitBytes`. An absent body is undefined. */
export const readJson = async (request: Request, limitBytes: number, lenientType: boolean, patienceMs = patienceMsDefault): Promise<unknown> => {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limitBytes) throw fail('caller.payload_too_large', { limitBytes })
  const bytes = await readBytes(request, limitBytes, patienceMs)
  if (bytes.length === 0) return undefined
  const type = request.headers.get('content-type')
  if (!lenientType && !isJsonType(type)) throw fail('caller.unsupported_media_type')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw fail('caller.invalid_request', { issues: [{ path: [], code: 'invalid_json', message: 'The body is not valid JSON' }] }, { cause: error })
  }
}

const isJsonType = (type: string | null): boolean => {
  const essence = (type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return essence === 'application/json' || essence.endsWith('+json')
}

const readBytes = async (request: Request, limitBytes: number, patienceMs: number): Promise<Uint8Array> => {
  if (request.body === null) return new Uint8Array()
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  const stop = (): void => void reader.cancel().catch(() => {
    // The connection is gone, and with it what was to be stopped.
  })
  const chunks: Uint8Array[] = []
  let size = 0
  let late = false
  // A request holds a place while its body arrives; one that trickles must not hold it for long.
  const timer = setTimeout(() => {
    late = true
    stop()
  }, patienceMs)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (late) throw incomplete(`The body did not arrive within ${Math.ceil(patienceMs / 1000)} s`)
      if (done) break
      size += value.length
      if (size > limitBytes) {
        stop()
        throw fail('caller.payload_too_large', { limitBytes })
      }
      chunks.push(value)
    }
  } catch (error) {
    if (isFailure(error)) throw error
    throw incomplete('The body ended before its end', error)
  } finally {
    clearTimeout(timer)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)
}

const incomplete = (message: string, cause?: unknown) =>
  fail('caller.invalid_request', { issues: [{ path: [], code: 'incomplete_body', message }] }, { cause })
