import { describe, expect, it } from 'vitest'
import type { ScrapeManyIntent } from '../../contract/intent.ts'
import type { ReplyInfo } from '../dialect.ts'
import { extractRoutes } from './extract.ts'
import { linksOf } from './links.ts'

const info: ReplyInfo = {
  id: '00000000-0000-4000-8000-000000000000', requestId: 'req_1', durationMs: 5, origin: 'http://lyrebird.test', base: 'http://lyrebird.test/octen',
  method: 'POST', path: '/extract', target: '/extract', headers: new Headers(), authenticated: true, account: { creditsBilled: 0 }, now: new Date(0),
}

const intentOf = (json: object): ScrapeManyIntent => {
  const [row] = extractRoutes
  if (!row?.body) throw new Error('there is no such route')
  return row.toIntent({ body: row.body.parse({ urls: ['example.com'], ...json }), query: undefined, params: undefined }, info) as ScrapeManyIntent
}

describe('what /extract asks for', () => {
  it('has the documented defaults, and ends before the command line hangs up', () => {
    const { pages, timeoutMs } = intentOf({})
    expect(timeoutMs).toBe(28_000)
    expect(pages).toHaveLength(1)
    expect(pages[0]).toMatchObject({ url: 'https://example.com', formats: [{ kind: 'markdown' }], mode: 'reader', render: 'static', timeoutMs: 30_000, maxAgeS: 86_400, respectRobots: false })
  })

  it('clamps', () => {
    for (const [sent, timeoutMs] of [[-1, 1000], [0, 1000], [1, 1000], [60, 60_000], [61, 60_000], [1e300, 60_000]] as const) expect(intentOf({ timeout: sent }).pages[0]?.timeoutMs).toBe(timeoutMs)
    for (const [sent, maxAgeS] of [[-1, 300], [0, 300], [300, 300], [31_536_001, 31_536_000]] as const) expect(intentOf({ max_age_seconds: sent }).pages[0]?.maxAgeS).toBe(maxAgeS)
  })

  it('gives a call with a timeout the time that the vendor\'s MCP server waits', () => {
    expect(intentOf({ timeout: 60 }).timeoutMs).toBe(140_000)
  })

  it('opens a browser only in the modes that may', () => {
    expect(['standard', 'auto', 'advanced', null].map((mode) => intentOf({ mode }).pages[0]?.render)).toEqual(['static', 'auto', 'js', 'static'])
  })

  it('leaves what is no URL for the engine to refuse, in its place', () => {
    expect(intentOf({ urls: ['a.example', ' ', 'ftp://b.example', 'c.example:8080/x?y#z'] }).pages.map((page) => page.url)).toEqual(['https://a.example', '', 'ftp://b.example', 'https://c.example:8080/x?y#z'])
  })
})

describe('linksOf', () => {
  const page = 'https://shop.example.co.uk/kettles'
  const links = [
    { url: 'https://other.example/1', text: 'One' },
    { url: 'https://www.example.co.uk/2', text: '' },
    { url: 'mailto:a@b.example', text: 'Write' },
    { url: 'https://other.example/1', text: 'One again' },
    { url: 'https://shop.example.co.uk/3#top', text: 'Three' },
    { url: 'javascript:void(0)', text: 'Nothing' },
    { url: 'https://co.uk/4', text: 'Four' },
  ]
  const urls = (wish: object) => linksOf(links, page, wish).map((link) => link.url)

  it('counts the registrable domain as one site', () => {
    expect(linksOf(links, page, {})).toEqual([
      { url: 'https://www.example.co.uk/2', anchor_text: '', is_external: false },
      { url: 'https://shop.example.co.uk/3#top', anchor_text: 'Three', is_external: false },
      { url: 'https://other.example/1', anchor_text: 'One', is_external: true },
      { url: 'https://co.uk/4', anchor_text: 'Four', is_external: true },
    ])
  })

  it('puts the other kind first where that is preferred, and cuts after that', () => {
    expect(urls({ scope: 'prefer_external' })).toEqual(['https://other.example/1', 'https://co.uk/4', 'https://www.example.co.uk/2', 'https://shop.example.co.uk/3#top'])
    expect(urls({ scope: 'prefer_external', max_links: 1 })).toEqual(['https://other.example/1'])
  })

  it('lists 200 unless told otherwise', () => {
    const many = Array.from({ length: 1200 }, (_, i) => ({ url: `https://shop.example.co.uk/${i}`, text: '' }))
    expect(linksOf(many, page, {})).toHaveLength(200)
    expect(linksOf(many, page, { max_links: 1000 })).toHaveLength(1000)
  })
})
