import { describe, expect, it } from 'vitest'
import { isFailure } from '../../failure/failure.ts'
import { Document } from 'domhandler'
import { createResolver } from '../convert/dom/url.ts'
import { parseHtml } from '../convert/dom/parse.ts'
import { numberOf } from './coerce.ts'
import { jsonIn } from './model-extract.ts'
import { chunksOf, searchable } from './material.ts'
import { needsBrowserTree, select, selectorIssues } from './selectors.ts'
import { compileSchema } from './validate.ts'

const issueOf = (schema: Record<string, unknown>): string => {
  try {
    compileSchema(schema)
    return 'none'
  } catch (error) {
    if (!isFailure(error) || error.code !== 'caller.invalid_request') throw error
    return (error.plainFacts.issues as { message: string }[])[0]?.message ?? ''
  }
}
const nested = (depth: number): Record<string, unknown> => (depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: nested(depth - 1) } })
/** 30 lines that stand for 2^30 alternatives. */
const doubling = (): Record<string, unknown> => ({ $ref: '#/$defs/a0', $defs: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`a${i}`, i === 29 ? { type: 'null' } : { anyOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] }])) })

describe('a schema of a stranger', () => {
  it.each([
    ['remote references', { $ref: 'https://evil.example/s.json' }, /inside the schema/],
    ['references to files', { properties: { a: { $ref: 'file:///etc/passwd' } } }, /inside the schema/],
    ['references to nothing', { $ref: '#/$defs/none' }, /Nothing is at/],
    ['schemas that contain themselves', { properties: { a: { $ref: '#' } } }, /contain itself/],
    ['few lines that stand for very many', doubling(), /parts once|nested deeper/],
    ['deep nesting', nested(40), /nested deeper/],
    ['length', { description: 'x'.repeat(200_000) }, /longer than/],
    ['look-around', { properties: { a: { pattern: '(?=a)' } } }, /RE2/],
    ['back references', { patternProperties: { '(a)\\1': {} } }, /RE2/],
    ['dialects that nobody knows', { $schema: 'https://evil.example/meta' }, /Only JSON Schema/],
    ['dynamic references', { $dynamicRef: '#x' }, /not supported/],
    ['what is no schema', { properties: { a: 5 } }, /must be an object/],
    ['keywords with nonsense', { type: 'strong' }, /schema is invalid|type/],
  ] as const)('is refused for %s', (_, schema, message) => {
    expect(issueOf(schema as Record<string, unknown>)).toMatch(message)
  })

  it('cannot reach into prototypes', () => {
    const schema = JSON.parse('{"properties": {"__proto__": {"type": "string"}}}') as Record<string, unknown>
    expect(issueOf(schema)).toMatch(/cannot have that name/)
    expect(issueOf({ $ref: '#/constructor' })).toMatch(/Nothing is at/)
  })

  it('is held to each of its own patterns, in linear time', () => {
    const compiled = compileSchema({ properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { type: 'string', pattern: '^b$' } } })
    expect(compiled.violations({ a: 'aaa', b: 'b' })).toEqual([])
    expect(compiled.violations({ a: 'aaa', b: 'a' }).map(({ path }) => path)).toEqual(['/b'])
    // A backtracking engine would not come back from this.
    expect(compiled.violations({ a: `${'a'.repeat(5000)}!` }).map(({ path }) => path)).toEqual(['/a'])
  })

  it('is compiled once', () => {
    expect(compileSchema({ type: 'object', title: 'once' })).toBe(compileSchema({ type: 'object', title: 'once' }))
  })

  it('is read as draft 7 where it says so, and two schemas may have one $id', () => {
    const seven = { $schema: 'http://json-schema.org/draft-07/schema#', $id: 'same', type: 'array', items: [{ type: 'string' }], definitions: {} }
    expect(compileSchema(seven).violations([1]).map(({ path }) => path)).toEqual(['/0'])
    expect(compileSchema({ $id: 'same', type: 'string' }).violations(1)).toHaveLength(1)
  })
})

const locale = { resolve: createResolver('https://shop.example/a/'), language: 'en' }
const run = (html: string, selectors: Parameters<typeof select>[1]) => select(parseHtml(html).root, selectors, locale)

