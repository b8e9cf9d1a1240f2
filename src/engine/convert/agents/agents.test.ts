import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countTokens } from '../../../lib/tokens.ts'
import { convertDocument } from '../convert-document.ts'
import { failureOf, inputOf } from '../testing.ts'

const guide = `<title>Guide</title><nav><a href="/menu">Menu</a><a href="https://other.test/">Other</a></nav><main><p>Before.</p><h1>The <em>Guide</em></h1><p>Start. <a href="/start">here</a> or <a href="/menu">there</a></p>
<h2>Install</h2><p>All systems.</p><h3>Linux</h3><pre><code>apt install

# not a heading
</code></pre><h3>Mac</h3><p>Brew.</p><h2>Use</h2><table><tr><th>A</th><th>B</th></tr>${'<tr><td>one two three</td><td>four five six</td></tr>'.repeat(60)}</table><h3>Linux</h3><p>The other Linux.</p></main>`

const convert = async (over: Partial<Parameters<typeof inputOf>[1]> & { requests?: Parameters<typeof convertDocument>[0]['formats'] } = {}, html = guide) => {
  const { requests, ...rest } = over
  const input = inputOf(html, rest)
  return await convertDocument(requests ? { ...input, formats: requests } : input)
}

describe('sections', () => {
  it('are the headings with what stands below them, by path', async () => {
    const { formats, tokens } = await convert({ formats: ['sections'] })
    expect(formats.sections?.map(({ path, level }) => [path.join(' > '), level])).toEqual([
      ['', 0], ['The Guide', 1], ['The Guide > Install', 2], ['The Guide > Install > Linux', 3], ['The Guide > Install > Mac', 3], ['The Guide > Use', 2], ['The Guide > Use > Linux', 3],
    ])
    expect(formats.sections?.[3]?.markdown).toBe('### Linux\n\n```\napt install\n\n# not a heading\n```')
    const [, whole, install, linux, mac] = formats.sections ?? []
    expect(install?.tokens).toBe(countTokens('## Install\n\nAll systems.') + (linux?.tokens ?? 0) + (mac?.tokens ?? 0))
    expect(whole?.tokens).toBeGreaterThan(install?.tokens ?? 0)
    expect(formats.markdown).toBeUndefined()
    expect(tokens).toBeUndefined()
  })

  it('may be an outline only', async () => {
    const { formats } = await convert({ requests: [{ kind: 'sections', outline: true }] })
    expect(formats.sections?.some((section) => 'markdown' in section)).toBe(false)
  })

  it('narrow the page by their path, or its end', async () => {
    const at = async (section: string) => (await convert({ section })).formats.markdown
    expect(await at('The Guide > Install')).toBe('## Install\n\nAll systems.\n\n### Linux\n\n```\napt install\n\n# not a heading\n```\n\n### Mac\n\nBrew.')
    expect(await at('use  > LINUX')).toBe('### Linux\n\nThe other Linux.')
    expect(await at('Mac')).toBe('### Mac\n\nBrew.')
    expect((await failureOf(convert({ section: 'Windows' }))).code).toBe('content.empty')
  })
})

describe('max_tokens', () => {
  it('cuts between blocks and says so', async () => {
    const whole = await convert()
    const { formats, tokens } = await convert({ maxTokens: 60 })
    expect(tokens).toEqual({ total: countTokens(whole.formats.markdown ?? ''), truncated: true })
    expect(countTokens(formats.markdown ?? '')).toBeLessThanOrEqual(60)
    expect(whole.formats.markdown?.startsWith(formats.markdown ?? '?')).toBe(true)
    expect(whole.formats.markdown?.slice(formats.markdown?.length).startsWith('\n\n')).toBe(true)
    expect((await convert({ maxTokens: 100_000 })).tokens?.truncated).toBe(false)
  })

  it('keeps to its budget and to the beginning, whatever the page', async () => {
    const word = fc.constantFrom('word', '# h\n\n', '\n\n', '. ', '```\n', '| a | b |\n', '| --- | --- |\n', '- item\n', '漢字', 'x'.repeat(300), '12345', '<!-- page 2 -->\n\n', '> q\n')
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')), fc.integer({ min: 1, max: 80 }), async (text, maxTokens) => {
        const { formats } = await convert({ contentType: 'text/markdown', maxTokens }, text)
        expect(countTokens(formats.markdown ?? '')).toBeLessThanOrEqual(maxTokens)
      }),
      { numRuns: 300 },
    )
  })
})

