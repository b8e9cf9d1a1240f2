// What filling a schema without a model adds to a conversion, in milliseconds of CPU, and how much of it the pages fill.
// CORPUS_DIR=… node bench/extract-data.ts [--every=4]. Title, author and date beside peers: bench/metadata.ts.
import { convertDocument } from '../src/engine/convert/convert-document.ts'
import type { ConvertInput } from '../src/engine/convert/types.ts'
import { noCorpus, readCorpus, type CorpusPage } from './extract-corpus.ts'
import { quantile, table } from './lib/stats.ts'

const types = { name: 'string', description: 'string', price: 'number', currency: 'string', in_stock: 'boolean', rating: 'number', review_count: 'integer', brand: 'string', author: 'string', image: 'string', weight: 'string' }
const properties = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]))
const item = { type: 'object', properties: { name: { type: 'string' }, url: { type: 'string' }, price: { type: 'number' } } }
const schema = { type: 'object', properties: { ...properties, items: { type: 'array', items: item } } }
const plain: ConvertInput['formats'] = [{ kind: 'markdown' }]
const withData: ConvertInput['formats'] = [...plain, { kind: 'json', extract: { schema } }]

const convert = async (page: CorpusPage, formats: ConvertInput['formats']) => {
  const started = process.cpuUsage()
  const { extract } = await convertDocument({ body: Buffer.from(page.html), contentType: 'text/html; charset=utf-8', url: page.url, status: 200, headers: [], formats, mode: 'normal', includeSelectors: [], excludeSelectors: [], given: true })
  const { user, system } = process.cpuUsage(started)
  return { extract, ms: (user + system) / 1000 }
}

/** The least of three: what else the machine does comes on top. */
const least = async (page: CorpusPage, formats: ConvertInput['formats']): Promise<number> =>
  Math.min((await convert(page, formats)).ms, (await convert(page, formats)).ms, (await convert(page, formats)).ms)

const every = Number(process.argv.find((option) => option.startsWith('--every='))?.slice(8) ?? 4)
const pages = readCorpus()?.filter((_, i) => i % every === 0)
if (!pages) {
  console.log(noCorpus)
  process.exit(0)
}
for (const page of pages.slice(0, 30)) await convert(page, withData)

const rows: { type: string; without: number; added: number; fields: number; items: number }[] = []
for (const page of pages) {
  const { extract } = await convert(page, withData)
  const data = (extract?.data ?? {}) as Record<string, unknown>
  const without = await least(page, plain)
  rows.push({ type: page.type, without, added: (await least(page, withData)) - without, fields: Object.keys(data).filter((name) => name in types).length, items: Array.isArray(data.items) ? data.items.length : 0 })
}
console.log(table(['kind', 'pages', 'conversion p50', 'added p50', 'added p95', 'fields filled, mean', 'with a list'], ['all', ...new Set(rows.map(({ type }) => type))].map((kind) => {
  const of = rows.filter(({ type }) => kind === 'all' || type === kind)
  const added = of.map((row) => row.added)
  return [
    kind, String(of.length), `${quantile(of.map(({ without }) => without), 0.5).toFixed(1)} ms`, `${quantile(added, 0.5).toFixed(1)} ms`, `${quantile(added, 0.95).toFixed(1)} ms`,
    (of.reduce((sum, { fields }) => sum + fields, 0) / of.length).toFixed(1), String(of.filter(({ items }) => items > 0).length),
  ]
})))
