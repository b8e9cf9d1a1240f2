import { sendStatus } from '../behaviours/status.ts'
import { number, pause, redirect, send, stream, type Exchange } from '../exchange.ts'
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

export type Fate = 'page' | 'moved' | 'missing' | 'error' | 'slow'

/** What page i does under ?trouble: of every 25 pages one has moved to the next, one is missing, one fails, one is slow. */
export const fateOf = (i: number): Fate => fates.get(i % 25) ?? 'page'

const fates: ReadonlyMap<number, Fate> = new Map([[7, 'moved'], [12, 'missing'], [18, 'error'], [23, 'slow']])

const queryOf = (n: number, trouble: boolean): string => {
  const query = [...(n === 1000 ? [] : [`pages=${n}`]), ...(trouble ? ['trouble'] : [])].join('&')
  return query === '' ? '' : `?${query}`
}

function* sitemap(origin: string, count: number, query: string): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
  for (let i = 1; i <= count; i++) yield `<url><loc>${origin}/n/${i}${query.replaceAll('&', '&amp;')}</loc></url>\n`
  yield '</urlset>\n'
}

/** Page i of n: links to the next, to two others by arithmetic, and back; every page can be reached from the first. */
const numbered = (i: number, n: number, query: string): string => {
  const href = query.replaceAll('&', '&amp;')
  const links = [...new Set([2 * i, 2 * i + 1, i + 1, Math.floor(i / 2)].filter((to) => to >= 1 && to <= n && to !== i))]
  const text = Array.from({ length: 12 }, (_, k) => `<p>${sentences[(i + k) % 6]} ${sentences[(i * 5 + k * 3) % 6]} ${sentences[(i * 7 + k) % 6]}</p>`)
  return page({
    title: `Page ${i}`,
    body: `<nav><a href="/n/1${href}">First</a></nav>\n<main><h1>Page ${i} of ${n}</h1>\n${text.join('\n')}\n<ul>${links.map((to) => `<li><a href="/n/${to}${href}">Page ${to}</a></li>`).join('')}</ul></main>`,
  })
}

/** A site of ?pages= pages (1,000 unless told) for crawls that measure. */
export const big: LabPage = {
  name: 'big',
  title: 'A big site',
  description: 'As many linked pages as told: /n/1?pages=5000 and on, with a sitemap of them; with ?trouble some have moved, are missing, fail or are slow.',
  answer: (x) => {
    const n = number(x, 'pages', 1000, pagesMax, 1)
    const trouble = x.query.has('trouble')
    const query = queryOf(n, trouble)
    if (x.path === '/') return send(x, numbered(1, n, query))
    if (x.path === '/sitemap.xml') return stream(x, sitemap(x.origin, Math.min(n, 50_000), query), { type: 'application/xml' })
    const i = Number(/^\/n\/(\d{1,7})$/.exec(x.path)?.[1] ?? 0)
    if (i < 1 || i > n) return false
    return trouble ? troubled(x, i, () => numbered(i, n, query), `/n/${i + 1}${query}`) : send(x, numbered(i, n, query))
  },
}

const troubled = async (x: Exchange, i: number, html: () => string, next: string): Promise<void> => {
  switch (fateOf(i)) {
    case 'moved': return redirect(x, next, 301)
    case 'missing': return sendStatus(x, 404)
    case 'error': return sendStatus(x, 500)
    case 'slow': await pause(x, 200)
  }
  send(x, html())
}