describe('chunks', () => {
  it('go along the headings, keep tables and code whole, and repeat a table’s head', async () => {
    const { formats } = await convert({ requests: [{ kind: 'chunks', chunks: { tokens: 120, overlap: 20 } }] })
    const chunks = formats.chunks ?? []
    expect(chunks.every((chunk) => chunk.tokens <= 120 * 1.1)).toBe(true)
    expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, i) => i))
    const rows = chunks.filter((chunk) => chunk.path.join(' > ') === 'The Guide > Use')
    expect(rows.length).toBeGreaterThan(3)
    expect(rows.every((chunk) => chunk.text.includes('| A | B |\n| --- | --- |'))).toBe(true)
    expect(rows.map((chunk) => chunk.text.match(/one two three/g)?.length ?? 0).reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(chunks.find((chunk) => chunk.text.includes('apt install'))?.text).toContain('```\napt install\n\n# not a heading\n```')
  })

  it('share the end of the one before within a section', async () => {
    const text = `# T\n\n${Array.from({ length: 60 }, (_, i) => `Sentence number ${i} is here.`).join(' ')}`
    const { formats } = await convert({ contentType: 'text/markdown', requests: [{ kind: 'chunks', chunks: { tokens: 100, overlap: 20 } }] }, text)
    const chunks = formats.chunks ?? []
    expect(chunks.length).toBeGreaterThan(3)
    for (const [i, chunk] of chunks.entries()) {
      if (i === 0) continue
      const shared = chunk.text.slice(0, chunk.overlap_chars)
      expect(shared.length).toBeGreaterThan(10)
      expect(chunks[i - 1]?.text.endsWith(shared)).toBe(true)
    }
    const all = chunks.map((chunk) => chunk.text.slice(chunk.overlap_chars ?? 0)).join(' ')
    for (let i = 0; i < 60; i++) expect(all).toContain(`Sentence number ${i} is here.`)
  })

  it('stay in proportion to the page where a table has a head without end, or a heading is made of brackets', async () => {
    const wide = `<table><tr>${'<th>a wide head'.repeat(900)}</tr>${`<tr>${'<td>x'.repeat(900)}</tr>`.repeat(300)}</table><h1>${'['.repeat(500_000)}</h1>`
    const { formats } = await convert({ requests: [{ kind: 'markdown' }, { kind: 'chunks', chunks: { tokens: 50 } }, { kind: 'sections', outline: true }] }, wide)
    const length = (formats.chunks ?? []).reduce((sum, chunk) => sum + chunk.text.length, 0)
    expect(length).toBeLessThan(2 * (formats.markdown?.length ?? 0))
  })

  it('hold every word, whatever the page', async () => {
    const piece = fc.oneof(fc.integer({ min: 0, max: 9999 }).map((n) => `w${n}w`), fc.constantFrom('\n\n', '\n\n# H\n\n', '\n\n- ', '. ', '\n'))
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(' ')), fc.integer({ min: 20, max: 60 }), async (text, tokens) => {
        const { formats } = await convert({ contentType: 'text/markdown', requests: [{ kind: 'chunks', chunks: { tokens, overlap: 8 } }] }, text)
        const got = (formats.chunks ?? []).flatMap((chunk) => chunk.text.slice(chunk.overlap_chars ?? 0).match(/w\d+w/g) ?? [])
        expect(got).toEqual(text.match(/w\d+w/g) ?? [])
      }),
      { numRuns: 200 },
    )
  })
})

it('links have a kind', async () => {
  const { formats } = await convert({ formats: ['links'] })
  expect(formats.links).toEqual([
    // It is in the menu and in the text.
    { url: 'https://site.test/menu', text: 'Menu', kind: 'content' },
    { url: 'https://other.test/', text: 'Other', kind: 'external' },
    { url: 'https://site.test/start', text: 'here', kind: 'content' },
  ])
  const header = await convert({ formats: ['links'] }, '<header><a href="/a">A</a></header><article><header><a href="/b">B</a></header></article><div class="site-footer"><a href="https://www.site.test/c">C</a></div>')
  expect(header.formats.links?.map((link) => link.kind)).toEqual(['navigation', 'content', 'navigation'])
})

it('the same bytes give the same, sections and chunks included', async () => {
  const formats = ['markdown', 'sections', 'chunks', 'links'] as const
  expect(await convert({ formats: [...formats] })).toEqual(await convert({ formats: [...formats] }))
})

describe('countTokens', () => {
  it.each([['', 0], ['word', 1], ['two words', 2], ['1234567', 3], ['漢字', 2], ['a\n\nb', 3]])('%j', (text, tokens) => {
    expect(countTokens(text)).toBe(tokens)
  })

  it('adds up', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }), (a, b) => {
      expect(countTokens(`${a}\n\n${b}`)).toBeLessThanOrEqual(countTokens(a) + countTokens(b) + 1)
    }))
  })
})
