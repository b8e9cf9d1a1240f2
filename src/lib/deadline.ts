/** One deadline for a whole request: stages take shares of what remains and honour `signal`. */
export class Deadline {
  readonly at: number
  readonly budgetMs: number
  readonly signal: AbortSignal
  readonly #timer: NodeJS.Timeout

  constructor(budgetMs: number, parent?: AbortSignal, now = Date.now()) {
    this.budgetMs = budgetMs
    this.at = now + budgetMs
    const controller = new AbortController()
    this.#timer = setTimeout(() => controller.abort(new DeadlineExceeded(budgetMs)), budgetMs)
    this.#timer.unref()
    this.signal = parent ? AbortSignal.any([parent, controller.signal]) : controller.signal
  }

  remainingMs(now = Date.now()): number {
    return Math.max(0, this.at - now)
  }

  /** True when time ran out, as opposed to the caller hanging up. */
  get expired(): boolean {
    return this.signal.aborted && isDeadlineExceeded(this.signal.reason)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

/** The abort reason of a `Deadline` that ran out. Recognise it by `name`, as any error. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded'
  readonly afterMs: number

  constructor(afterMs: number) {
    super(`deadline of ${afterMs} ms exceeded`)
    this.afterMs = afterMs
  }
}

export const isDeadlineExceeded = (value: unknown): value is DeadlineExceeded =>
  value instanceof Error && value.name === 'DeadlineExceeded'
