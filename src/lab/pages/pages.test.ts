import { createHash } from 'node:crypto'
import { Parser } from 'htmlparser2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLab } from '../client.testing.ts'
import { walls } from '../walls/index.ts'
import { fateOf, type Fate } from './big.ts'
import { charsetText } from './charset.ts'
import { pages } from './index.ts'

let { get, close }: Awaited<ReturnType<typeof openLab>> = {} as never
beforeAll(async () => {
  ({ get, close } = await openLab())
})
afterAll(() => close())

/** What stands in a document, as far as these tests ask. */
const read = (html: string) => {
  const found = { images: [] as string[], links: [] as string[], tags: new Set<string>(), ids: new Set<string>(), jsonLd: [] as unknown[], text: '', title: '' }
  let inside = ''
  const parser = new Parser({
    onopentag: (name, attributes) => {
      inside = name === 'script' && attributes.type === 'application/ld+json' ? 'ld' : name
      found.tags.add(name)
      if (attributes.id !== undefined) found.ids.add(attributes.id)
      if (name === 'img' && attributes.src?.startsWith('/')) found.images.push(attributes.src)
      if (name === 'a' && attributes.href !== undefined) found.links.push(attributes.href)
    },
    ontext: (text) => {
      if (inside === 'ld') found.jsonLd.push(JSON.parse(text))
      else if (inside === 'title') found.title += text
      else if (inside !== 'script' && inside !== 'style') found.text += text
    },
    onclosetag: () => {
      inside = ''
    },
  })
  parser.end(html)
  return found
}

