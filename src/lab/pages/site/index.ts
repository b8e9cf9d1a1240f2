import { gzipSync } from 'node:zlib'
import { softNotFound, sendStatus } from '../../behaviours/status.ts'
import { pause, redirect, send, type Exchange, type Handler } from '../../exchange.ts'
import { each, escapeHtml, page } from '../../html.ts'
import { sendImage } from '../../images.ts'
import { pdf } from '../../pdf.ts'
import type { LabPage } from '../page.ts'
import { newsInFeed, newsOlder, sitePages, type SitePage } from './content.ts'

const origin = 'https://site.lab.test'

const shellOf = (title: string, html: string, head = ''): string =>
  page({
    title: title === 'Westmere Allotment Society' ? title : `${title} · Westmere Allotment Society`,
    head: `<link rel="alternate" type="application/atom+xml" title="News" href="/feed.xml">\n${head}`,
    body: `<header id="top"><a href="/"><img src="/img/westmere-logo-120x40.svg" alt="Westmere Allotment Society"></a><nav><a href="/plots">Plots</a> <a href="/guides">Guides</a> <a href="/news">News</a> <a href="/events">Events</a></nav></header>
<main><h1>${escapeHtml(title)}</h1>
${html}
</main>
<footer><a href="/imprint">Imprint</a> · <a href="/contact">Contact</a></footer>`,
  })

const render = (one: SitePage): string => shellOf(one.title, one.html, one.head)
const byPath = new Map(sitePages.map((one) => [one.path, one]))

