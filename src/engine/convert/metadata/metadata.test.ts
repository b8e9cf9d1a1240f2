import { describe, expect, it } from 'vitest'
import type { Metadata } from '../../../contract/document.ts'
import { convertDocument } from '../convert-document.ts'
import { inputOf } from '../testing.ts'
import { isoDate } from './dates.ts'

const metadataOf = async (html: string, over: Parameters<typeof inputOf>[1] = {}): Promise<Metadata> => (await convertDocument(inputOf(html, { formats: [], ...over }))).metadata
const ld = (value: unknown): string => `<script type="application/ld+json">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`

describe('title', () => {
  const table: [name: string, html: string, title: string | undefined, url?: string][] = [
    ['the title element', '<title> A \n title </title>', 'A title'],
    ['without the name of the site after it', '<title>Page | My Site</title><meta property="og:site_name" content="My Site">', 'Page'],
    ['without the name of the site before it', '<title>My Site - Page</title><meta property="og:site_name" content="My Site">', 'Page'],
    ['without a site known by its host', '<title>Topic – Foobar Forum</title>', 'Topic', 'https://foobar.test/t/1'],
    ['without a site known by its initials', '<title>Ladders | Safety and Health Administration</title>', 'Ladders', 'https://www.sha.test/x'],
    ['keeps what follows a separator otherwise', '<title>Black - White</title>', 'Black - White'],
    ['the heading where the title has it', '<title>The heading – blog – someone</title><h1>The heading</h1>', 'The heading'],
    ['not a heading that says something else', '<title>A page</title><h1>Welcome</h1>', 'A page'],
    ['not the name of the site in a heading', '<title>Topic - Site</title><h1>Site</h1><h2>Topic</h2>', 'Topic'],
    ['the heading of the content of several', '<title>Real - X</title><header><h1>Menu</h1></header><main><h1>Real</h1></main>', 'Real'],
    ['a heading without its permalink', '<title>Install – Docs</title><main><h1>Install<a class="headerlink" href="#x">¶</a></h1></main>', 'Install'],
    ['Open Graph over the title element', '<title>long title of the document</title><meta property="og:title" content="Short">', 'Short'],
    ['the heading where there is nothing else', '<h1>Only this</h1>', 'Only this'],
    ['entities', '<title>A &amp; B &#8212; C</title>', 'A & B — C'],
    ['no title of a picture', '<svg><title>icon</title></svg><p>x', undefined],
    ['structured data', ld({ '@type': 'NewsArticle', headline: 'News' }), 'News'],
  ]
  it.each(table)('%s', async (_, html, title, url) => {
    expect((await metadataOf(html, url ? { url } : {})).title).toBe(title)
  })
})