describe('every page', () => {
  it.each(pages.map((one) => one.name))('%s answers with a whole document', async (name) => {
    const got = await get(`https://${name}.lab.test/`)
    expect(got.status).toBe(name === 'challenge' ? 403 : 200)
    expect(got.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(got.text).toMatch(/^<!doctype html>\n<html lang="/i)
    expect(got.text.trimEnd()).toMatch(/<\/html>$/)
    expect(read(got.text).title.length).toBeGreaterThan(2)
  })

  it.each(pages.map((one) => one.name).filter((name) => name !== 'escape'))('%s has the images that it shows', async (name) => {
    for (const path of read((await get(`https://${name}.lab.test/`)).text).images) {
      const image = await get(`https://${name}.lab.test${path}`)
      expect([path, image.status]).toEqual([path, 200])
      expect(image.headers['content-type']).toBe(path.endsWith('.png') ? 'image/png' : 'image/svg+xml')
      if (path.endsWith('.png')) expect(image.body.subarray(1, 4).toString()).toBe('PNG')
    }
  })

  it.each(['article', 'product', 'forum', 'listing', 'collection', 'service', 'recipe', 'event', 'job', 'faq'])('%s carries structured data that parses', async (name) => {
    const { jsonLd } = read((await get(`https://${name}.lab.test/`)).text)
    expect(jsonLd.length).toBeGreaterThan(0)
    for (const one of jsonLd) expect(one).toMatchObject({ '@context': expect.stringContaining('schema.org') as string })
  })

  it.each([
    ['article', ['h1', 'h2', 'h3', 'blockquote', 'table', 'figure', 'pre', 'ol', 'aside', 'nav', 'footer', 'time', 'sup', 'del']],
    ['docs', ['pre', 'table', 'dl', 'details', 'nav', 'aside']],
    ['forum', ['article', 'time', 'blockquote', 'pre']],
    ['event', ['table', 'time', 'dl']],
  ])('%s has what its kind needs', async (name, tags) => {
    const found = read((await get(`https://${name}.lab.test/`)).text)
    for (const tag of tags) expect(found.tags).toContain(tag)
  })
})

describe('pages that act', () => {
  it('docs: each page of the sidebar but the last ones is there, and its table of contents points at its headings', async () => {
    for (const path of ['/', '/guide/installation', '/concepts/delivery', '/reference/api']) {
      const { links, ids } = read((await get(`https://docs.lab.test${path}`)).text)
      const fragments = links.filter((link) => link.startsWith('#'))
      expect(fragments.length).toBeGreaterThan(0)
      for (const fragment of fragments) expect(ids).toContain(fragment.slice(1))
    }
  })

  it('listing: five pages hold 57 cards, each with a page', async () => {
    const cards = new Set<string>()
    for (let at = 1; at <= 5; at++) for (const link of read((await get(`https://listing.lab.test/?page=${at}`)).text).links) if (link.startsWith('/item/')) cards.add(link)
    expect(cards.size).toBe(57)
    for (const card of [...cards].slice(0, 3)) expect((await get(`https://listing.lab.test${card}`)).status).toBe(200)
  })

  it('big: every page can be reached from the first, and no others', async () => {
    const reached = new Set(['/n/1?pages=40'])
    for (const path of reached) for (const link of read((await get(`http://big.lab.test${path}`)).text).links) reached.add(link)
    expect(reached.size).toBe(40)
    expect((await get('http://big.lab.test/n/41?pages=40')).status).toBe(404)
    expect((await get('http://big.lab.test/sitemap.xml?pages=40')).text.match(/<loc>/g)).toHaveLength(40)
  })

  it('big: under ?trouble each page meets its fate', async () => {
    const statuses: Record<Fate, number> = { page: 200, moved: 301, missing: 404, error: 500, slow: 200 }
    for (const i of [1, 7, 12, 18, 23, 32]) expect((await get(`http://big.lab.test/n/${i}?pages=40&trouble`)).status).toBe(statuses[fateOf(i)])
    expect((await get('http://big.lab.test/n/7?pages=40&trouble')).headers.location).toBe('/n/8?pages=40&trouble')
    expect((await get('http://big.lab.test/n/1?pages=40&trouble')).text).toContain('href="/n/2?pages=40&amp;trouble"')
  })

  it('changes: differs at each visit; only the version moves /versioned; noise is noise', async () => {
    const [one, two] = [(await get('https://changes.lab.test/')).text, (await get('https://changes.lab.test/')).text]
    expect(two).not.toBe(one)
    const versioned = async (query: string) => (await get(`https://changes.lab.test/versioned${query}`)).text
    expect(await versioned('?version=3')).toBe(await versioned('?version=3'))
    expect(await versioned('?version=3')).not.toBe(await versioned('?version=4'))
    const withoutNoise = (html: string) => html.replace(/<p class="noise">[^]*?<\/div>/, '')
    const noise = [(await get('https://changes.lab.test/noise')).text, (await get('https://changes.lab.test/noise')).text] as const
    expect(noise[0]).not.toBe(noise[1])
    expect(withoutNoise(noise[0])).toBe(withoutNoise(noise[1]))
  })

  it('challenge: refuses, sets a cookie for the right proof, then lets in', async () => {
    expect((await get('https://challenge.lab.test/')).headers['cf-mitigated']).toBe('challenge')
    const seed = /'lab:(\d+)'/.exec((await get('https://challenge.lab.test/')).text)?.[1] ?? ''
    const proof = createHash('sha256').update(`lab:${seed}`).digest('hex').slice(0, 32)
    expect((await get('https://challenge.lab.test/cdn-cgi/challenge-platform/h/lab?proof=wrong')).status).toBe(403)
    const passed = await get(`https://challenge.lab.test/cdn-cgi/challenge-platform/h/lab?proof=${proof}&to=//evil.example/`)
    expect([passed.status, passed.headers.location]).toEqual([302, '/'])
    const cookie = passed.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect((await get('https://challenge.lab.test/', { headers: { cookie } })).text).toContain('You have passed')
  })

  it('actions: takes a form, a login and its cookie', async () => {
    const submitted = await get('https://actions.lab.test/submit', { method: 'POST', body: 'name=A%3Cb%3E&size=m' })
    expect(submitted.text).toContain('<dt>name</dt><dd>A&lt;b&gt;</dd>')
    expect((await get('https://actions.lab.test/account')).headers.location).toBe('/login')
    const login = await get('https://actions.lab.test/login', { method: 'POST', body: 'user=ada&password=lovelace' })
    const cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect((await get('https://actions.lab.test/account', { headers: { cookie } })).text).toContain('Account of Ada')
  })

  it('escape: aims at the address told and only at one that is an address', async () => {
    const { text } = await get('https://escape.lab.test/?to=127.0.0.1:9999')
    expect(text.match(/127\.0\.0\.1:9999\/canary/g)?.length).toBeGreaterThan(20)
    expect((await get('https://escape.lab.test/?to=%22%3E%3Cscript%3E')).text).toContain('http://10.0.0.1/canary/image')
    expect((await get('https://escape.lab.test/?only=location&to=a:1')).text).toContain('<span id="tried">location</span>')
  })
})

describe('files', () => {
  it.each([
    ['/data.json', 'application/json'], ['/data.csv', 'text/csv; charset=utf-8; header=present'], ['/data.xml', 'application/xml'], ['/plain.txt', 'text/plain; charset=utf-8'],
    ['/readme.md', 'text/markdown; charset=utf-8'], ['/page.xhtml', 'application/xhtml+xml'], ['/report.pdf', 'application/pdf'], ['/video.mp4', 'video/mp4'], ['/binary', 'application/octet-stream'],
  ])('data%s is %s', async (path, type) => {
    const got = await get(`https://data.lab.test${path}`)
    expect([got.status, got.headers['content-type']]).toEqual([200, type])
    expect(got.body.length).toBeGreaterThan(10)
  })

  it('the PDF has its objects where its table says', async () => {
    const text = (await get('https://data.lab.test/report.pdf')).body.toString('latin1')
    const offsets = Array.from(text.matchAll(/^(\d{10}) 00000 n $/gm), (match) => Number(match[1]))
    expect(offsets).toHaveLength(8)
    offsets.forEach((offset, i) => expect(text.slice(offset)).toMatch(new RegExp(`^${i + 1} 0 obj`)))
    expect(text.slice(Number(/startxref\n(\d+)/.exec(text)?.[1]))).toMatch(/^xref/)
  })

  it('feeds of each kind tell the same three entries', async () => {
    for (const path of ['/rss.xml', '/atom.xml', '/feed.json', '/rdf.xml', '/wrong-type']) expect((await get(`https://feed.lab.test${path}`)).text).toContain('Walnut tree to stay')
    expect(JSON.parse((await get('https://feed.lab.test/feed.json')).text)).toMatchObject({ version: 'https://jsonfeed.org/version/1.1' })
  })
})

describe('encodings', () => {
  it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-2', 'iso-8859-15', 'windows-1250', 'windows-1251', 'koi8-r', 'shift_jis', 'euc-jp', 'gbk', 'gb18030', 'big5', 'euc-kr', 'windows-1256', 'windows-874'])('%s decodes to its text, and is declared as asked', async (label) => {
    const text = charsetText(label) ?? 'missing'
    const byHeader = await get(`https://charset.lab.test/${label}`)
    expect(byHeader.headers['content-type']).toBe(`text/html; charset=${label}`)
    expect(new TextDecoder(label).decode(byHeader.body)).toContain(text)
    const byMeta = await get(`https://charset.lab.test/${label}?by=meta`)
    expect(byMeta.headers['content-type']).toBe('text/html')
    expect(new TextDecoder(label).decode(byMeta.body)).toContain(`<meta charset="${label}">`)
    expect((await get(`https://charset.lab.test/${label}?by=none`)).text).not.toContain('charset=')
  })

  it('lies where it says that it lies', async () => {
    const wrong = await get('https://charset.lab.test/wrong-meta')
    expect(wrong.text).toContain('<meta charset="utf-8">')
    expect(wrong.text).toContain('\ufffd')
    const bom = await get('https://charset.lab.test/bom-beats-header')
    expect([bom.headers['content-type'], bom.body.subarray(0, 3).toString('hex')]).toEqual(['text/html; charset=windows-1252', 'efbbbf'])
  })
})

