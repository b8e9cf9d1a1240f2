import assert from 'node:assert/strict'
import type { TestApp, TestKey } from '../harness.ts'
import { concurrencyOf, failsWith, get, type Query } from './prefetch.client.ts'
import { readOf, type Endpoint, type Read } from './prefetch.strict.ts'
import type { SeedRow } from './seed-row.ts'

/** What other pages of the vendor, its older documentation and one client of the live service tell. */
const company = 'https://service.lab.test/'

const live = (app: TestApp): Promise<TestKey> => app.key({ mode: 'live' })

const row = (table: string, name: string, source: SeedRow['source'], run: (app: TestApp) => Promise<void>): SeedRow => ({ table, row: name, source, run })

const reads = <E extends Endpoint>(endpoint: E, check: (data: Read<E>) => void, query: Query = {}) => async (app: TestApp): Promise<void> => {
  const reply = await get(app, endpoint, await live(app), { url: company, ...query })
  check(await readOf(endpoint, reply))
}

const fields = 'Fields of replies'
const shapes: SeedRow[] = [
  row(fields, '/brand: data.brand.colors.brand_colors[].hex, the most important first', 'recorded', reads('/brand', ({ brand }) => assert.match(brand.colors.brand_colors[0]?.hex ?? '', /^#[0-9A-F]{6}$/))),
  row(fields, '/brand: data.brand.fonts.families[], texts', 'recorded', reads('/brand', ({ brand }) => assert.ok(brand.fonts.families.every((family) => typeof family === 'string') && brand.fonts.families.length > 0))),
  row(fields, '/brand: name, logos[], favicon, logo_colors[], screenshot_colors[], theme_color, background, text, link, color_scheme, fonts.details[], social_links', 'assumed', reads('/brand', ({ brand }) => {
    assert.match(brand.social_links.linkedin ?? '', /linkedin\.com\/company\//)
    assert.ok(brand.logos.length > 0)
  })),
  row(fields, '/company: name, emails[], addresses[], under data.company', 'assumed', reads('/company', ({ company: found }) => {
    assert.deepEqual([found.name, found.emails], ['Northlight Surveying', ['hello@northlight.example']])
    assert.equal(found.addresses[0]?.formatted, 'Brook Lane 12, 10999 Westmere, DE')
  })),
  row(fields, '/company: legal_name, description, tagline, phones[], founded, founders[], employees, registrations[], stock_tickers[], isins[], pages[]', 'assumed', reads('/company', (data) => assert.deepEqual([data.company.legal_name, data.company.phones, data.company.founded], ['Northlight Surveying Ltd.', ['+493012345678'], '1987']))),
  row(fields, '/classify: url, iab_id, iab_parent_id, category, subcategory, description, flat in data', 'documented', reads('/classify', (data) => {
    assert.equal(data.iab_id.split('-')[0], data.iab_parent_id)
    assert.equal(data.subcategory === null, data.iab_id === data.iab_parent_id)
    assert.match(data.description, /Surveyors in Westmere/)
  })),
  row(fields, '/classify: tagline_description, long_description, stock_tickers[], isins[]: documented in words, the names are ours', 'assumed', reads('/classify', (data) => assert.equal(data.tagline_description, 'We measure what stands'))),
  row(fields, '/classify: iab_v2_id, iab_v3_id, confidence', 'assumed', reads('/classify', ({ confidence }) => assert.ok(confidence > 0))),
  row(fields, '/classify: ids of Content Taxonomy 1.0, as the codes are; the vendor\'s text says 3.0', 'documented', reads('/classify', ({ iab_id: id }) => assert.match(id, /^IAB\d{1,2}(?:-\d{1,2})?$/))),
  row(fields, '/enrich: brand, company, classification; a part that fails is null and not paid for', 'assumed', reads('/enrich', ({ brand, company: found, classification }) => assert.ok(brand && found && classification))),
  row(fields, '/screenshot: url, screenshot_url, viewport, format, full_page, captured_at', 'documented', reads('/screenshot', ({ viewport, full_page: full }) => assert.deepEqual([viewport, full], [{ width: 1440, height: 900 }, false]))),
  row(fields, '/health and /ready: {"status":"ok"} without the envelope', 'documented', async (app) => {
    for (const path of ['/health', '/ready']) assert.deepEqual(await (await get(app, path)).json(), { status: 'ok' })
  }),
]

const parameters = 'Query parameters'
const queries: SeedRow[] = [
  row(parameters, 'width, height: 320 to 5000, default 1440 and 900', 'documented', reads('/screenshot', ({ viewport }) => assert.deepEqual(viewport, { width: 320, height: 900 }), { width: 320 })),
  row(parameters, 'full_page: true or false', 'documented', reads('/screenshot', ({ full_page: full }) => assert.equal(full, true), { full_page: true, width: 320 })),
  row(parameters, 'format: jpeg, png, webp', 'documented', async (app) => {
    const key = await live(app)
    for (const format of ['jpeg', 'png', 'webp']) {
      const { screenshot_url: address } = await readOf('/screenshot', await get(app, '/screenshot', key, { url: company, format, width: 320, height: 320 }))
      const picture = await app.request(address.replace('http://lyrebird.test', ''))
      assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, `image/${format}`])
    }
  }),
  row(parameters, 'screenshotColors: 2 to 12, of /brand and /enrich; checked on every data endpoint', 'assumed', async (app) => {
    const key = await live(app)
    for (const count of [2, 12]) {
      const { brand } = await readOf('/brand', await get(app, '/brand', key, { url: company, screenshotColors: count }))
      assert.ok(brand.colors.screenshot_colors.length <= count)
    }
  }),
  row(parameters, 'a bare host gets https://', 'assumed', reads('/classify', ({ url }) => assert.match(url, /^https:\/\//), { url: 'service.lab.test' })),
]

const limits = 'Limits and credits'
const rest: SeedRow[] = [
  row(limits, 'enrich 20, brand 10, company 5, classify 5, screenshot 2, only with 200', 'documented', async (app) => {
    const key = await live(app)
    for (const [path, total] of [['/enrich', 20], ['/brand', 30], ['/company', 35], ['/classify', 40], ['/screenshot', 42]] as const) {
      await readOf(path, await get(app, path, key, { url: company }))
      await failsWith(await get(app, path, key, { url: 'nonsense' }), 400, 'Invalid URL')
      assert.equal(await key.used(), total)
    }
  }),
  row(limits, 'credits_used reaching credits_limit refuses the next call; the last may go over it', 'documented', async (app) => {
    const key = await app.key({ mode: 'live', creditLimit: 1 })
    await readOf('/company', await get(app, '/company', key, { url: company }))
    assert.equal(await key.used(), 5)
    await failsWith(await get(app, '/company', key, { url: company }), 403, 'Credit limit exceeded')
  }),
  row(limits, 'X-Concurrency-Limit and X-Concurrency-Running', 'documented', async (app) => {
    const key = await app.key({ mode: 'live', concurrency: 4 })
    assert.deepEqual(concurrencyOf(await get(app, '/classify', key, { url: company })), ['4', '1'])
  }),
  row(limits, 'a stored answer is charged like a new one; X-Cache says which, Cache-Control: no-cache asks anew', 'assumed', async (app) => {
    const key = await live(app)
    const hits: (string | null)[] = []
    for (const headers of [{}, {}, { 'cache-control': 'no-cache' }]) hits.push((await get(app, '/company', key, { url: company }, headers)).headers.get('x-cache'))
    assert.deepEqual(hits, ['MISS', 'HIT', 'MISS'])
    assert.equal(await key.used(), 15)
  }),
]

export const moreRows: SeedRow[] = [...shapes, ...queries, ...rest]
