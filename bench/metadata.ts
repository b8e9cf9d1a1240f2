// Title, author and date against the ground truth of the corpus, beside metadata extractors from npm on the same pages,
// and what structured extraction adds to a conversion. CORPUS_DIR=… node bench/metadata.ts [--misses] [--types=article,forum]
import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Readability } from '@mozilla/readability'
import metascraper from 'metascraper'
import metascraperAuthor from 'metascraper-author'
import metascraperDate from 'metascraper-date'
import metascraperTitle from 'metascraper-title'
import { Defuddle } from 'defuddle/node'
import { parseHTML } from 'linkedom'
import { convertDocument } from '../src/engine/convert/convert-document.ts'
import { isoDate } from '../src/engine/convert/metadata/dates.ts'
import type { ConvertInput } from '../src/engine/convert/types.ts'
import { noCorpus, pageTypes, readCorpus, type CorpusPage } from './extract-corpus.ts'
import { quantile, table } from './lib/stats.ts'

interface Said { title: string; author: string; date: string }
interface Truth extends Said { page: CorpusPage }

const truths = (): Truth[] | undefined => {
  const pages = readCorpus()
  const root = process.env.CORPUS_DIR ?? ''
  const folder = existsSync(join(root, 'ground-truth.jsonl.gz')) ? root : join(root, 'wcxb-dev')
  if (!pages) return undefined
  const rows = gunzipSync(readFileSync(join(folder, 'ground-truth.jsonl.gz'))).toString('utf8').trim().split('\n').map((row) => JSON.parse(row) as { id: string; author?: string | null; publish_date?: string | null })
  const byId = new Map(rows.map((row) => [row.id, row]))
  const types = process.argv.find((option) => option.startsWith('--types='))?.slice(8).split(',')
  return pages.filter((page) => types?.includes(page.type) ?? true).map((page) => ({ page, title: page.title, author: byId.get(page.id)?.author ?? '', date: byId.get(page.id)?.publish_date ?? '' }))
}

const input = (page: CorpusPage, formats: ConvertInput['formats']): ConvertInput => ({ body: Buffer.from(page.html), contentType: 'text/html; charset=utf-8', url: page.url, status: 200, headers: [], formats, mode: 'normal', includeSelectors: [], excludeSelectors: [], given: true })

const scrapeMeta = metascraper([metascraperTitle(), metascraperAuthor(), metascraperDate()])

