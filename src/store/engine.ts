import { Worker } from 'node:worker_threads'
import type { PGlite, PGliteQueryResults, PGliteTransaction } from 'kysely'
import type { Answer, Call, EngineData } from './engine-messages.ts'
import { StoreError } from './store-error.ts'

type Wanted = Call extends infer C ? (C extends { id: number } ? Omit<C, 'id'> : never) : never

interface Waiting {
  resolve(answer: Answer): void
  reject(err: unknown): void
}

/**
 * PGlite on a thread of its own, so that no statement holds up the event loop. It is as much of PGlite as Kysely's
 * dialect for it asks for. Whoever else uses it keeps out of a transaction's way: there is one connection.
 */
export class Engine implements PGlite {
  readonly waitReady: Promise<void>
  ready = false
  closed = false
  readonly #thread: Worker
  readonly #waiting = new Map<number, Waiting>()
  #gone: StoreError | undefined
  #calls = 0

  constructor(data: EngineData) {
    // Secrets in the environment are no business of the engine.
    this.#thread = new Worker(new URL('./engine-thread.ts', import.meta.url), { workerData: data, env: {}, name: 'database' })
    this.#thread.unref()
    this.#thread.on('message', (answer: Answer) => this.#settle(answer))
    this.#thread.on('error', (err) => this.#end(err))
    this.#thread.on('exit', () => this.#end(undefined))
    this.waitReady = this.#call({ kind: 'open' }).then(() => {
      this.ready = true
    })
  }

  async query<T>(sql: string, parameters: unknown[] = []): Promise<PGliteQueryResults<T>> {
    const { rows = [], affectedRows } = await this.#call({ kind: 'query', sql, parameters })
    // Safe: the caller knows what it selected.
    return { rows: rows as T[], fields: [], ...(affectedRows === undefined ? {} : { affectedRows }) }
  }

  /** Runs statements separated by semicolons. */
  async exec(sql: string): Promise<void> {
    await this.#call({ kind: 'exec', sql })
  }

  async transaction<T>(callback: (transaction: PGliteTransaction) => Promise<T>): Promise<T> {
    await this.query('begin')
    let aborted: unknown
    try {
      const result = await callback({
        query: async (sql, parameters) => {
          try {
            const done = await this.query<never>(sql, parameters)
            if (/^rollback to/i.test(sql)) aborted = undefined
            return done
          } catch (err) {
            aborted ??= err
            throw err
          }
        },
        rollback: async () => void (await this.query('rollback')),
      })
      // PostgreSQL would answer such a commit with a rollback, and no error.
      if (aborted) throw Object.assign(new Error('the transaction was aborted by an earlier error', { cause: aborted }), { code: '25P02' })
      await this.query('commit')
      return result
    } catch (err) {
      await this.query('rollback').catch(() => {
        // The first error says more.
      })
      throw err
    }
  }

  /** The whole database as a tar archive. */
  async dump(): Promise<Blob> {
    const { dump } = await this.#call({ kind: 'dump' })
    if (!dump) throw new Error('the engine gave no archive')
    return dump
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    try {
      await this.#call({ kind: 'close' })
    } finally {
      await this.#thread.terminate()
    }
  }

  #call(wanted: Wanted): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone)
      const id = this.#calls++
      try {
        this.#thread.postMessage({ id, ...wanted })
      } catch (err) {
        return reject(err as Error)
      }
      // What is waited for keeps the process alive.
      if (this.#waiting.size === 0) this.#thread.ref()
      this.#waiting.set(id, { resolve, reject })
    })
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.#thread.unref()
    if (!waiting) return
    if (answer.error) waiting.reject(Object.assign(new Error(String(answer.error.message)), answer.error))
    else waiting.resolve(answer)
  }

  #end(cause: unknown): void {
    this.#gone ??= new StoreError('The embedded database has stopped; the server must be started again.', { cause })
    for (const { reject } of this.#waiting.values()) reject(this.#gone)
    this.#waiting.clear()
  }
}
