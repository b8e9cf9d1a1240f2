import { send, sendJson } from '../exchange.ts'
import { each, escapeHtml, page } from '../html.ts'
import { pageOf } from './page.ts'

const entries = [
  { slug: 'ferry', title: 'The ferry is late again', date: '2025-11-02T10:10:00Z', author: 'Ole Sand', html: '<p>The nine o\'clock ferry left at <b>ten past ten</b> on Sunday.</p>' },
  { slug: 'bell', title: 'A bell for St. Olaf & friends', date: '2025-10-28T07:00:00Z', author: 'Marta Quill', html: '<p>It weighs as much as a cow and sounds <em>a minor third</em> lower than the old one.</p>' },
  { slug: 'walnut', title: 'Walnut tree to stay', date: '2025-10-21T16:45:00Z', author: 'Marta Quill', html: '<p>The council voted <q>for the squirrels</q>, seven to four.</p><img src="/img/walnut-640x400.png" alt="The tree">' },
] as const

const rss = (origin: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>Harbour Gazette</title><link>${origin}/</link><description>News from the harbour</description><language>en-gb</language>
<atom:link href="${origin}/rss.xml" rel="self" type="application/rss+xml"/><lastBuildDate>Sun, 02 Nov 2025 10:10:00 GMT</lastBuildDate>
${each(entries, (one) => `<item><title>${escapeHtml(one.title)}</title><link>${origin}/${one.slug}</link><guid isPermaLink="true">${origin}/${one.slug}</guid><pubDate>${new Date(one.date).toUTCString()}</pubDate><dc:creator>${one.author}</dc:creator><description>${escapeHtml(one.title)}: in short.</description><content:encoded><![CDATA[${one.html}]]></content:encoded></item>`)}
</channel>
</rss>
`

const atom = (origin: string): string => `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Harbour Gazette</title><subtitle>News from the harbour</subtitle><id>${origin}/</id><updated>2025-11-02T10:10:00Z</updated>
<link rel="self" href="${origin}/atom.xml"/><link rel="alternate" href="${origin}/"/>
${each(entries, (one) => `<entry><title>${escapeHtml(one.title)}</title><id>${origin}/${one.slug}</id><link rel="alternate" href="/${one.slug}"/><updated>${one.date}</updated><author><name>${one.author}</name></author><content type="html">${escapeHtml(one.html)}</content></entry>`)}
</feed>
`

const jsonFeed = (origin: string): object => ({
  version: 'https://jsonfeed.org/version/1.1',
  title: 'Harbour Gazette',
  home_page_url: `${origin}/`,
  feed_url: `${origin}/feed.json`,
  items: entries.map((one) => ({ id: `${origin}/${one.slug}`, url: `${origin}/${one.slug}`, title: one.title, content_html: one.html, date_published: one.date, authors: [{ name: one.author }] })),
})

export const feed = pageOf(
  { name: 'feed', title: 'Harbour Gazette feeds', description: 'RSS at /rss.xml, Atom at /atom.xml, RDF at /rdf.xml, JSON Feed at /feed.json, one with a wrong type at /wrong-type, one that is cut off at /broken.xml.' },
  {
    '/': (x) => page({
      title: 'Harbour Gazette',
      head: `<link rel="alternate" type="application/rss+xml" title="RSS" href="/rss.xml">\n<link rel="alternate" type="application/atom+xml" title="Atom" href="/atom.xml">\n<link rel="alternate" type="application/feed+json" title="JSON" href="${x.origin}/feed.json">\n`,
      body: `<main><h1>Harbour Gazette</h1><ul>${entries.map((one) => `<li><a href="/${one.slug}">${escapeHtml(one.title)}</a></li>`).join('')}</ul></main>`,
    }),
    ...Object.fromEntries(entries.map((one) => [`/${one.slug}`, () => page({ title: one.title, body: `<main><article><h1>${escapeHtml(one.title)}</h1>${one.html}</article></main>` })])),
    '/rss.xml': (x) => send(x, rss(x.origin), { type: 'application/rss+xml; charset=utf-8' }),
    '/atom.xml': (x) => send(x, atom(x.origin), { type: 'application/atom+xml' }),
    '/feed.json': (x) => sendJson(x, jsonFeed(x.origin), { type: 'application/feed+json' }),
    '/wrong-type': (x) => send(x, rss(x.origin), { type: 'text/html; charset=utf-8' }),
    '/broken.xml': (x) => send(x, rss(x.origin).slice(0, 1200), { type: 'application/xml' }),
    '/rdf.xml': (x) => send(x, `<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="${x.origin}/rdf.xml"><title>Harbour Gazette</title><link>${x.origin}/</link><description>News</description></channel>
${each(entries, (one) => `<item rdf:about="${x.origin}/${one.slug}"><title>${escapeHtml(one.title)}</title><link>${x.origin}/${one.slug}</link></item>`)}
</rdf:RDF>
`, { type: 'application/rdf+xml' }),
  },
)
