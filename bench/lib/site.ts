// Serves the corpus over loopback in a process of its own: GET /<index>.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { corpusPages } from './corpus.ts'

const pages = corpusPages() ?? []
const server = createServer((request, response) => {
  const page = pages[Number((request.url ?? '/').slice(1).split('?', 1)[0]) % pages.length]
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': page?.html.length ?? 0 })
  response.end(page?.html)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port, pages: pages.length }))
process.on('disconnect', () => process.exit())
