import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp()
  key = await app.key()
})
afterAll(() => app.close())

interface Body {
  code?: string
  billed_credits?: number
  data: { markdown: string; text?: string; html?: string; links?: { url: string }[]; content_type: string; metadata: Record<string, unknown>; warnings: string[] }
}

const scrape = async (path: string, more: object = {}): Promise<Body & { status: number }> => {
  const reply = await app.request('/v1/scrape', { json: { url: `https://documents.lab.test${path}`, ...more }, headers: { authorization: `Bearer ${key.secret}` } })
  return { status: reply.status, ...(await reply.json() as Body) }
}
const markdownOf = async (path: string, more: object = {}): Promise<string> => (await scrape(path, more)).data.markdown

describe('PDF', () => {
  it('is read in order: columns, headings by size, lists, code, a ruled table, links, page marks; running feet are left out', async () => {
    const { data } = await scrape('/report.pdf')
    expect(data.markdown).toBe(`# Gauge report

A report about water levels, with a link [to the data](https://data.lab.test/data.csv) and a word that is divided at the end of its line.

## Columns

The gauges of the harbour have been read by hand since the year in which the old pier was built, and nobody has missed a day. In winter the keeper walks over the ice with a lamp and a notebook that is kept dry in a tin. The numbers go to the office by the morning ferry, where they are copied into the ledger.

After the columns the text goes on over the full width of the page.

<!-- page 2 -->

## Readings

Levels in centimetres:

| Gauge | Morning | Evening |
| --- | --- | --- |
| Skerry Point | 412 | 398 |
| Quay 7 | 398 | 401 |

## 2. Method

- by hand
- by float

The **important** part is the tin.

\`\`\`
read --gauge skerry
  --unit cm
\`\`\`

<!-- page 3 -->

The third page is short.`)
    expect(data.content_type).toBe('application/pdf')
    expect(data.metadata).toMatchObject({ title: 'Gauge report', author: 'Marta Quill', description: 'Water levels', keywords: ['gauges', 'harbour'], published_at: '2025-11-02T10:10:00+01:00', modified_at: '2025-11-03T08:00:00Z', page_count: 3 })
  })

  it('is given in the other formats too, whatever the mode', async () => {
    const { data } = await scrape('/report.pdf', { mode: 'prune', formats: ['text', 'html', 'links'] })
    expect(data.text).toContain('Gauge report\n\nA report about')
    expect(data.html).toContain('<td>412</td>')
    expect(data.links?.map((link) => link.url)).toEqual(['https://data.lab.test/data.csv'])
  })

  it('ends at a limit of pages, and says so', async () => {
    const few = await scrape('/long.pdf', { max_pages: 3 })
    expect(few.data.markdown.match(/This is page/g)).toHaveLength(3)
    expect(few.data.warnings).toEqual(['Only the first 3 of 600 pages were converted.'])
    expect((await scrape('/long.pdf')).data.warnings).toEqual(['Only the first 500 of 600 pages were converted.'])
  })

  it('is a clear failure where it is encrypted, scanned or broken', async () => {
    expect(await scrape('/encrypted.pdf')).toMatchObject({ status: 422, code: 'content.encrypted', billed_credits: 0 })
    expect((await scrape('/scan.pdf')).code).toBe('content.empty')
    expect((await scrape('/broken.pdf')).code).toBe('content.parse_failed')
  })
})

