import { describe, expect, it } from 'vitest'
import { isUnder, parseQuery } from './query.ts'

const nothing = { words: [], prefixes: [], phrases: [], without: [], sites: [], notSites: [] }

describe('parseQuery', () => {
  it('takes words, phrases, exclusions, beginnings and sites apart', () => {
    expect(parseQuery('red well-known "fast car" -slow -"very slow" inter* site:https://Docs.Example.com/x -site:bad.example')).toEqual({
      words: ['red', 'well-known'], prefixes: ['inter'], phrases: ['fast car'], without: ['slow', 'very slow'], sites: ['docs.example.com'], notSites: ['bad.example'],
    })
  })

  it('forgives quotes that never close, and knows those of other countries', () => {
    expect(parseQuery('a “b c” "d e')).toEqual({ ...nothing, words: ['a'], phrases: ['b c', 'd e'] })
  })

  it('finds nothing in mere signs', () => {
    expect(parseQuery('-- "" * & | ! <-> 😀 site: -site: "-"')).toMatchObject({ words: [], without: [], sites: [], notSites: [] })
  })
})

describe('isUnder', () => {
  it('takes a host and those below it, not one that merely ends alike', () => {
    expect(['example.com', 'a.b.example.com', 'notexample.com', 'example.com.evil.test'].map((host) => isUnder(host, ['example.com']))).toEqual([true, true, false, false])
  })
})
