interface Container {
  /** Written once, on the container's first line; null afterwards. */
  first: string | null
  rest: string
}

/** Deeper quotes and lists are written at this depth: every line repeats the prefix of all its containers. */
const depthMax = 24

/** The quotes, items and notes that the current line stands in, as the prefix of the line. */
export class Containers {
  /** What every line begins with, of the containers that have begun. */
  prefix = ''
  readonly #open: Container[] = []
  #fresh = 0

  /** False where nesting is too deep. */
  open(first: string, rest: string): boolean {
    if (this.#open.length >= depthMax) return false
    this.#open.push({ first, rest })
    this.#fresh++
    return true
  }

  close(): void {
    const closed = this.#open.pop()
    if (closed && closed.first !== null) this.#fresh--
    this.prefix = this.#join()
  }

  /** Whether nothing has been written in the innermost one. */
  get innermostIsFresh(): boolean {
    const innermost = this.#open.at(-1)
    return innermost !== undefined && innermost.first !== null
  }

  /** What the next line begins with; containers that begin with it have begun. */
  begin(): string {
    if (this.#fresh === 0) return this.prefix
    let line = ''
    for (const container of this.#open) {
      line += container.first ?? container.rest
      container.first = null
    }
    this.#fresh = 0
    this.prefix = this.#join()
    return line
  }

  #join(): string {
    let prefix = ''
    for (const container of this.#open) if (container.first === null) prefix += container.rest
    return prefix
  }
}
