// A site of real pages for crawls: page i of n is page i of the corpus with links to further ones. Tells its port to its parent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { corpusPages } from './corpus.ts'

const n = Number(process.argv[2] ?? 2000)
const pages = corpusPages() ?? []

const server = createServer((req, res) => {
  const i = Number(/^\/p\/(\d+)$/.exec(req.url ?? '')?.[1] ?? -1)
  if (i < 0 || i >= n) {
    res.writeHead(404).end()
    return
  }
  const html = pages[i % pages.length]?.html.toString('utf8') ?? ''
  const links = [2 * i + 1, 2 * i + 2].filter((to) => to < n).map((to) => `<a href="http://${req.headers.host}/p/${to}">Page ${to}</a>`).join(' ')
  const at = html.lastIndexOf('</body>')
  res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(at === -1 ? html + links : html.slice(0, at) + links + html.slice(at))
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
