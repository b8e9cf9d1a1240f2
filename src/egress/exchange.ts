import type { Dispatcher } from 'undici'
import { fail } from '../failure/failure.ts'
import { codingsOf, createDecoder, type Decoder } from './decode.ts'
import { toHeaders } from './headers.ts'
import type { Connection } from './pool.ts'

export interface Head {
  status: number
  headers: Headers
}

export interface Wanted {
  path: string
  method: string
  headers: string[]
  body: string | Uint8Array | undefined
  limitBytes: number
  /** Cut a longer body instead of failing. */
  truncate: boolean
  /** Bytes of bodies that are being read at this moment, in all exchanges. */
  buffered: Buffered
  onData?: ((part: Uint8Array) => void) | undefined
  /** Called once with the head; `discard` says that the body is of no use. Throws to stop. */
  onHead(head: Head): 'read' | 'discard'
}

/** What all bodies in arrival may hold of the memory together: many at once are refused before they end the process. */
export interface Buffered {
  bytes: number
  bytesMax: number
}

export interface Answer extends Head {
  body: Uint8Array
  firstByteMs: number
  bodyMs: number
}

/** What of a body that nobody wants is read, so that its connection can be used again. */
const discardedBytesMax = 65_536
const empty = new Uint8Array()

/** One request and its answer on one connection: collects, decodes and limits the body while it arrives. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Bytes of the body so far, decoded. */
  bytes = 0
  head: Head | undefined
  /** The answer was read from the wire to its end, so the connection can carry another. */
  complete = false
  readonly #connection: Connection
  readonly #wanted: Wanted
  readonly #signal: AbortSignal
  readonly #started = performance.now()
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #decoder: Decoder | undefined
  #resolve: (answer: Answer) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #settled = false
  #discarding = false
  #wireBytes = 0
  #firstByteMs = 0
  readonly #onAbort = (): void => this.#fail(this.#signal.reason)

  constructor(connection: Connection, wanted: Wanted, signal: AbortSignal) {
    this.#connection = connection
    this.#wanted = wanted
    this.#signal = signal
  }

  run(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (this.#signal.aborted) return this.#onAbort()
      this.#signal.addEventListener('abort', this.#onAbort, { once: true })
      const { path, method, headers, body } = this.#wanted
      try {
        this.#connection.client.dispatch({ path, method, headers, ...(body === undefined ? {} : { body }) }, this)
      } catch (error) {
        this.#fail(error)
      }
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('no longer wanted'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, raw: Record<string, string | string[] | undefined>): void {
    if (status < 200 || this.#settled) return
    this.#firstByteMs = performance.now() - this.#started
    try {
      this.head = { status, headers: toHeaders(raw) }
      this.#discarding = this.#wanted.onHead(this.head) === 'discard'
      if (!this.#discarding) this.#expectBody(controller, this.head)
    } catch (error) {
      this.#fail(error)
    }
  }

  #expectBody(controller: Dispatcher.DispatchController, { status, headers }: Head): void {
    const { method, limitBytes, truncate } = this.#wanted
    if (method === 'HEAD' || status === 204 || status === 304) return
    const codings = codingsOf(headers.get('content-encoding'))
    if (!truncate && !codings && Number(headers.get('content-length') ?? 0) > limitBytes) throw fail('content.too_large', { limitBytes })
    if (!codings) return
    this.#decoder = createDecoder(
      codings,
      { write: (chunk) => this.#collect(chunk), end: () => this.#finish(), fail: (error) => this.#decodeFailed(error) },
      limitBytes,
      () => controller.resume(),
    )
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    this.#wireBytes += chunk.length
    if (this.#discarding) {
      if (this.#wireBytes > discardedBytesMax) this.#finish()
    } else if (!this.#decoder) this.#collect(chunk)
    else if (this.#wireBytes > this.#wanted.limitBytes) this.#full()
    else if (!this.#decoder.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.complete = true
    if (this.#settled) return
    if (this.#decoder) this.#decoder.end()
    else this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  #collect(chunk: Buffer): true {
    if (this.#settled) return true
    const room = this.#wanted.limitBytes - this.bytes
    if (chunk.length > room) {
      if (this.#wanted.truncate) this.#chunks.push(chunk.subarray(0, room))
      this.#full()
      return true
    }
    const { buffered } = this.#wanted
    // One body alone may always come up to its own limit.
    if (buffered.bytes > this.bytes && buffered.bytes + chunk.length > buffered.bytesMax) {
      this.#fail(fail('platform.overloaded', { retryAfterSeconds: 2 }))
      return true
    }
    buffered.bytes += chunk.length
    this.bytes += chunk.length
    this.#chunks.push(chunk)
    this.#wanted.onData?.(chunk)
    return true
  }

  #full(): void {
    if (this.#wanted.truncate) this.#finish()
    else this.#fail(fail('content.too_large', { limitBytes: this.#wanted.limitBytes }))
  }

  #decodeFailed(error: Error): void {
    if (this.#wanted.truncate && (error as { code?: unknown }).code === 'content.too_large') this.#finish()
    else this.#fail(error)
  }

  #finish(): void {
    if (this.#settled || !this.head) return
    const [first] = this.#chunks
    const body = this.#chunks.length === 1 && first ? first : this.#chunks.length === 0 ? empty : Buffer.concat(this.#chunks)
    this.#settle()
    this.#resolve({ ...this.head, body, firstByteMs: this.#firstByteMs, bodyMs: performance.now() - this.#started - this.#firstByteMs })
  }

  #fail(error: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#reject(error)
  }

  /** Ends the exchange; where its answer was not read to the end that also ends the socket, or the stream of HTTP/2. */
  #settle(): void {
    this.#settled = true
    this.#wanted.buffered.bytes -= this.bytes
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#decoder?.destroy()
    if (!this.complete) this.#controller?.abort(new Error('no longer wanted'))
  }
}