describe('author', () => {
  const table: [name: string, html: string, author: string | undefined][] = [
    ['the meta element', '<meta name="author" content="Ann Lee">', 'Ann Lee'],
    ['structured data', ld({ '@type': 'Article', author: [{ '@type': 'Person', name: 'Ann Lee' }, { name: 'Bo Li' }] }), 'Ann Lee, Bo Li'],
    ['structured data by reference', ld({ '@graph': [{ '@type': 'Article', author: { '@id': '#a' } }, { '@id': '#a', '@type': 'Person', name: 'Ann Lee' }] }), 'Ann Lee'],
    ['no organisation', ld({ '@type': 'Article', author: { '@type': 'Organization', name: 'Acme Inc' } }), undefined],
    ['not the site itself', '<meta name="author" content="The Site"><meta property="og:site_name" content="The Site">', undefined],
    ['a byline', '<div class="byline">By <a href="/a">Ann Lee</a> | 3 May 2024</div>', 'Ann Lee'],
    ['a byline with a date', '<span class="author">Written by Ann Lee on March 3, 2024</span>', 'Ann Lee'],
    ['two authors', '<meta name="author" content="Ann Lee and Bo Li">', 'Ann Lee, Bo Li'],
    ['a title after a comma stays with its name', '<meta name="author" content="Ann Lee, PhD; Bo Li">', 'Ann Lee, PhD, Bo Li'],
    ['microdata', '<p itemprop="author" itemscope><span itemprop="name">Ann Lee</span></p>', 'Ann Lee'],
    ['the first of many in a discussion', '<div><a rel="author">ann</a></div><p>x<p>y<div><p>z<div><a rel="author">bo</a></div></div>', 'ann'],
    ['no administrator', '<meta name="author" content="admin">', undefined],
    ['no address', '<meta property="article:author" content="https://facebook.com/x">', undefined],
    ['a line below the title', '<h1>Coffee</h1><div><p>24 March 2025</p><p>By Ann Lee</p></div><p>It began in Ethiopia.</p>', 'Ann Lee'],
    ['no sentence that begins with by', '<h1>Coffee</h1><p>By Monday noon all of it was gone.</p>', undefined],
    ['a label with names beside it', '<h1>Coffee</h1><div><h6>Author(s)</h6><ul><li><a href="/a">Ann Lee</a></li><li><a href="/b">Bo C. Li</a></li></ul></div>', 'Ann Lee, Bo C. Li'],
    ['what the site tells other sites', '<meta name="twitter:label1" content="Interview by"><meta name="twitter:data1" content="Ann Lee">', 'Ann Lee'],
    ['who the site is named after', '<meta property="og:site_name" content="Ann Lee"><meta name="author" content="Ann Lee"><meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ann Lee">', 'Ann Lee'],
    ['one author of page and teasers', '<a class="post-author">Ann Lee</a><li><a class="post-author">Ann Lee</a></li><li><a class="post-author">Ann Lee</a></li>', 'Ann Lee'],
    ['the box about the author', '<h1>Coffee</h1><p>x</p><div class="author-box"><h4 class="author-box__name">Ann Lee</h4></div>', 'Ann Lee'],
    ['no signed teasers', '<h1>News</h1><div><h2>A</h2><p>By Ann Lee</p></div><div><h2>B</h2><p>By Bo Li</p></div>', undefined],
    ['no teasers', '<div class="byline">By A B</div><div class="byline">By C D</div><div class="byline">By E F</div>', undefined],
  ]
  it.each(table)('%s', async (_, html, author) => {
    expect((await metadataOf(html)).author).toBe(author)
  })
})

describe('dates', () => {
  const table: [raw: string, iso: string | undefined][] = [
    ['2024-03-05', '2024-03-05'],
    ['2024-03', '2024-03'],
    ['2024-03-05T10:20:30Z', '2024-03-05T10:20:30Z'],
    ['2024-03-05T10:20:30.123+0200', '2024-03-05T10:20:30+02:00'],
    ['2024-03-05 10:20', '2024-03-05T10:20:00'],
    ['20240305', '2024-03-05'],
    ['2024/3/5', '2024-03-05'],
    ['Tue, 05 Mar 2024 10:20:30 GMT', '2024-03-05T10:20:30Z'],
    ['March 5, 2024', '2024-03-05'],
    ['5 Mar 2024', '2024-03-05'],
    ['5th of March 2024', '2024-03-05'],
    ['Mar. 5, 2024, 3:07 pm', '2024-03-05T15:07:00'],
    ['Mar 05 2024 12:05 AM', '2024-03-05T00:05:00'],
    ['March 2024', '2024-03'],
    ['1709634030', '2024-03-05T10:20:30.000Z'],
    ['2024-13-05', undefined],
    ['2023-02-29', undefined],
    ['yesterday', undefined],
    ['05/03/2024', undefined],
    ['', undefined],
  ]
  it.each(table)('%s is %s', (raw, iso) => {
    expect(isoDate(raw)).toBe(iso)
  })

  it('come from structured data, meta elements, marked and shown times', async () => {
    expect(await metadataOf('<meta property="article:published_time" content="2024-01-02T03:04:05+01:00"><meta property="article:modified_time" content="2024-02-03">')).toMatchObject({ published_at: '2024-01-02T03:04:05+01:00', modified_at: '2024-02-03' })
    expect(await metadataOf(ld({ '@type': 'BlogPosting', datePublished: '2024-01-02', dateModified: '2024-02-03' }))).toMatchObject({ published_at: '2024-01-02', modified_at: '2024-02-03' })
    expect(await metadataOf('<time itemprop="datePublished" datetime="2024-01-02">')).toMatchObject({ published_at: '2024-01-02' })
    expect(await metadataOf('<header><time datetime="2024-01-02">Jan 2</time></header>')).toMatchObject({ published_at: '2024-01-02' })
    expect(await metadataOf('<h1>T</h1><p>Published on January 2, 2024</p>')).toMatchObject({ published_at: '2024-01-02' })
    expect(await metadataOf('<time datetime="2024-01-02">a</time>', { url: 'https://site.test/forum/thread/1' })).toMatchObject({ published_at: '2024-01-02' })
  })

  it('are not those of teasers or of changes', async () => {
    expect((await metadataOf('<aside><time datetime="2024-01-02">a</time></aside><aside><time datetime="2024-01-03">b</time></aside>')).published_at).toBeUndefined()
    expect(await metadataOf('<footer><p>Last updated <time datetime="2024-01-02">a</time></p></footer>')).toMatchObject({ modified_at: '2024-01-02' })
  })
})