describe('office files', () => {
  const table = '| Gauge | cm |\n| --- | --- |\n| Skerry Point | 412 |'

  it('reads Word', async () => {
    const { data } = await scrape('/report.docx')
    expect(data.markdown).toBe('# Gauge report\n\nThe gauges are **important**, see [the data](https://data.lab.test/data.csv).[^1]\n\n## Method\n\n- by hand\n  - with a lamp\n- by float\n\n| Gauge | Morning | Evening |\n| --- | --- | --- |\n| Skerry Point | 412 | 398 |\n| Quay 7 | closed |  |\n\n[^1]: In tins.')
    expect(data.metadata).toMatchObject({ title: 'Gauge report', author: 'Marta Quill', modified_at: '2025-11-03T08:00:00Z' })
  })

  it('reads Excel: dates, shares, merged cells, links; no hidden sheet', async () => {
    const { data } = await scrape('/levels.xlsx')
    expect(data.markdown).toBe('## Levels\n\n| Gauge | Read on | Level | Full |\n| --- | --- | --- | --- |\n| Skerry Point | 2025-11-02 | 412 | 12.5% |\n| [Quay 7](https://data.lab.test/data.csv) | 2025-11-02 12:00 | TRUE |  |\n| closed in winter |  |  |  |\n\n<!-- page 2 -->\n\n## Notes & more\n\n| Key | Value |\n| --- | --- |\n| a \\| b | two<br>lines |')
    expect(data.metadata.page_count).toBe(2)
  })

  it('reads PowerPoint in the order of its slides', async () => {
    expect(await markdownOf('/talk.pptx')).toBe(`## How gauges are read\n\n- by hand\n  - with a lamp\n- **by float**\n\n> Show the lamp.\n\n<!-- page 2 -->\n\n## Readings\n\n${table}`)
  })

  it('reads OpenDocument', async () => {
    expect(await markdownOf('/report.odt')).toBe(`# Gauge report\n\nThe gauges are **important**, see [the data](https://data.lab.test/data.csv). (In tins.)\n\n- by hand\n  - with a lamp\n\n${table}`)
    expect(await markdownOf('/levels.ods')).toBe(`## Levels\n\n${table}\n\n<!-- page 2 -->\n\n## More\n\n${table}`)
    expect(await markdownOf('/talk.odp')).toBe('## How gauges are read\n\n- by hand\n\n> Show the lamp.')
  })

  it('reads rich text, whatever its code pages', async () => {
    expect(await markdownOf('/report.rtf')).toBe(`# Gauge report\n\nThe gauges are **important** — café, Привет, see [the data](https://data.lab.test/data.csv).\n\n## Method\n\n- by hand\n- by float\n\n{braces} and a space  \nnext line\n\n${table}\n\nEnd.`)
  })

  it('knows them by their bytes', async () => {
    for (const path of ['/nameless', '/docx-as-zip']) expect((await scrape(path)).data.content_type ?? path).toMatch(/wordprocessingml/)
    const page = await scrape('/html.pdf')
    expect(page.data).toMatchObject({ content_type: 'text/html', markdown: expect.stringContaining('A page under the name of a file.') })
  })

  it('says that a password is missing', async () => {
    for (const path of ['/sealed.docx', '/locked.epub']) expect((await scrape(path)).code, path).toBe('content.encrypted')
  })
})

it('reads books', async () => {
  const { data } = await scrape('/book.epub')
  expect(data.markdown).toBe('# Ice\n\nHe walked over the ice. *A lamp* See [the tin](https://documents.lab.test/book.epub#tin).\n\n<!-- page 2 -->\n\n# Tin\n\nIt was dry, see [the data](https://data.lab.test/data.csv).')
  expect(data.metadata).toMatchObject({ title: 'The Keeper', author: 'Marta Quill', language: 'en', page_count: 2 })
})

describe('pictures', () => {
  it('tell their size and what a camera wrote', async () => {
    const { data } = await scrape('/photo.jpg')
    // It lies on its side.
    expect(data.metadata).toMatchObject({ width: 480, height: 640, author: 'Marta Quill', description: 'The tide gauge at Skerry Point', published_at: '2025-11-02T10:10:00' })
    expect(data.markdown).toContain('Lab Optics Lamp 7')
    expect((await scrape('/picture.png')).data.metadata).toMatchObject({ width: 64, height: 48 })
  })

  it('that are drawn have words', async () => {
    const { data } = await scrape('/drawing.svg')
    expect(data.metadata).toMatchObject({ title: 'Tide', description: 'High water at noon', width: 90, height: 60 })
    expect(data.markdown).toContain('412 cm')
  })
})

describe('files that are made to harm', () => {
  it.each([
    ['/bomb.docx', ['content.too_large']],
    ['/entities.docx', ['content.parse_failed']],
    ['/nested.docx', ['content.parse_failed']],
    ['/lying.xlsx', ['content.parse_failed']],
  ])('%s fails by name', async (path, codes) => {
    expect(codes).toContain((await scrape(path)).code)
  })

  it('a sheet of 400,000 rows gives its beginning', async () => {
    const { data } = await scrape('/long.xlsx')
    expect(data.markdown.split('\n').length).toBeLessThan(20_010)
    expect(data.warnings[0]).toMatch(/first 20000 rows/)
  })

  it('and leave the server as it was', async () => {
    expect((await scrape('/report.odt')).status).toBe(200)
  })
})

it('capabilities list what is read', async () => {
  const { data } = await (await app.request('/v1/capabilities')).json() as { data: { content_types: string[] } }
  expect(data.content_types).toEqual(expect.arrayContaining(['application/pdf', 'application/epub+zip', 'application/rtf', 'image/jpeg', 'text/csv', 'application/vnd.oasis.opendocument.text']))
})
