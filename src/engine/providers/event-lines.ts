/** The `data` of server-sent events, from parts of a body as they come. */
export const eventLines = () => {
  const decoder = new TextDecoder()
  let rest = ''
  return (part: Uint8Array | undefined): string[] => {
    rest += part === undefined ? `${decoder.decode()}\n` : decoder.decode(part, { stream: true })
    const lines = rest.split(/\r?\n/)
    rest = lines.pop() ?? ''
    return lines.flatMap((line) => /^data:\s*(.*)$/.exec(line)?.[1] ?? [])
  }
}

/** What one side puts in, the other takes out in order; ends when it is closed and empty. */
export const createChannel = <T>() => {
  const items: T[] = []
  let closed = false
  let wake: () => void = () => {}
  return {
    put(item: T): void {
      items.push(item)
      wake()
    },
    close(): void {
      closed = true
      wake()
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<T> {
      for (;;) {
        const item = items.shift()
        if (item !== undefined) yield item
        else if (closed) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
