import type { Lull } from './lull.ts'

export interface BacklogOptions<T> {
  lull: Lull
  itemsMax: number
  /** Of all waiting items together, in whatever unit `add` is told. */
  sizeMax: number
  /** Must not reject. */
  run(item: T): Promise<void>
}

/** Work that nobody waits for: done one by one while it is quiet, and at once when half of the room is taken or somebody asks. */
export class Backlog<T> {
  readonly #options: BacklogOptions<T>
  readonly #waiting: { item: T; size: number }[] = []
  #size = 0
  #added = 0
  #done = 0
  #urged = 0
  #pressure = new AbortController()
  #working = false
  #onDone: (() => void)[] = []

  constructor(options: BacklogOptions<T>) {
    this.#options = options
  }

  /** False where there is no room. */
  add(item: T, size: number): boolean {
    if (this.#waiting.length >= this.#options.itemsMax || (this.#waiting.length > 0 && this.#size + size > this.#options.sizeMax)) return false
    this.#waiting.push({ item, size })
    this.#size += size
    this.#added++
    if (this.#pressed) this.#pressure.abort()
    if (!this.#working) void this.#work()
    return true
  }

  /** Resolves once something is done, and with it perhaps room made. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#onDone.push(resolve))
  }

  /** Resolves once everything is done that was there when it was called. */
  async urge(): Promise<void> {
    const upTo = this.#added
    this.#urged++
    this.#pressure.abort()
    try {
      while (this.#done < upTo) await this.room()
    } finally {
      this.#urged--
    }
  }

  get #pressed(): boolean {
    return this.#urged > 0 || this.#waiting.length > this.#options.itemsMax / 2 || this.#size > this.#options.sizeMax / 2
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#pressure.signal.aborted) this.#pressure = new AbortController()
      if (!this.#pressed) await this.#options.lull.come(this.#pressure.signal)
      await this.#options.run(next.item)
      this.#waiting.shift()
      this.#size -= next.size
      this.#done++
      for (const tell of this.#onDone.splice(0)) tell()
    }
    this.#working = false
  }
}
