import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Brand } from '../../src/contract/brand.ts'
import { brandFacts } from '../../src/lab/pages/brand.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

interface Reply {
  status: number
  body: { data: { brand: Brand; cached: boolean; renderer: string; warnings: string[]; failed_parts?: Record<string, { code: string }>; markdown?: string; branding?: Brand; raw_html?: string }; usage: { credits: number }; evidence: { tier: string }[]; code?: string }
}

const callOf = (app: TestApp, key: TestKey) => async (path: string, json: unknown): Promise<Reply> => {
  const response = await app.request(path, { json, headers: { authorization: `Bearer ${key.secret}` } })
  return { status: response.status, body: await response.json() as Reply['body'] }
}

const everyItem = (brand: Brand) => [...brand.logos, ...brand.colors.palette, ...brand.fonts, ...brand.buttons, ...brand.frameworks, ...brand.social, brand.color_scheme, ...(brand.name ? [brand.name] : []), ...(brand.favicon ? [brand.favicon] : [])]

const holdsTheBrand = (brand: Brand): void => {
  expect(brand.name?.value).toBe(brandFacts.name)
  expect(brand.logos[0]).toMatchObject({ url: 'https://brand.lab.test/logo.svg', type: 'logo', format: 'svg', width: 180, height: 40, checked: true, theme: 'light' })
  expect(brand.logos.map(({ url }) => url)).toContain('https://brand.lab.test/logo-white.svg')
  expect(brand.logos.find(({ url }) => url === 'https://brand.lab.test/bimi.svg')).toMatchObject({ checked: true, evidence: [{ source: 'dns', at: 'default._bimi.brand.lab.test' }] })
  expect(brand.favicon).toMatchObject({ url: 'https://brand.lab.test/favicon.svg', type: 'icon', checked: true })
  // Those of customers are not the brand's.
  expect(JSON.stringify(brand.logos)).not.toMatch(/borealis|quern/)
  expect(brand.colors.primary).toMatchObject({ hex: brandFacts.primary, roles: ['primary'] })
  expect(brand.colors.accent?.hex).toBe(brandFacts.accent)
  expect(brand.colors.background?.hex).toBe(brandFacts.background)
  expect(brand.colors.text?.hex).toBe(brandFacts.text)
  expect(brand.colors.link?.hex).toBe(brandFacts.link)
  expect(brand.colors.theme_color?.value).toBe(brandFacts.primary)
  // A class that no element has, and a layer that asks for consent.
  expect(brand.colors.palette.map(({ hex }) => hex)).not.toContain('#ff0000')
  expect(brand.social.map(({ url }) => url).toSorted()).toEqual([...brandFacts.social].toSorted())
  expect(brand.social.find(({ network }) => network === 'instagram')?.handle).toBe('alderpost.mail')
  expect(brand.fonts.find(({ roles }) => roles.includes('body'))).toMatchObject({ family: 'Alder Grotesk', origin: 'self_hosted' })
  expect(brand.fonts.find(({ roles }) => roles.includes('heading'))?.family).toBe('Alder Serif')
  expect(brand.typography.h1).toMatchObject({ size: 48, weight: 700, line_height: 56 })
  expect(brand.buttons[0]).toMatchObject({ kind: 'primary', background: brandFacts.primary, color: '#ffffff', border_radius: '8px' })
  expect(brand.input).toMatchObject({ border_radius: '6px', border_color: '#b8c4bf' })
  expect(brand.color_scheme.value).toBe('light')
  for (const item of everyItem(brand)) {
    expect(item.evidence.length).toBeGreaterThan(0)
    expect(item.confidence).toBeGreaterThan(0)
    expect(item.confidence).toBeLessThanOrEqual(1)
  }
}

