import { describe, expect, it } from 'vitest'
import type { ExtractOptions } from '../../contract/extract.ts'
import { convertDocument } from '../convert/convert-document.ts'

const s = { type: 'string' }
const n = { type: 'number' }
const i = { type: 'integer' }
const b = { type: 'boolean' }
const uri = { type: 'string', format: 'uri' }
const date = { type: 'string', format: 'date' }
const o = (properties: Record<string, unknown>, required: string[] = []) => ({ type: 'object', properties, required })
const list = (items: unknown) => ({ type: 'array', items })
const ld = (data: unknown) => `<script type="application/ld+json">${JSON.stringify(data)}</script>`

const extractHtml = async (html: string, options: ExtractOptions, { url = 'https://shop.example/a/b', contentType = 'text/html; charset=utf-8' } = {}) => {
  const { extract } = await convertDocument({ body: new TextEncoder().encode(html), contentType, url, status: 200, headers: [], formats: [{ kind: 'json', extract: options }], mode: 'normal', includeSelectors: [], excludeSelectors: [], given: true })
  return extract
}

interface Case {
  name: string
  html: string
  schema: Record<string, unknown>
  data: unknown
  url?: string
  type?: string
}

const offer = (more: object) => ({ '@context': 'https://schema.org', '@type': 'Product', name: 'Kettle', ...more })
const card = (name: string, price: string, more = '') => `<div class="tile"><a href="/p/${name.toLowerCase()}"><img src="/i/${name}.png" alt=""><h3>${name}</h3></a><span class="tile-price">${price}</span>${more}</div>`