describe('walls', () => {
  it.each([
    ['cloudflare', 403, { server: 'cloudflare', 'cf-mitigated': 'challenge' }, 'Just a moment...'],
    ['cloudflare-block', 403, { server: 'cloudflare' }, 'Sorry, you have been blocked'],
    ['akamai', 403, { server: 'AkamaiGHost' }, 'Access Denied'],
    ['datadome', 403, { 'x-datadome': 'protected' }, 'captcha-delivery.com'],
    ['perimeterx', 403, {}, 'px-captcha'],
    ['imperva', 200, { 'x-cdn': 'Imperva' }, '_Incapsula_Resource'],
    ['awswaf', 202, { 'x-amzn-waf-action': 'challenge' }, 'awsWafCookieDomainList'],
    ['amazon', 200, {}, 'validateCaptcha'],
    ['kasada', 429, { 'x-kpsdk-ct': expect.any(String) as string }, 'ips.js'],
    ['captcha', 403, {}, 'g-recaptcha'],
  ] as const)('%s has its marks', async (name, status, headers, mark) => {
    const got = await get(`https://walls.lab.test/${name}`)
    expect(got.status).toBe(status)
    expect(got.headers).toMatchObject(headers)
    expect(got.text).toContain(mark)
    const failing = await get(`https://target-blocked-${name}.fail.test/any`)
    expect([failing.status, failing.text.includes(mark)]).toEqual([status, true])
  })

  it('are all listed', async () => {
    const { links } = read((await get('https://walls.lab.test/')).text)
    expect(links).toEqual([...Object.keys(walls).map((name) => `/${name}`), '/article-about-cloudflare', '/login', '/form-with-recaptcha'])
  })

  it.each(['/article-about-cloudflare', '/login', '/form-with-recaptcha'])('%s is a page of its own, under 200', async (path) => {
    const got = await get(`https://walls.lab.test${path}`)
    expect(got.status).toBe(200)
    expect(read(got.text).text.length).toBeGreaterThan(250)
  })
})

describe('hostile documents', () => {
  it.each([
    ['/nested?depth=100000', 1_100_000], ['/table?rows=20000', 700_000], ['/comment?lines=100000', 3_000_000], ['/attributes?count=10000', 230_000], ['/links?count=10000', 350_000], ['/one-word?tens=100000', 1_000_000],
  ])('%s is as large as told', async (path, bytes) => {
    const got = await get(`http://hostile.lab.test${path}`)
    expect(got.body.length).toBeGreaterThan(bytes)
    expect(got.text).toContain('Some words before')
    expect(got.text.trimEnd()).toMatch(/<\/html>$/)
  })
})