describe('selectors', () => {
  it('nest at will, and name what matches nothing', () => {
    const { value, unmatched } = run('<ul><li><h3>A</h3><a href="x">1</a></li><li><h3>B</h3></li></ul>', { items: { selector: 'li', list: true, fields: { title: 'h3', link: { selector: 'a', attribute: 'href' } } }, none: { selector: 'table', list: true } })
    expect(value).toEqual({ items: [{ title: 'A', link: 'https://shop.example/a/x' }, { title: 'B' }], none: [] })
    expect(Object.fromEntries(unmatched)).toEqual({ '/items/*/link': 'a matches nothing', '/none': 'table matches nothing' })
  })

  it('give values the form that is asked for', () => {
    const { value } = run('<p id="a">1.234,50 €</p><time datetime="2026-03-04">4 March</time><b>In stock</b><i>SKU: AB-12 (new)</i><u>yes</u><div><em>x</em></div>', {
      money: { selector: '#a', type: 'money' }, number: { selector: '#a', type: 'number' }, date: { selector: 'time', type: 'date' }, boolean: { selector: 'b', type: 'boolean' }, sku: { selector: 'i', regex: 'SKU: ([A-Z0-9-]+)' }, bad: { selector: 'u', type: 'integer' }, html: { selector: 'div', type: 'html' },
    })
    expect(value).toEqual({ money: { amount: 1234.5, currency: 'EUR' }, number: 1234.5, date: '2026-03-04', boolean: true, sku: 'AB-12', html: '<em>x</em>' })
  })

  it('are refused before anything is fetched', () => {
    expect(selectorIssues({ a: 'h1[', b: { selector: 'p', regex: '(?<!x)' }, c: {}, d: { selector: 'li', fields: { e: '>>>' }, type: 'number' } }).map(({ path, code }) => [path.join('.'), code])).toEqual([
      ['selectors.a', 'invalid_selector'], ['selectors.b.regex', 'invalid_regex'], ['selectors.c', 'invalid_value'], ['selectors.d', 'invalid_value'], ['selectors.d.fields.e', 'invalid_selector'],
    ])
  })

  it('ask for a browser\'s tree only where it could differ from ours', () => {
    expect(needsBrowserTree({ a: 'div.card h3', b: { selector: '[data-id="1"]', fields: { c: '#x' } } })).toBe(false)
    for (const selector of ['table > tbody > tr', 'title', 'meta[name=x]', 'li:nth-child(2)', '[property="og:title"]']) expect(needsBrowserTree({ a: selector })).toBe(true)
  })

  it('end on a page made to be slow', () => {
    const { value } = run('<div>'.repeat(400) + '<p>x</p>'.repeat(20_000), { a: { selector: 'div p', list: true } })
    expect((value.a as unknown[]).length).toBe(1000)
    expect(select(new Document([]), { a: 'p' }, locale).value).toEqual({})
  })
})

describe('numbers', () => {
  it.each([
    ['$1,299.00', 'en', 1299], ['1.299,00 €', 'en', 1299], ['1 299,50 zł', 'pl', 1299.5], ["CHF 1'299.50", 'de', 1299.5], ['1.299', 'de', 1299], ['1.299', 'en', 1.299], ['12,5', 'en', 12.5], ['1,284 ratings', 'en', 1284],
    ['4.6 out of 5 stars', 'en', 4.6], ['2.3k', 'en', 2300], ['1.5M', 'en', 1_500_000], ['12.4 m', 'en', 12.4], ['-5 °C', 'en', -5], ['38,000–46,000', 'en', 38_000], ['₹12,34,567', 'en', 1_234_567], ['none', 'en', undefined], ['0.99', 'de', 0.99],
  ] as const)('%s (%s)', (text, language, value) => {
    expect(numberOf(text, language)).toBe(value)
  })
})

describe('what goes to a model and what comes back', () => {
  it('cuts between blocks, loses nothing, and keeps beginning and end of what is too long', () => {
    const text = Array.from({ length: 400 }, (_, i) => `Paragraph ${i} of the text.`).join('\n\n')
    const { chunks, cut } = chunksOf(text, 1000, 10)
    expect(cut).toBe(false)
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text)
    expect(chunks.every((chunk) => text.startsWith(chunk.text, chunk.at))).toBe(true)
    const short = chunksOf(text, 500, 2)
    expect([short.cut, short.chunks.length, short.chunks[0]?.text.startsWith('Paragraph 0 '), short.chunks[1]?.text.endsWith('Paragraph 399 of the text.')]).toEqual([true, 2, true, true])
  })

  it('finds quotations whatever their spacing, case and marks', () => {
    const page = searchable('The **ferry** “Skua”\n  carried\u00a0412 [passengers](x)')
    expect(page.find('the FERRY "skua" carried 412')).toBe(0)
    expect(page.find('carried 413')).toBe(-1)
    expect(page.find('')).toBe(-1)
  })

  it.each(['', 'no', '[]', '{', '{"a": [1, 2', '```\n{"a":1}\n```'])('survives %j', (text) => {
    expect(() => jsonIn(text)).not.toThrow()
  })
})
