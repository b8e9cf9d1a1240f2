import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { fail, Failure, isFailure } from '../../failure/failure.ts'
import type { Answer, Converted, Converter, ConvertInput, StepAnswer, StepTask, Task } from './types.ts'

/** Waiting pages hold their bodies in memory; past this, more work is refused. */
const queuedMax = 2048
/** And so is it past this, in all of them together; one page always finds room. */
const queuedBytesMaxDefault = 268_435_456
/** A thread that has not begun by then is as good as hung. */
const startupMs = 30_000
/** A page whose caller is gone may still finish: a thread costs more to replace than most pages to convert. */
const orphanMs = 500
const memory = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 24, stackSizeMb: 4 }

export interface ConverterOptions {
  workers: number
  timeoutMs: number
  queuedBytesMax?: number
}

/** Converts pages on threads of their own; a page that takes too long loses its thread, its neighbours lose nothing. */
export const createConverter = (options: ConverterOptions): Converter => {
  const pool: Piscina<Task | StepTask, Answer | StepAnswer> = new Piscina({
    filename: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    name: 'run',
    minThreads: options.workers,
    maxThreads: options.workers,
    maxQueue: options.workers,
    resourceLimits: memory,
    // Secrets in the environment are no business of code that reads strangers' pages.
    env: {},
    recordTiming: false,
    workerHistogram: false,
  })
  // A thread that dies rejects its own task; the event has nothing to add.
  pool.on('error', () => {})

  const gate = createGate(options.workers, options.queuedBytesMax ?? queuedBytesMaxDefault)

  const attempt = async (input: ConvertInput, degraded: boolean, signal: AbortSignal): Promise<Converted> => {
    const budget = new Budget(options.timeoutMs, signal)
    try {
      // Not slice(): of a Buffer that is the same memory, which the thread takes away.
      const body = new Uint8Array(input.body)
      const task: Task = { ...input, body, degraded, budgetMs: options.timeoutMs, startedAt: budget.startedAt }
      // Safe: what `run` of the worker answers.
      const answer = (await pool.run(task, { signal: budget.signal, transferList: [body.buffer] })) as Answer
      if (answer.ok) return answer.value
      throw Failure.fromJSON(answer.failure)
    } finally {
      budget.clear()
    }
  }

  let closed = false

  /** A page that ran out of time or memory gets a second, simpler attempt; selectors cost the same again. */
  const work = async (input: ConvertInput, signal: AbortSignal): Promise<Converted> => {
    const repeatable = input.includeSelectors.length + input.excludeSelectors.length === 0
    for (const degraded of [false, true]) {
      try {
        return await attempt(input, degraded, signal)
      } catch (err) {
        if (isFailure(err)) throw err
        if (closed) throw fail('platform.shutting_down')
        if (signal.aborted || degraded || !repeatable) throw fail('content.parse_failed', {}, { cause: err })
      }
    }
    throw fail('content.parse_failed')
  }

  const once = async (task: Omit<StepTask, 'startedAt'>, signal: AbortSignal): Promise<unknown> => {
    const budget = new Budget(options.timeoutMs, signal)
    try {
      const answer = await pool.run({ ...task, startedAt: budget.startedAt }, { signal: budget.signal, name: 'step' })
      if (answer.ok) return answer.value
      throw Failure.fromJSON(answer.failure)
    } catch (err) {
      if (isFailure(err)) throw err
      throw closed ? fail('platform.shutting_down') : fail('content.parse_failed', {}, { cause: err })
    } finally {
      budget.clear()
    }
  }

  return {
    async convert(input, signal) {
      signal.throwIfAborted()
      const leave = await gate.enter(signal, input.body.byteLength)
      const done = work(input, signal).finally(leave)
      // The place is held until the thread is free again; the caller does not wait for that.
      return await orAbort(done, signal)
    },
    async step(step, input, signal) {
      signal.throwIfAborted()
      const leave = await gate.enter(signal, 0)
      const done = once({ step, input }, signal).finally(leave)
      // Safe: the worker ran the step of this very name.
      return (await orAbort(done, signal)) as never
    },
    get stats() {
      return { queued: gate.queued, running: gate.running }
    },
    async close() {
      closed = true
      gate.close()
      await pool.destroy()
    },
  }
}

const orAbort = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    promise.catch(() => {})
  }
}

/** The hard limit of one attempt: aborts when the thread has worked for too long, or its caller is long gone. */
class Budget {
  readonly startedAt = new Float64Array(new SharedArrayBuffer(8))
  readonly #controller = new AbortController()
  readonly #budgetMs: number
  readonly #caller: AbortSignal
  readonly #postedAt = Date.now()
  #timer: NodeJS.Timeout
  #orphanTimer: NodeJS.Timeout | undefined

  constructor(budgetMs: number, caller: AbortSignal) {
    this.#budgetMs = budgetMs
    this.#caller = caller
    this.#timer = setTimeout(this.#check, budgetMs)
    if (caller.aborted) this.#onAbort()
    else caller.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  readonly #check = (): void => {
    const began = this.startedAt[0] ?? 0
    const leftMs = began === 0 ? this.#postedAt + startupMs - Date.now() : began + this.#budgetMs - Date.now()
    if (leftMs <= 0) this.#controller.abort()
    else this.#timer = setTimeout(this.#check, Math.min(leftMs, this.#budgetMs))
  }

  readonly #onAbort = (): void => {
    this.#orphanTimer = setTimeout(() => this.#controller.abort(), orphanMs)
  }

  clear(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#orphanTimer)
    this.#caller.removeEventListener('abort', this.#onAbort)
  }
}

interface Gate {
  readonly queued: number
  readonly running: number
  /** Resolves with the way out once there is a place; first come, first served. */
  enter(signal: AbortSignal, bytes: number): Promise<() => void>
  close(): void
}

const createGate = (places: number, queuedBytesMax: number): Gate => {
  const waiting = new Set<{ admit: () => void; refuse: (reason: unknown) => void }>()
  let running = 0
  let queuedBytes = 0
  let closed = false
  const leave = (): void => {
    running--
    const [next] = waiting
    if (next) next.admit()
  }
  return {
    get queued() {
      return waiting.size
    },
    get running() {
      return running
    },
    async enter(signal, bytes) {
      if (closed) throw fail('platform.shutting_down')
      if (running < places) {
        running++
        return leave
      }
      if (waiting.size >= queuedMax || (waiting.size > 0 && queuedBytes + bytes > queuedBytesMax)) throw fail('platform.overloaded', { retryAfterSeconds: 2 })
      const { promise, resolve, reject } = Promise.withResolvers<() => void>()
      const onAbort = (): void => place.refuse(signal.reason)
      const settle = (): void => {
        waiting.delete(place)
        queuedBytes -= bytes
        signal.removeEventListener('abort', onAbort)
      }
      const place = {
        admit: () => {
          settle()
          running++
          resolve(leave)
        },
        refuse: (reason: unknown) => {
          settle()
          reject(reason as Error)
        },
      }
      waiting.add(place)
      queuedBytes += bytes
      signal.addEventListener('abort', onAbort, { once: true })
      return await promise
    },
    close() {
      closed = true
      for (const place of waiting) place.refuse(fail('platform.shutting_down'))
    },
  }
}
