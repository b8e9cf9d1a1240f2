const itemsMax = 64

interface Waiting<T, R> {
  item: T
  resolve(value: R): void
  reject(err: unknown): void
}

/**
 * Gathers what arrives while a batch is under way into the next one. One item alone is never held up; many share a
 * transaction. A batch that fails is run again item by item, so `run` must be safe to repeat and no item fails for another.
 */
export const createBatcher = <T, R>(run: (items: readonly T[]) => Promise<R[]>, compare: (a: T, b: T) => number): ((item: T) => Promise<R>) => {
  let waiting: Waiting<T, R>[] = []
  let running = false

  const settle = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item))
      if (results.length !== batch.length) throw new Error(`a batch of ${batch.length} gave ${results.length} results`)
      for (const [i, one] of batch.entries()) one.resolve(results[i] as R)
    } catch (err) {
      const [only] = batch
      if (batch.length === 1) only?.reject(err)
      else for (const one of batch) await settle([one])
    }
  }

  const drain = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, itemsMax).toSorted((a, b) => compare(a.item, b.item))
      waiting = waiting.slice(itemsMax)
      await settle(batch)
    }
    running = false
  }

  return (item) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) void drain()
    })
}