describe('the rest', () => {
  it('is read from the head', async () => {
    const metadata = await metadataOf(`<html lang="en-GB"><head>
      <base href="https://cdn.test/base/">
      <meta name="description" content=" A  description "><meta name="keywords" content="one, two; One,three">
      <meta name="robots" content="noindex"><meta name="generator" content="Gen 1"><meta name="theme-color" content="#fff">
      <meta property="og:site_name" content="Site"><meta property="og:image" content="/i.png"><meta property="og:type" content="article">
      <meta name="twitter:card" content="summary">
      <link rel="canonical" href="/c"><link rel="icon" href="/16.png" sizes="16x16"><link rel="icon" href="/32.png" sizes="32x32"><link rel="apple-touch-icon" href="/180.png" sizes="180x180">
      <link rel="alternate" type="application/rss+xml" href="/feed" title="Feed"><link rel="alternate" hreflang="de" href="/de"></head>`)
    expect(metadata).toEqual({
      description: 'A description', language: 'en-GB', site_name: 'Site', canonical_url: 'https://cdn.test/c', favicon: 'https://cdn.test/32.png', image: 'https://cdn.test/i.png',
      robots: 'noindex', keywords: ['one', 'two', 'three'], generator: 'Gen 1', theme_color: '#fff',
      feeds: [{ url: 'https://cdn.test/feed', type: 'application/rss+xml', title: 'Feed' }], alternates: [{ url: 'https://cdn.test/de', language: 'de' }],
      open_graph: { 'og:site_name': 'Site', 'og:image': '/i.png', 'og:type': 'article' }, twitter: { 'twitter:card': 'summary' }, word_count: 0,
    })
  })

  it('takes the language from elsewhere where the document has none', async () => {
    expect((await metadataOf('<meta property="og:locale" content="pt_BR">')).language).toBe('pt-BR')
    expect((await metadataOf('x', { headers: [['Content-Language', 'fr, en']] })).language).toBe('fr')
    expect((await metadataOf('<html lang="not a language!">')).language).toBeUndefined()
  })

  it('follows no script as an address', async () => {
    expect(await metadataOf('<link rel="canonical" href="javascript:1"><link rel="icon" href="data:image/png;base64,x"><meta property="og:image" content="javascript:1">')).not.toHaveProperty('canonical_url')
  })
})

describe('structured data', () => {
  it.each([
    ['a trailing comma', '{"@type":"Thing","name":"x",}'],
    ['a comment wrapper', '<!-- {"@type":"Thing","name":"x"} -->'],
    ['a CDATA wrapper', '//<![CDATA[\n{"@type":"Thing","name":"x"}\n//]]>'],
    ['single quotes', "{'@type':'Thing','name':'x'}"],
    ['a missing bracket', '{"@type":"Thing","name":"x"'],
    ['a semicolon', '{"@type":"Thing","name":"x"};'],
  ])('is mended: %s', async (_, source) => {
    expect((await metadataOf(ld(source))).json_ld).toEqual([{ '@type': 'Thing', name: 'x' }])
  })

  it('is left out where it is beyond repair', async () => {
    expect(await metadataOf(`${ld('hello world')}${ld('')}${ld('null')}`)).not.toHaveProperty('json_ld')
  })

  it('reads microdata', async () => {
    const metadata = await metadataOf('<div itemscope itemtype="https://schema.org/Product"><span itemprop="name">N</span><img itemprop="image" src="/i.png"><div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="price" content="5"><a itemprop="url __proto__" href="/o">x</a></div></div>')
    expect(JSON.parse(JSON.stringify(metadata.microdata))).toEqual([
      { type: ['https://schema.org/Product'], properties: { name: ['N'], image: ['https://site.test/i.png'], offers: [{ type: ['https://schema.org/Offer'], properties: { price: ['5'], url: ['https://site.test/o'], ['__proto__']: ['https://site.test/o'] } }] } },
    ])
  })
})
