import { ScrapeGraphAI, type ScrapeGraphAIClient } from 'scrapegraph-js'

/** The client reads its base URL when it is imported: it runs in a process whose environment the test made. */
export interface Call {
  id: number
  apiKey: string
  /** `history.list` is the method `list` of `history`. */
  method: string
  args: unknown[]
}

const methodOf = (client: ScrapeGraphAIClient, path: string): ((...args: unknown[]) => Promise<unknown>) => {
  const found = path.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], client)
  if (typeof found !== 'function') throw new Error(`the client has no method ${path}`)
  return found as (...args: unknown[]) => Promise<unknown>
}

process.on('message', ({ id, apiKey, method, args }: Call) => {
  const run = async () => methodOf(ScrapeGraphAI({ apiKey }), method)(...args)
  run().then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, thrown: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