const extractors: Record<string, (page: CorpusPage) => Promise<Said>> = {
  lyrebird: async (page) => {
    const { metadata } = await convertDocument(input(page, [{ kind: 'raw_html' }]))
    return { title: metadata.title ?? '', author: metadata.author ?? '', date: metadata.published_at ?? '' }
  },
  'lyrebird by schema': async (page) => {
    const schema = { type: 'object', properties: { title: { type: 'string' }, author: { type: 'string' }, date_published: { type: 'string' } } }
    const { extract } = await convertDocument(input(page, [{ kind: 'json', extract: { schema } }]))
    const data = (extract?.data ?? {}) as Record<string, string | undefined>
    return { title: data.title ?? '', author: data.author ?? '', date: data.date_published ?? '' }
  },
  defuddle: async (page) => {
    const made = await Defuddle(parseHTML(page.html).document as never, page.url, { useAsync: false })
    return { title: made.title, author: made.author, date: made.published }
  },
  metascraper: async (page) => {
    const made = await scrapeMeta({ html: page.html, url: page.url, validateUrl: false })
    return { title: made.title ?? '', author: made.author ?? '', date: made.date ?? '' }
  },
  readability: (page) => {
    const made = new Readability(parseHTML(page.html).document as never, { charThreshold: 0 }).parse()
    return Promise.resolve({ title: made?.title ?? '', author: made?.byline ?? '', date: made?.publishedTime ?? '' })
  },
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
const agrees = {
  title: (said: string, truth: string) => fold(said) === fold(truth),
  /** One of the names that the truth has, whole, and nothing as long again beside them. */
  author: (said: string, truth: string) => {
    const all = fold(said)
    const whole = fold(truth)
    const names = truth.split(/,|;|&| and /).map(fold).filter((name) => name.length > 1)
    return all !== '' && (all === whole || (names.some((name) => ` ${all} `.includes(` ${name} `)) && all.length <= whole.length * 2 + 10))
  },
  date: (said: string, truth: string) => {
    const day = isoDate(said)?.slice(0, truth.length)
    return day !== undefined && day === truth
  },
}

const rows = truths()
if (!rows) {
  console.log(noCorpus)
  process.exit(0)
}
const quiet = console.error
console.error = () => {}
const results = new Map<string, { said: Said; truth: Truth; ms: number }[]>()
for (const [name, run] of Object.entries(extractors)) {
  const list = []
  for (const truth of rows) {
    const started = performance.now()
    const said = await run(truth.page).catch(() => ({ title: '', author: '', date: '' }))
    list.push({ said, truth, ms: performance.now() - started })
  }
  results.set(name, list)
}
console.error = quiet

const fields = ['title', 'author', 'date'] as const
const groups: Record<string, (truth: Truth) => boolean> = { all: () => true, ...Object.fromEntries(pageTypes.map((type) => [type, (truth: Truth) => truth.page.type === type])) }
for (const [group, belongs] of Object.entries(groups)) {
  console.log(`\n${group}: share of the pages whose ground truth has the field; in brackets, values given where it has none`)
  console.log(table(['extractor', ...fields, 'ms p50'], [...results].map(([name, list]) => [
    name,
    ...fields.map((field) => {
      const known = list.filter(({ truth }) => belongs(truth) && truth[field] !== '')
      const right = known.filter(({ said, truth }) => agrees[field](said[field] ?? '', truth[field]))
      const extra = list.filter(({ said, truth }) => belongs(truth) && truth[field] === '' && (said[field] ?? '') !== '')
      return known.length === 0 ? '–' : `${((right.length / known.length) * 100).toFixed(1)} % of ${known.length} (${extra.length})`
    }),
    quantile(list.map(({ ms }) => ms), 0.5).toFixed(1),
  ])))
}

const schema = { type: 'object', properties: Object.fromEntries([['name', 'string'], ['description', 'string'], ['price', 'number'], ['currency', 'string'], ['in_stock', 'boolean'], ['rating', 'number'], ['review_count', 'integer'], ['brand', 'string'], ['author', 'string'], ['image', 'string'], ['weight', 'string']].map(([name, type]) => [name, { type }])) }
const list = { type: 'object', properties: { ...schema.properties, items: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' }, url: { type: 'string' }, price: { type: 'number' } } } } } }
const added: number[] = []
// Every fourth page: five conversions of each are slow where many pages are large.
for (const { page } of rows.filter((_, i) => i % 4 === 0)) {
  const time = async (formats: ConvertInput['formats']): Promise<number> => {
    const started = performance.now()
    await convertDocument(input(page, formats))
    return performance.now() - started
  }
  await time([{ kind: 'markdown' }])
  const without = Math.min(await time([{ kind: 'markdown' }]), await time([{ kind: 'markdown' }]))
  const formats: ConvertInput['formats'] = [{ kind: 'markdown' }, { kind: 'json', extract: { schema: list } }]
  added.push(Math.min(await time(formats), await time(formats)) - without)
}
console.log(`\nAdded to a conversion by a schema of 11 fields and a list: p50 ${quantile(added, 0.5).toFixed(1)} ms, p95 ${quantile(added, 0.95).toFixed(1)} ms, most ${Math.max(...added).toFixed(0)} ms`)

if (process.argv.includes('--misses')) {
  for (const { said, truth } of results.get('lyrebird') ?? []) for (const field of fields) {
    if (truth[field] !== '' && !agrees[field](said[field] ?? '', truth[field])) console.log(`${truth.page.type} ${truth.page.id} ${field}: "${said[field]}" for "${truth[field]}" ${truth.page.url}`)
  }
}
