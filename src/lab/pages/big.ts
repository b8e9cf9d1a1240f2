import { number, send, stream } from '../exchange.ts'
import { page } from '../html.ts'
import type { LabPage } from './page.ts'

const pagesMax = 1_000_000

const sentences = [
  'The tide came in without hurry and covered the lower steps.',
  'On the quay somebody was painting a boat the colour of the sky above it.',
  'A letter had been waiting at the post office since the spring.',
  'Nobody could say who had planted the walnut tree, or when.',
  'The clock struck eleven, waited, and struck once more.',
  'Bread was cheaper in the afternoon, and better.',
] as const

const queryOf = (n: number): string => (n === 1000 ? '' : `?pages=${n}`)

function* sitemap(origin: string, count: number, n: number): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
  for (let i = 1; i <= count; i++) yield `<url><loc>${origin}/n/${i}${queryOf(n)}</loc></url>\n`
  yield '</urlset>\n'
}

/** Page i of n: links to the next, to two others by arithmetic, and back; every page can be reached from the first. */
const numbered = (i: number, n: number): string => {
  const query = queryOf(n)
  const links = [...new Set([2 * i, 2 * i + 1, i + 1, Math.floor(i / 2)].filter((to) => to >= 1 && to <= n && to !== i))]
  const text = Array.from({ length: 12 }, (_, k) => `<p>${sentences[(i + k) % 6]} ${sentences[(i * 5 + k * 3) % 6]} ${sentences[(i * 7 + k) % 6]}</p>`)
  return page({
    title: `Page ${i}`,
    body: `<nav><a href="/n/1${query}">First</a></nav>\n<main><h1>Page ${i} of ${n}</h1>\n${text.join('\n')}\n<ul>${links.map((to) => `<li><a href="/n/${to}${query}">Page ${to}</a></li>`).join('')}</ul></main>`,
  })
}

/** A site of ?pages= pages (1,000 unless told) for crawls that measure. */
export const big: LabPage = {
  name: 'big',
  title: 'A big site',
  description: 'As many linked pages as told: /n/1?pages=5000 and on, with a sitemap of them.',
  answer: (x) => {
    const n = number(x, 'pages', 1000, pagesMax, 1)
    if (x.path === '/') return send(x, numbered(1, n))
    if (x.path === '/sitemap.xml') return stream(x, sitemap(x.origin, Math.min(n, 50_000), n), { type: 'application/xml' })
    const i = Number(/^\/n\/(\d{1,7})$/.exec(x.path)?.[1] ?? 0)
    return i >= 1 && i <= n ? send(x, numbered(i, n)) : false
  },
}