const urlset = (pages: readonly SitePage[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${each(pages, (one) => `  <url><loc>${origin}${one.path}</loc><lastmod>${one.modified}</lastmod></url>`)}
</urlset>
`

const isNews = (one: SitePage): boolean => one.path.startsWith('/news/')

const xml = 'application/xml; charset=utf-8'

const special: Readonly<Record<string, Handler>> = {
  '/robots.txt': (x) => send(x, `# Please be gentle: one shed, one server.
User-agent: *
Disallow: /private/
Disallow: /search
Disallow: /maze/
Allow: /private/open
Crawl-delay: 1

User-agent: BadBot
Disallow: /

Sitemap: ${origin}/sitemap.xml
`, { type: 'text/plain; charset=utf-8' }),
  '/sitemap.xml': (x) => send(x, `<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <sitemap><loc>${origin}/sitemap-pages.xml</loc><lastmod>2025-09-18</lastmod></sitemap>
  <sitemap><loc>${origin}/sitemap-news.xml.gz</loc></sitemap>
  <sitemap><loc>${origin}/sitemap-missing.xml</loc></sitemap>
</sitemapindex>
`, { type: xml }),
  '/sitemap-pages.xml': (x) => send(x, urlset(sitePages.filter((one) => !isNews(one) && one.path !== '/imprint')), { type: xml }),
  '/sitemap-news.xml.gz': (x) => send(x, gzipSync(urlset(sitePages.filter(isNews))), { type: 'application/gzip' }),
  '/feed.xml': (x) => send(x, `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Westmere Allotment Society</title><id>${origin}/</id><updated>2025-09-18T08:00:00Z</updated>
<link rel="self" href="${origin}/feed.xml"/><link href="${origin}/news"/>
${each(newsInFeed, (one) => `<entry><title>${escapeHtml(one.title)}</title><id>${origin}${one.path}</id><link href="${one.path}"/><updated>${one.modified}T08:00:00Z</updated><content type="html">${escapeHtml(one.html)}</content></entry>`)}
</feed>
`, { type: 'application/atom+xml; charset=utf-8' }),

  '/old-plots': (x) => redirect(x, '/plots', 301),
  '/guides/composting': (x) => redirect(x, '/guides/compost-heap', 301),
  '/guides/compost-heap': (x) => redirect(x, `${origin}/guides/compost`, 308),
  '/about/': (x) => redirect(x, '/about', 301),
  '/guides/': (x) => redirect(x, `/guides${x.query.size > 0 ? `?${x.query.toString()}` : ''}`, 301),
  '/loop-a': (x) => redirect(x, '/loop-b'),
  '/loop-b': (x) => redirect(x, '/loop-a'),
  '/login': (x) => send(x, shellOf('Log in', '<form method="post"><input name="user"><input name="password" type="password"><button>Log in</button></form>')),

  '/gone': (x) => sendStatus(x, 410),
  '/error': (x) => sendStatus(x, 500),
  '/soft': (x) => send(x, softNotFound()),
  /** Fails on every odd visit. */
  '/flaky': (x) => (x.visit('site/flaky') % 2 === 1 ? sendStatus(x, 503) : send(x, shellOf('Flaky', '<p>It works, this time.</p>'))),
  '/slow': async (x) => {
    await pause(x, 2000)
    send(x, shellOf('Slow', '<p>Good things take two seconds.</p>'))
  },
  '/print/about': (x) => send(x, shellOf('About us', '<p>The society was founded in 1911, by people who wanted potatoes.</p>', `<link rel="canonical" href="${origin}/about">\n`)),
  '/private/minutes': (x) => send(x, shellOf('Minutes', '<p>Robots are asked to stay out of here.</p>')),
  '/private/open': (x) => send(x, shellOf('Open minutes', '<p>This one page in there is allowed.</p>')),
  '/search': (x) => send(x, shellOf('Search', `<p>Results for ${escapeHtml(x.query.get('q') ?? '')}: <a href="/guides/beans">beans</a></p>`, '<meta name="robots" content="noindex,nofollow">\n')),
  '/files/rules.txt': (x) => send(x, 'RULES\n\n1. Close the gate.\n2. No bonfires before dusk.\n3. Whoever empties the water butt fills it.\n', { type: 'text/plain; charset=utf-8' }),
  '/files/tools.csv': (x) => send(x, 'tool,count,place\nspade,6,shed\nbarrow,4,"shed, left"\nsaw,2,plot 3\n', { type: 'text/csv; charset=utf-8' }),
  '/files/plan.pdf': (x) => send(x, pdf('Plan of the plots', ['Plots 1 to 4 lie along Brook Lane.', 'Plots 5 to 8 lie along the brook.']), { type: 'application/pdf' }),
  '/events/calendar': (x) => send(x, calendar(x)),
}

/** There is always another month. */
const calendar = (x: Exchange): string => {
  const [, year = '2025', month = '10'] = /^(\d{4})-(\d\d)$/.exec(x.query.get('month') ?? '') ?? []
  const at = Number(year) * 12 + Number(month) - 1
  const name = (n: number) => `${String(Math.floor(n / 12)).padStart(4, '0')}-${String((n % 12) + 1).padStart(2, '0')}`
  const days = Array.from({ length: 28 }, (_, i) => `<td><a href="/events/calendar?month=${name(at)}&amp;day=${i + 1}">${i + 1}</a></td>`).join('')
  return shellOf(`Calendar ${name(at)}`, `<p><a rel="prev" href="/events/calendar?month=${name(at - 1)}">Earlier</a> <a rel="next" href="/events/calendar?month=${name(at + 1)}">Later</a></p><table><tr>${days}</tr></table><p>No events.</p>`)
}

/** Relative links that pile up segments: /maze/a/b/a/b/a/b … */
const maze = (x: Exchange): string =>
  shellOf('The maze', '<p>Left or right? <a href="a/b/">Left</a> <a href="b/a/">Right</a> <a href="./c">On</a></p>' + (x.path.length > 40 ? '<p>You were here before.</p>' : ''))

const blog: Readonly<Record<string, string>> = {
  '/': shellOf('The plot blog', '<ul><li><a href="/first">First post</a></li><li><a href="https://site.lab.test/">The society</a></li></ul>'),
  '/first': shellOf('First post', '<p>It rained.</p>'),
}

export const site: LabPage = {
  name: 'site',
  title: 'Westmere Allotment Society',
  description: 'A small site to crawl: some forty pages, sitemaps, robots.txt, feeds, redirects, duplicates, errors and traps.',
  answer: (x) => {
    if (x.host === 'blog.site.lab.test') {
      const post = blog[x.path]
      return post === undefined ? sendImage(x) : send(x, post)
    }
    if (x.path === '/news' && x.query.get('page') === '2') {
      return send(x, shellOf('News, older', `<ul>${newsOlder.map((one) => `<li><a href="${one.path}">${one.title}</a></li>`).join('')}</ul>`))
    }
    const own = byPath.get(x.path)
    if (own) return send(x, render(own), { headers: { 'last-modified': new Date(`${own.modified}T08:00:00Z`).toUTCString() } })
    const handler = special[x.path]
    if (handler) return handler(x)
    return x.path.startsWith('/maze/') ? send(x, maze(x)) : sendImage(x)
  },
}
