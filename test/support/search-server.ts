import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SearchHit {
  url: string
  title: string
  content: string
  publishedDate?: string
  img_src?: string
}

export interface SearchServer {
  /** For LYREBIRD_SEARXNG_URL. */
  url: string
  /** Every query that it was asked, in order. */
  asked: URLSearchParams[]
  /** What it finds; a number is a status, `never` no answer. */
  find: (query: URLSearchParams) => SearchHit[] | number | 'never'
  close(): Promise<void>
}

/** A small search engine on loopback that answers as SearXNG does. */
export const startSearchServer = async (): Promise<SearchServer> => {
  const asked: URLSearchParams[] = []
  const hanging = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://engine.test').searchParams
    // Further pages of the same answer are empty.
    const found = query.get('pageno') === '1' ? made.find(query) : []
    if (query.get('pageno') === '1') asked.push(query)
    if (found === 'never') return void hanging.add(response)
    response.writeHead(typeof found === 'number' ? found : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ query: query.get('q'), results: typeof found === 'number' ? [] : found }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const made: SearchServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    find: () => [],
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return made
}
