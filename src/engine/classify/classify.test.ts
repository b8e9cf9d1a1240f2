import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Classification } from '../../contract/classification.ts'
import { readPage } from '../enrich/read-page.ts'
import { classifyPart } from './index.ts'
import { lexicon } from './lexicon.ts'
import { foreign, schemaTypes, synonyms } from './synonyms.ts'
import { categories } from './taxonomy.ts'

const classified = (html: string, url = 'https://site.example/'): Classification => classifyPart.read(readPage({ url, status: 200, headers: [], html, rendered: false }))
const page = (title: string, body: string): string => `<!doctype html><title>${title}</title><main><h1>${title}</h1><p>${body}</p></main>`

describe('the taxonomy', () => {
  it('is Content Taxonomy 1.0, whole, with the official way to 2.x', () => {
    expect(categories.size).toBe(392)
    expect([...categories.values()].filter(({ id, parentId }) => id === parentId)).toHaveLength(26)
    expect([...categories.values()].filter(({ v2 }) => v2 !== null)).toHaveLength(377)
    expect(categories.get('IAB13-4')).toEqual({ id: 'IAB13-4', parentId: 'IAB13', name: 'Financial Planning', v2: { id: '396', name: 'Financial Planning' }, v3: { id: '396', name: 'Financial Planning' } })
    expect(categories.get('IAB7')?.v2?.id).toBe('223')
    for (const { parentId } of categories.values()) expect(categories.has(parentId)).toBe(true)
  })

  it('has every category that a synonym or a type of schema.org names', () => {
    for (const id of [...Object.keys(synonyms), ...Object.keys(foreign), ...Object.values(schemaTypes)]) expect(categories.has(id), id).toBe(true)
    for (const { weights } of lexicon().terms.values()) for (const id of weights.keys()) expect(categories.has(id), id).toBe(true)
  })
})

describe('classify', () => {
  it('names a category, one below it, alternatives, and what spoke for them', () => {
    const found = classified(page('Retirement income calculator', 'Plan your retirement with a 401(k), an IRA and mutual funds; talk to a financial advisor about pensions and taxes.'))
    expect(found).toMatchObject({ iab_id: 'IAB13-10', iab_parent_id: 'IAB13', category: 'Personal Finance', subcategory: 'Retirement Planning', iab_v2: { id: '416', name: 'Retirement Planning' }, method: 'lexical' })
    expect(found.confidence).toBeGreaterThan(0.6)
    expect(found.evidence[0]).toMatchObject({ source: expect.any(String), at: expect.stringMatching(/retirement/) })
  })

  it('takes what structured data says before what words do', () => {
    const html = page('Green Tree', 'Open daily from nine.')
    expect(classified(html).iab_parent_id).not.toBe('IAB16')
    const told = classified(html.replace('<main>', '<script type="application/ld+json">{"@type":"VeterinaryCare","name":"Green Tree"}</script><main>'))
    expect(told).toMatchObject({ iab_id: 'IAB16-7', subcategory: 'Veterinary Medicine', evidence: [{ source: 'json_ld', at: '@type VeterinaryCare' }] })
    const reviewed = classified(html.replace('<main>', '<script type="application/ld+json">{"@type":"WebPage","mentions":{"@type":"VeterinaryCare"}}</script><main>'))
    expect(reviewed.iab_parent_id).not.toBe('IAB16')
  })

  it('reads other languages', () => {
    expect(classified(page('Urlaub und Reisen', 'Flug und Hotel für Ihre Ferien am Meer buchen'))).toMatchObject({ iab_parent_id: 'IAB20' })
    expect(classified(page('Avocat à Paris', 'Conseil en droit du travail, avocats au barreau'))).toMatchObject({ iab_parent_id: 'IAB11' })
  })

  it('is Uncategorized where nothing speaks', () => {
    for (const html of ['', '<p>', page('Zzyx', 'qwx qqq')]) {
      expect(classified(html, 'https://zzyx.example/')).toMatchObject({ iab_id: 'IAB24', iab_parent_id: 'IAB24', category: 'Uncategorized', subcategory: null, confidence: 0, alternatives: [] })
    }
  })

  it('gives ids of the taxonomy and the same answer twice, whatever the page', () => {
    const words = [...lexicon().terms.keys()]
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string(), fc.constantFrom('<h1>', '</h1>', '<nav>', '<a href=x>', '<script type="application/ld+json">{"@type":["Dentist",3]}</script>')), { maxLength: 40 }), (parts) => {
      const found = classified(parts.join(' '))
      for (const one of [found, ...found.alternatives]) {
        expect(categories.get(one.iab_id)).toMatchObject({ parentId: one.iab_parent_id })
        expect(one.subcategory === null).toBe(one.iab_id === one.iab_parent_id)
        expect(one.confidence).toBeGreaterThanOrEqual(0)
        expect(one.confidence).toBeLessThanOrEqual(1)
      }
      expect(classified(parts.join(' '))).toEqual(found)
    }), { numRuns: 60 })
  })
})