describe('with a browser', () => {
  let app: TestApp
  let call: ReturnType<typeof callOf>
  beforeAll(async () => {
    app = await startTestApp()
    call = callOf(app, await app.key())
  })
  afterAll(() => app.close())

  it('reads a front page as it is shown', async () => {
    const { status, body } = await call('/v1/brand', { url: 'https://brand.lab.test/' })
    expect(status).toBe(200)
    expect(body.data).toMatchObject({ renderer: 'js', cached: false, warnings: [] })
    const { brand } = body.data
    holdsTheBrand(brand)
    expect(brand.styles).toBe('computed')
    expect(brand.buttons[0]?.text).toMatch(/Get started|Try it free/)
    expect(brand.colors.screenshot.length).toBeGreaterThan(1)
    // The layer that asks for consent is in none of it.
    expect(JSON.stringify(brand.colors)).not.toMatch(/#c01050|#ff00aa/)
    expect(brand.spacing?.value.base_unit).toBe(8)
    // One visit.
    expect(body.evidence.filter(({ tier }) => tier === 'browser')).toHaveLength(1)
  })

  it('answers again from what is kept about the host, and looks anew where it is told to', async () => {
    const again = await call('/v1/brand', { url: 'https://brand.lab.test/another-path' })
    expect(again.body.data).toMatchObject({ cached: true, renderer: 'js' })
    expect(again.body.evidence.map(({ tier }) => tier)).toEqual(['cache'])
    const fresh = await call('/v1/brand', { url: 'https://brand.lab.test/', max_age_s: 0 })
    expect(fresh.body.data.cached).toBe(false)
    const others = await call('/v1/brand', { url: 'https://brand.lab.test/', screenshot_colors: 2 })
    expect(others.body.data.cached).toBe(false)
    expect(others.body.data.brand.colors.screenshot).toHaveLength(2)
  })

  it('finds a logo that is drawn in the page, in the colours in which it is shown', async () => {
    const { body } = await call('/v1/brand', { url: 'https://brand.lab.test/dark', max_age_s: 0 })
    const { brand } = body.data
    expect(brand.color_scheme.value).toBe('dark')
    const [logo] = brand.logos
    expect(logo).toMatchObject({ theme: 'dark', format: 'svg', checked: true })
    const markup = Buffer.from(logo?.url.split(',')[1] ?? '', 'base64').toString()
    expect(markup).toContain('M30 8h100v16H30z')
    expect(logo?.colors?.[0]).toBe('#ffffff')
    expect(brand.colors.primary?.hex).toBe('#7c5cff')
    expect(brand.colors.background?.hex).toBe('#0b0d17')
    expect(brand.radius ?? brand.buttons[0]?.border_radius).toBe('9999px')
  })

  it('drops pictures that are none', async () => {
    const { body } = await call('/v1/brand', { url: 'https://brand.lab.test/broken', max_age_s: 0 })
    const urls = body.data.brand.logos.map(({ url }) => url)
    expect(urls).not.toContain('https://brand.lab.test/gone.svg')
    expect(urls).not.toContain('https://brand.lab.test/not-a-picture.svg')
    expect(urls.length).toBeGreaterThan(0)
  })

  it('is a format of a scrape, from the same visit as the others', async () => {
    const { status, body } = await call('/v1/scrape', { url: 'https://brand.lab.test/', formats: ['markdown', 'branding'] })
    expect(status).toBe(200)
    expect(body.data.markdown).toContain('Post, kept in one place')
    expect(body.data.raw_html).toBeUndefined()
    expect(body.data.branding?.styles).toBe('computed')
    holdsTheBrand(body.data.branding as Brand)
    expect(body.evidence.filter(({ tier }) => tier === 'browser')).toHaveLength(1)
  })

  it('serves all parts from one visit, and later ones from what is kept of each', async () => {
    const whole = await call('/v1/enrich', { url: 'https://brand.lab.test/', max_age_s: 0 })
    expect(whole.status).toBe(200)
    const { data } = whole.body as unknown as { data: { brand: Brand; company: { name?: { value: string } }; classification: { iab_id: string }; failed_parts?: unknown } }
    expect(data.failed_parts).toBeUndefined()
    holdsTheBrand(data.brand)
    expect(data.company.name?.value).toBe(brandFacts.name)
    expect(data.classification.iab_id).toMatch(/^IAB\d+(?:-\d+)?$/)
    const tiers = whole.body.evidence.map(({ tier }) => tier)
    expect(tiers.filter((tier) => tier === 'browser')).toHaveLength(1)
    expect(tiers.filter((tier) => tier === 'http').length).toBeLessThanOrEqual(4)
    for (const path of ['/v1/brand', '/v1/company', '/v1/classify', '/v1/enrich']) {
      const later = await call(path, { url: 'https://brand.lab.test/' })
      expect(later.body.data.cached, path).toBe(true)
    }
  })

  it.each(['tampered', 'nonsense'])('takes the style sheets of a page whose scripts lie about its styles: %s', async (path) => {
    const { status, body } = await call('/v1/brand', { url: `https://brand.lab.test/${path}`, max_age_s: 0 })
    expect(status).toBe(200)
    expect(body.data.renderer).toBe('js')
    expect(body.data.brand.colors.primary?.hex).toBe(brandFacts.primary)
    expect(body.data.brand.logos[0]?.url).toBe('https://brand.lab.test/logo.svg')
    expect(JSON.stringify(body).length).toBeLessThan(60_000)
  })
})

describe('without a browser', () => {
  let app: TestApp
  let call: ReturnType<typeof callOf>
  beforeAll(async () => {
    app = await startTestApp({ browser: 'off', labForLive: true })
    call = callOf(app, await app.key({ mode: 'live' }))
  })
  afterAll(() => app.close())

  it('reads the same from the style sheets, and says so', async () => {
    const { body } = await call('/v1/brand', { url: 'https://brand.lab.test/' })
    expect(body.data.renderer).toBe('static')
    expect(body.data.warnings.join(' ')).toMatch(/No browser/)
    holdsTheBrand(body.data.brand)
    expect(body.data.brand.styles).toBe('static')
    expect(body.data.brand.colors.screenshot).toEqual([])
  })

  it('costs one credit for the page and one for the part, and nothing from the store', async () => {
    const first = await call('/v1/brand', { url: 'https://brand.lab.test/', max_age_s: 0 })
    expect(first.body.usage.credits).toBe(2)
    const second = await call('/v1/brand', { url: 'https://brand.lab.test/' })
    expect(second.body.usage.credits).toBe(0)
    // The page is fetched again for the two parts that are missing; the kept one is free.
    const rest = await call('/v1/enrich', { url: 'https://brand.lab.test/' })
    expect(rest.body.usage.credits).toBe(3)
    const format = await call('/v1/scrape', { url: 'https://brand.lab.test/', formats: ['branding'] })
    expect(format.body.usage.credits).toBe(2)
    expect(format.body.data.branding?.styles).toBe('static')
  })

  it('says that a browser is missing where one was asked for', async () => {
    expect((await call('/v1/brand', { url: 'https://brand.lab.test/', render: 'js', max_age_s: 0 })).body.code).toBe('platform.browser_unavailable')
  })
})
