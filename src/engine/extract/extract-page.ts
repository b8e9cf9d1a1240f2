import type { Document } from 'domhandler'
import type { Metadata } from '../../contract/document.ts'
import type { ExtractOptions, Source } from '../../contract/extract.ts'
import { applySelectors, parseAsBrowser, type Selectors } from '../convert/dom/select.ts'
import type { Page } from '../convert/dom/parse.ts'
import type { Resolve } from '../convert/dom/url.ts'
import { eachElement } from '../convert/dom/walk.ts'
import { adapters } from './adapters/index.ts'
import { simplified } from './coerce.ts'
import { fill, fillObject } from './match.ts'
import { fieldOf, keyOf } from './names.ts'
import { fromMicrodata, nodesOf, type Node } from './nodes.ts'
import { PageScope, type PageMaterial } from './page-scope.ts'
import { rdfaOf } from './rdfa.ts'
import { isRecord, prepareSchema, shapeOf, type Schema } from './schema.ts'
import { needsBrowserTree, select } from './selectors.ts'
import { statesOf } from './state.ts'

/** What a page gave without a model. */
export interface PageExtract {
  data: unknown
  sources: Record<string, Source>
  unmatched: Record<string, string>
}

export interface PageInput {
  page: Page
  html: string
  url: string
  resolve: Resolve
  metadata: Metadata
  selectors: Selectors
  options: ExtractOptions
}

/** Selectors first, then whatever of the schema the page says in a form made for machines, or shows under a name. */
export const extractPage = (input: PageInput): PageExtract => {
  const { page, url, resolve, metadata } = input
  const root = treeFor(input)
  const material: PageMaterial = { url, resolve, metadata, nodes: pageNodes(page, url, resolve, metadata), states: statesOf(page.stateScripts), stateSource: 'state', root }
  return extractFrom(material, input.options, root)
}

/** A body that is data itself. */
export const extractData = (value: unknown, url: string, resolve: Resolve, metadata: Metadata, options: ExtractOptions): PageExtract =>
  extractFrom({ url, resolve, metadata, nodes: [], states: [{ path: '$', value }], stateSource: 'body', root: undefined }, options, undefined)

const extractFrom = (material: PageMaterial, options: ExtractOptions, root: Document | undefined): PageExtract => {
  const locale = { resolve: material.resolve, language: material.metadata.language }
  const selected = options.selectors && root ? select(root, options.selectors, locale) : undefined
  const sources = new Map<string, Source>(selected?.sources)
  const unmatched = Object.fromEntries(selected?.unmatched ?? [])
  const prepared = options.schema && prepareSchema(options.schema)
  if (prepared?.ok) {
    const filled = fromSchema(prepared.schema, material, selected?.value, locale)
    if (filled) {
      for (const [pointer, source] of filled.sources) if (!sources.has(pointer)) sources.set(pointer, source)
      return { data: isRecord(filled.value) ? { ...filled.value, ...selected?.value } : filled.value, sources: Object.fromEntries(sources), unmatched }
    }
  } else if (!options.selectors && options.prompt === undefined) return { ...described(material), unmatched }
  const own = selected && Object.keys(selected.value).length > 0 ? selected.value : undefined
  return { data: own, sources: Object.fromEntries(sources), unmatched }
}

const fromSchema = (schema: Schema, material: PageMaterial, selected: Record<string, unknown> | undefined, locale: { resolve: Resolve; language: string | undefined }) => {
  const shape = shapeOf(schema)
  const about = keyOf(`${typeof schema.title === 'string' ? schema.title : ''} ${typeof schema.description === 'string' ? schema.description.slice(0, 100) : ''}`)
  if (shape.type !== 'object') return fill(schema, '', new PageScope(material).focus([], about), locale)
  // What the caller's own selectors gave is not looked for.
  const open = { ...shape, properties: Object.fromEntries(Object.entries(shape.properties).filter(([name]) => !(selected && name in selected))) }
  return fillObject(open, new PageScope(material).focus(Object.keys(open.properties).map(fieldOf), about), locale, 0)
}

/** With nothing asked for: the thing that the page is about, as it describes it. */
const described = (material: PageMaterial): Omit<PageExtract, 'unmatched'> => {
  const things = material.nodes.filter(({ types }) => types.length > 0 && !types.every((type) => /^(?:WebSite|WebPage|BreadcrumbList|ImageObject|Organization|Person|SearchAction|SiteNavigationElement)$/.test(type)))
  const main = (things.length > 0 ? things : material.nodes).toSorted((a, b) => weight(b) - weight(a))[0]
  const value = main ? simplified(main.data, 0) : material.stateSource === 'body' ? material.states[0]?.value : undefined
  if (!isRecord(value)) return value === undefined ? { data: undefined, sources: {} } : { data: value, sources: { '': { source: material.stateSource, path: '$' } } }
  const source: Source = main ? { source: main.source, path: main.path } : { source: material.stateSource, path: '$' }
  return { data: value, sources: Object.fromEntries(Object.keys(value).map((name) => [`/${name}`, { ...source, path: `${source.path}.${name}` }])) }
}

const weight = (node: Node): number => Object.keys(node.data).length + (node.source === 'adapter' ? 100 : 0)

/** The tree that selectors and blocks are read from. */
const treeFor = ({ page, html, selectors, options }: PageInput): Document => {
  const filtered = selectors.include.length + selectors.exclude.length > 0
  const asBrowser = filtered || (options.selectors !== undefined && needsBrowserTree(options.selectors))
  if (!asBrowser || page.truncated || page.flattened) return page.root
  const tree = parseAsBrowser(html) ?? page.root
  return filtered && tree !== page.root ? applySelectors(tree, selectors) : tree
}

const pageNodes = (page: Page, url: string, resolve: Resolve, metadata: Metadata): Node[] => {
  const address = URL.parse(url)
  const records = address ? adapters.filter((adapter) => adapter.fits(page, address)).flatMap((adapter) => adapter.read(page, address, resolve) ?? []) : []
  return [
    ...nodesOf(records, 'adapter'),
    ...nodesOf(metadata.json_ld ?? [], 'json_ld'),
    ...nodesOf(fromMicrodata(metadata.microdata ?? []), 'microdata'),
    ...(hasRdfa(page) ? nodesOf(rdfaOf(page.root, resolve), 'rdfa') : []),
  ]
}

const hasRdfa = (page: Page): boolean => {
  let found = 'typeof' in page.body || 'typeof' in page.html
  eachElement(page.root, (element) => {
    if ('typeof' in element.attribs) found = true
    return !found
  })
  return found
}
