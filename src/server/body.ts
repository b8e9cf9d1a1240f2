import { fail } from '../failure/failure.ts'

/** Reads a JSON body up to `limitBytes`. An absent body is undefined. */
export const readJson = async (request: Request, limitBytes: number, lenientType: boolean): Promise<unknown> => {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limitBytes) throw fail('caller.payload_too_large', { limitBytes })
  const bytes = await readBytes(request, limitBytes)
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

const readBytes = async (request: Request, limitBytes: number): Promise<Uint8Array> => {
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limitBytes) throw fail('caller.payload_too_large', { limitBytes })
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)
}
