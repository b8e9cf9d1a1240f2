import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { fail } from '../failure/failure.ts'

type Coding = 'gzip' | 'br' | 'zstd' | 'deflate'

/** Where a layer puts what it has decoded; `write` returns false to be asked for less until `resume`. */
export interface Sink {
  write(chunk: Buffer): boolean
  end(): void
  fail(error: Error): void
}

const chunkBytes = 65_536
const layersMax = 4
// RFC 9659: a zstd window over 8 MB has no place in HTTP, and would let one answer claim 128 MB.
const zstdWindowLog = 23

/** The codings to undo, last applied first. Undefined where there are none, or one that nobody knows: browsers then show the bytes as they are. */
export const codingsOf = (header: string | null): Coding[] | undefined => {
  const names = (header ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  const codings = names.map((name): Coding | undefined => {
    if (name === 'gzip' || name === 'x-gzip') return 'gzip'
    return name === 'br' || name === 'zstd' || name === 'deflate' ? name : undefined
  })
  const known = codings.filter((coding) => coding !== undefined)
  return known.length === 0 || known.length < codings.length ? undefined : known.reverse()
}

/** One coding being undone. Nothing is opened before the first byte: an empty body needs no valid stream. */
class Layer {
  readonly #coding: Coding
  readonly #next: Sink
  readonly #limitBytes: number
  readonly #onDrain: () => void
  #stream: ReturnType<typeof open> | undefined
  #bytes = 0

  constructor(coding: Coding, next: Sink, limitBytes: number, onDrain: () => void) {
    this.#coding = coding
    this.#next = next
    this.#limitBytes = limitBytes
    this.#onDrain = onDrain
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true
    this.#stream ??= this.#start(chunk)
    return this.#stream.write(chunk)
  }

  end(): void {
    if (this.#stream) this.#stream.end()
    else this.#next.end()
  }

  resume(): void {
    this.#stream?.resume()
  }

  destroy(): void {
    this.#stream?.destroy()
  }

  #start(chunk: Buffer): ReturnType<typeof open> {
    const stream = open(this.#coding, chunk)
    stream.on('data', (decoded: Buffer) => {
      this.#bytes += decoded.length
      if (this.#bytes > this.#limitBytes) {
        stream.destroy()
        this.#next.fail(fail('content.too_large', { limitBytes: this.#limitBytes }))
      } else if (!this.#next.write(decoded)) stream.pause()
    })
    stream.on('drain', this.#onDrain)
    stream.on('end', () => this.#next.end())
    stream.on('error', (error) => this.#next.fail(error))
    return stream
  }
}

const open = (coding: Coding, first: Buffer) => {
  switch (coding) {
    case 'gzip': return createGunzip({ chunkSize: chunkBytes })
    case 'br': return createBrotliDecompress({ chunkSize: chunkBytes })
    case 'zstd': return createZstdDecompress({ chunkSize: chunkBytes, params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLog } })
    // "deflate" means zlib's format, but servers send the raw one too; the first byte tells.
    case 'deflate': return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate({ chunkSize: chunkBytes }) : createInflateRaw({ chunkSize: chunkBytes })
  }
}

export interface Decoder {
  write(chunk: Buffer): boolean
  end(): void
  destroy(): void
}

/** Undoes stacked codings chunk by chunk; no layer gives more than `limitBytes`. `onDrain` asks for more after a `write` that returned false. */
export const createDecoder = (codings: readonly Coding[], sink: Sink, limitBytes: number, onDrain: () => void): Decoder => {
  if (codings.length > layersMax) throw fail('content.parse_failed')
  const layers: Layer[] = []
  // Built from the innermost outwards, so that each layer finds its sink ready.
  for (let index = codings.length - 1; index >= 0; index--) {
    const inner = layers[0]
    const coding = codings[index]
    if (coding === undefined) continue
    const next: Sink = inner ? { write: (chunk) => inner.write(chunk), end: () => inner.end(), fail: (error) => sink.fail(error) } : sink
    const layer: Layer = new Layer(coding, next, limitBytes, index === 0 ? onDrain : () => outer(layer)?.resume())
    layers.unshift(layer)
  }
  const outer = (layer: Layer): Layer | undefined => layers[layers.indexOf(layer) - 1]
  return {
    write: (chunk) => layers[0]?.write(chunk) ?? true,
    end: () => layers[0]?.end(),
    destroy: () => { for (const layer of layers) layer.destroy() },
  }
}