const cases: Case[] = [
  { name: 'a product with offers as a list', html: ld(offer({ offers: [{ '@type': 'Offer', price: '12.90', priceCurrency: 'EUR', availability: 'InStock' }] })) + '<h1>Kettle</h1>', schema: o({ name: s, price: n, currency: s, in_stock: b }), data: { name: 'Kettle', price: 12.9, currency: 'EUR', in_stock: true } },
  { name: 'an aggregate offer', html: ld(offer({ offers: { '@type': 'AggregateOffer', lowPrice: 9, highPrice: 19, priceCurrency: 'USD' } })) + '<p>x</p>', schema: o({ min_price: n, max_price: n }), data: { min_price: 9, max_price: 19 } },
  { name: 'a nested price specification', html: ld(offer({ offers: { priceSpecification: { price: 7.5, priceCurrency: 'CHF' } } })) + '<p>x</p>', schema: o({ price: n, currency: s }), data: { price: 7.5, currency: 'CHF' } },
  { name: 'broken JSON-LD', html: '<script type="application/ld+json">{"@type":"Product","name":"Kettle","offers":{"price":"5",},}</script><p>x</p>', schema: o({ name: s, price: n }), data: { name: 'Kettle', price: 5 } },
  { name: 'references by @id across blocks', html: ld({ '@graph': [{ '@type': 'Article', headline: 'Tides', author: { '@id': '#p' } }] }) + ld({ '@type': 'Person', '@id': '#p', name: 'Ada Reed' }) + '<p>x</p>', schema: o({ headline: s, author: s }), data: { headline: 'Tides', author: 'Ada Reed' } },
  { name: 'the product and not the breadcrumb or the site', html: ld([{ '@type': 'WebSite', name: 'Shop' }, { '@type': 'BreadcrumbList', itemListElement: [{ '@type': 'ListItem', name: 'Home' }] }, offer({ sku: 'K1' })]) + '<p>x</p>', schema: o({ name: s, sku: s }), data: { name: 'Kettle', sku: 'K1' } },
  { name: 'breadcrumbs as names', html: ld({ '@type': 'BreadcrumbList', itemListElement: [{ '@type': 'ListItem', position: 1, name: 'Home', item: '/' }, { '@type': 'ListItem', position: 2, item: { '@id': '/k', name: 'Kettles' } }] }) + '<p>x</p>', schema: o({ breadcrumbs: list(o({ name: s, url: uri })) }), data: { breadcrumbs: [{ name: 'Home', url: 'https://shop.example/' }, { name: 'Kettles', url: 'https://shop.example/k' }] } },
  { name: 'an enum by the words of schema.org', html: ld(offer({ offers: { availability: 'https://schema.org/OutOfStock' } })) + '<p>x</p>', schema: o({ availability: { enum: ['in_stock', 'out_of_stock'] } }), data: { availability: 'out_of_stock' } },
  { name: 'a boolean that asks for the contrary', html: ld(offer({ offers: { availability: 'https://schema.org/SoldOut' } })) + '<p>x</p>', schema: o({ sold_out: b, in_stock: b }), data: { sold_out: true, in_stock: false } },
  { name: 'microdata with a nested item', html: '<div itemscope itemtype="https://schema.org/Book"><h1 itemprop="name">Fens</h1><span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Joan Ely</b></span><meta itemprop="isbn" content="9780000000002"></div>', schema: o({ title: s, author: s, isbn: s }), data: { title: 'Fens', author: 'Joan Ely', isbn: '9780000000002' } },
  { name: 'RDFa', html: '<div vocab="https://schema.org/" typeof="Event"><h1 property="name">Regatta</h1><time property="startDate" datetime="2026-05-01">1 May</time><div property="location" typeof="Place"><span property="name">Quay</span></div></div>', schema: o({ name: s, start_date: date, venue: s }), data: { name: 'Regatta', start_date: '2026-05-01', venue: 'Quay' } },
  { name: 'Open Graph prices', html: '<meta property="og:title" content="Kettle"><meta property="product:price:amount" content="1299.00"><meta property="product:price:currency" content="SEK"><p>x</p>', schema: o({ title: s, price: n, currency: s }), data: { title: 'Kettle', price: 1299, currency: 'SEK' } },
  { name: 'Twitter labels', html: '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ada Reed"><meta name="twitter:label2" content="Reading time"><meta name="twitter:data2" content="4 minutes"><p>x</p>', schema: o({ author: s, reading_time: i }), data: { author: 'Ada Reed', reading_time: 4 } },
  { name: 'embedded state of a framework', html: '<div id="__next">Loading the boat</div><script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"boat":{"name":"Skua","length_m":12.4,"berths":6},"menu":[{"name":"Home"}]}}}</script>', schema: o({ name: s, length_m: n, berths: i }), data: { name: 'Skua', length_m: 12.4, berths: 6 } },
  { name: 'state assigned by a script', html: '<p>Boats</p><script>window.__STATE__ = {"listing": {"title": "Dinghy", "engine_power": 20, hull: "wood"}}; run({})</script>', schema: o({ title: s, engine_power: n, hull: s }), data: { title: 'Dinghy', engine_power: 20, hull: 'wood' } },
  { name: 'state in JSON.parse', html: '<p>Boats</p><script>window.__DATA__ = JSON.parse("{\\"deck\\":\\"teak\\",\\"mast_height\\":9}")</script>', schema: o({ deck: s, mast_height: n }), data: { deck: 'teak', mast_height: 9 } },
  { name: 'a list in state', html: '<p>Boats</p><script type="application/json">{"results":[{"model":"A","draught":1.1},{"model":"B","draught":1.4}]}</script>', schema: o({ results: list(o({ model: s, draught: n })) }), data: { results: [{ model: 'A', draught: 1.1 }, { model: 'B', draught: 1.4 }] } },
  { name: 'a table of labels', html: '<h1>Skua</h1><table><tr><th>Length overall</th><td>12.40 m</td></tr><tr><th>Year built</th><td>1998</td></tr></table>', schema: o({ length_overall: n, year_built: i }), data: { length_overall: 12.4, year_built: 1998 } },
  { name: 'a table under headers, with spans', html: '<h2>Timetable</h2><table><thead><tr><th>Port</th><th>Departure</th></tr></thead><tbody><tr><td rowspan="2">Skerry</td><td>08:00</td></tr><tr><td>10:00</td></tr><tr><td>Farrow</td><td>09:15</td></tr></tbody></table>', schema: o({ timetable: list(o({ port: s, departure: s })) }), data: { timetable: [{ port: 'Skerry', departure: '08:00' }, { port: 'Skerry', departure: '10:00' }, { port: 'Farrow', departure: '09:15' }] } },
  { name: 'a definition list', html: '<dl><dt>Berth:</dt><dd>14</dd><dt>Home port</dt><dd>Farrow</dd></dl>', schema: o({ berth: i, home_port: s }), data: { berth: 14, home_port: 'Farrow' } },
  { name: 'labels in bold and after a colon', html: '<p><strong>Captain:</strong> Ines Vale</p><ul><li>Crew: 4</li></ul>', schema: o({ captain: s, crew: i }), data: { captain: 'Ines Vale', crew: 4 } },
  { name: 'label and value side by side', html: '<div class="row"><span class="label">Draught</span><span class="value">1.9 m</span></div>', schema: o({ draught: s }), data: { draught: '1.9 m' } },
  { name: 'a group of labelled fields', html: '<h1>X</h1><dl><dt>Hull</dt><dd>Oak</dd><dt>Mast</dt><dd>Pine</dd></dl>', schema: o({ specs: o({ hull: s, mast: s }) }), data: { specs: { hull: 'Oak', mast: 'Pine' } } },
  { name: 'cards without structured data', html: `<main><div class="grid">${card('Anchor', '€40.00')}${card('Buoy', '€12.50')}${card('Cleat', '€3.20')}</div></main>`, schema: o({ products: list(o({ name: s, price: n, url: uri, image: uri })) }), data: { products: [['Anchor', 40], ['Buoy', 12.5], ['Cleat', 3.2]].map(([name, price]) => ({ name, price, url: `https://shop.example/p/${String(name).toLowerCase()}`, image: `https://shop.example/i/${name}.png` })) } },
  { name: 'cards with a struck price', html: `<main>${card('Anchor', '<s>€50</s> <b>€40</b>')}${card('Buoy', '<del>$9.99</del> $7.99')}</main>`, schema: o({ items: list(o({ name: s, price: n, old_price: n })) }), data: { items: [{ name: 'Anchor', price: 40, old_price: 50 }, { name: 'Buoy', price: 7.99, old_price: 9.99 }] } },
  { name: 'a list at the root', html: `<main>${card('Anchor', '€40')}${card('Buoy', '€12')}</main>`, schema: list(o({ name: s, price: n }, ['name'])), data: [{ name: 'Anchor', price: 40 }, { name: 'Buoy', price: 12 }] },
  { name: 'a list no longer than the schema allows', html: `<main>${['A1', 'B2', 'C3'].map((name) => card(name, '€1')).join('')}</main>`, schema: o({ products: { ...list(o({ name: s, price: n })), maxItems: 2 } }), data: { products: [{ name: 'A1', price: 1 }, { name: 'B2', price: 1 }] } },
  { name: 'questions in details elements', html: '<main><details><summary>Dogs?</summary><p>Yes.</p></details><details><summary>Fog?</summary><p>We wait.</p></details></main>', schema: o({ faqs: list(o({ question: s, answer: s })) }), data: {} },
  { name: 'questions below a heading that says so', html: '<main><section class="faq"><h2>Questions</h2><details><summary>Dogs?</summary><p>Yes.</p></details><details><summary>Fog?</summary><p>We wait.</p></details></section></main>', schema: o({ faqs: list(o({ question: s, answer: s })) }), data: { faqs: [{ question: 'Dogs?', answer: 'Yes.' }, { question: 'Fog?', answer: 'We wait.' }] } },
  { name: 'reviews by their class', html: '<main><div class="reviews"><div class="review"><span class="author">Ruth</span><span aria-label="4 out of 5 stars">★★★★</span><p class="review-text">Holds well in a gale.</p></div><div class="review"><span class="author">Pelle</span><span aria-label="2 out of 5 stars">★★</span><p class="review-text">Rusts after a year.</p></div></div></main>', schema: o({ reviews: list(o({ author: s, rating: n, text: s })) }), data: { reviews: [{ author: 'Ruth', rating: 4, text: 'Holds well in a gale.' }, { author: 'Pelle', rating: 2, text: 'Rusts after a year.' }] } },
  { name: 'a plain list below its heading', html: '<main><h2>Highlights</h2><ul><li>Solid brass</li><li>One nail</li></ul></main>', schema: o({ highlights: list(s) }), data: { highlights: ['Solid brass', 'One nail'] } },
  { name: 'steps from one text', html: ld({ '@type': 'Recipe', name: 'Soup', recipeInstructions: '<ol><li>Cut.</li><li>Boil.</li></ol>' }) + '<p>x</p>', schema: o({ instructions: list(s) }), data: { instructions: ['Cut.', 'Boil.'] } },
  { name: 'durations as minutes', html: ld({ '@type': 'Recipe', name: 'Soup', cookTime: 'PT1H15M' }) + '<p>x</p>', schema: o({ cook_time_minutes: n, cook_time: s }), data: { cook_time_minutes: 75, cook_time: 'PT1H15M' } },
  { name: 'German numbers on a German page', html: '<html lang="de"><dl><dt>Preis</dt><dd>1.299 €</dd><dt>Gewicht</dt><dd>2,5 kg</dd></dl></html>', schema: o({ preis: n, gewicht: n }), data: { preis: 1299, gewicht: 2.5 } },
  { name: 'an integer that is none is left out', html: '<dl><dt>Depth</dt><dd>2.5 m</dd></dl><h1>X</h1>', schema: o({ title: s, depth: i }), data: { title: 'X' } },
  { name: 'unions with null, and allOf', html: '<h1>Skua</h1><dl><dt>Keel</dt><dd>lead</dd></dl>', schema: { allOf: [o({ title: { anyOf: [{ type: 'null' }, s] } }), o({ keel: { type: ['string', 'null'] } })] }, data: { title: 'Skua', keel: 'lead' } },
  { name: 'definitions by reference', html: ld(offer({ review: [{ author: 'Ruth', reviewBody: 'Good' }] })) + '<p>x</p>', schema: { ...o({ reviews: list({ $ref: '#/$defs/review' }) }), $defs: { review: o({ author: s, text: s }) } }, data: { reviews: [{ author: 'Ruth', text: 'Good' }] } },
  { name: 'a JSON body', html: '{"boat": {"name": "Skua", "tags": ["fast", "old"]}}', type: 'application/json', schema: o({ name: s, tags: list(s) }), data: { name: 'Skua', tags: ['fast', 'old'] } },
  { name: 'Markdown', html: '# Skua\n\n**Length:** 12 m\n\n## Crew\n\n| Name | Role |\n|---|---|\n| Ines | Captain |\n| Tom | Cook |\n', type: 'text/markdown', schema: o({ title: s, length: s, crew: list(o({ name: s, role: s })) }), data: { title: 'Skua', length: '12 m', crew: [{ name: 'Ines', role: 'Captain' }, { name: 'Tom', role: 'Cook' }] } },
  { name: 'nothing that the page does not hold', html: ld(offer({})) + '<p>Kettle</p>', schema: o({ name: s, price: n, warranty: s, reviews: list(o({ author: s, text: s })) }), data: { name: 'Kettle' } },
  { name: 'fields of another thing are not borrowed', html: ld([offer({}), { '@type': 'Organization', name: 'Shop Ltd', description: 'We sell.', telephone: '+49 30 1' }]) + '<p>x</p>', schema: o({ name: s, phone: s }), data: { name: 'Kettle', phone: '+49 30 1' } },
  { name: 'an Amazon page of another country', url: 'https://www.amazon.de/dp/B000000001', html: '<html lang="de"><div id="dp"><span id="productTitle"> Kessel </span><div id="corePrice_feature_div"><span class="a-price"><span class="a-offscreen">1.049,00 €</span></span></div><span id="acrPopover" title="4,3 von 5 Sternen"></span><span id="acrCustomerReviewText">2.312 Sternebewertungen</span><div id="availability">Auf Lager</div></div></html>', schema: o({ title: s, asin: s, price: n, currency: s, rating: n, review_count: i, in_stock: b }), data: { title: 'Kessel', asin: 'B000000001', price: 1049, currency: 'EUR', rating: 4.3, review_count: 2312, in_stock: true } },
]

describe('a schema is filled from the page alone', () => {
  it.each(cases)('$name', async ({ html, schema, data, url, type }) => {
    const extract = await extractHtml(html, { schema }, { ...(url ? { url } : {}), ...(type ? { contentType: type } : {}) })
    expect(extract?.data ?? {}).toEqual(data)
  })

  it('says where every leaf came from', async () => {
    for (const { html, schema, url, type } of cases) {
      const extract = await extractHtml(html, { schema }, { ...(url ? { url } : {}), ...(type ? { contentType: type } : {}) })
      const leaves = (value: unknown, pointer: string): string[] => (typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, one]) => leaves(one, `${pointer}/${name}`)) : value === undefined ? [] : [pointer])
      expect(Object.keys(extract?.sources ?? {}).toSorted((a, c) => (a < c ? -1 : 1))).toEqual(leaves(extract?.data, '').toSorted((a, c) => (a < c ? -1 : 1)))
    }
  })
})
