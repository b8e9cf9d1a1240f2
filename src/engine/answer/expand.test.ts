import { describe, expect, it } from 'vitest'
import { expanded } from './expand.ts'

const now = new Date(Date.UTC(2026, 4, 1))
const of = (question: string, max = 5) => expanded(question, max, now)

describe('sub-queries without a model', () => {
  it('begin with the question, and are at least two of whatever is asked', () => {
    for (const question of ['gpu rental', 'tea', '茶', '東京の天気予報', '"exact words"', 'site:example.com', '???', 'Wie teuer ist Strom', 'a b c d e f g h i j k l m n o p', `${'x'.repeat(499)}`, '\ud800 broken']) {
      const queries = of(question)
      expect(queries[0]).toBe(question.replace(/\s+/g, ' ').toWellFormed())
      expect(queries.length, question).toBeGreaterThanOrEqual(2)
      expect(new Set(queries).size).toBe(queries.length)
      for (const query of queries) expect(query.length).toBeLessThanOrEqual(500)
      expect(of(question, 1)).toHaveLength(1)
      expect(of(question, 30).length).toBeLessThanOrEqual(6)
    }
  })

  it('ask for each of what is compared', () => {
    expect(of('postgres vs mysql for analytics')).toEqual(expect.arrayContaining(['postgres for analytics', 'mysql for analytics']))
    expect(of('difference between tea and coffee')).toEqual(expect.arrayContaining(['tea', 'coffee']))
  })

  it('ask for each part of a question of several', () => {
    expect(of('Who founded Acme and when did it go public?')).toEqual(expect.arrayContaining(['Who founded Acme', 'when did it go public']))
    expect(of('Prices of kettles. Safety of kettles.')).toEqual(expect.arrayContaining(['Prices of kettles', 'Safety of kettles']))
  })

  it('keep operators in every sub-query', () => {
    for (const query of of('what is the retry policy site:docs.example.com -site:old.docs.example.com')) {
      expect(query).toContain('site:docs.example.com -site:old.docs.example.com')
    }
  })
})
