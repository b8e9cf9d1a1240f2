import { Document } from 'domhandler'
import type { Formats, Metadata, Mode } from '../../contract/document.ts'
import type { FormatKind } from '../../contract/intent.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import { extractData, extractPage } from '../extract/extract-page.ts'
import { dataInText } from '../extract/text-data.ts'
import { judge, type Evidence } from '../judge/judge.ts'
import type { Verdict } from '../judge/verdict.ts'
import { forAgents, type AgentSources } from './agents/index.ts'
import { decode } from './charset.ts'
import { documents } from './documents/index.ts'
import { isDocumentKind, type DocumentKind } from './documents/types.ts'
import { degradedLimits, usualLimits, type Limits } from './dom/limits.ts'
import { parseHtml, type Page } from './dom/parse.ts'
import { createResolver, type Resolve } from './dom/url.ts'
import { kinds } from './kinds/index.ts'
import type { Markup, Plain } from './kinds/kind.ts'
import { pageKindOf, selectMainContent, type MainContent } from './main-content/index.ts'
import { toMarkdown } from './markdown/serialize.ts'
import { isBlankDocument } from './dom/blank.ts'
import { metadataOf } from './metadata/index.ts'
import { readingOf } from './metadata/reading.ts'
import { escape, toCleanHtml } from './output/html.ts'
import { createLinkKinds } from './output/link-kind.ts'
import { imagesOf, linksOf, listMax } from './output/links.ts'
import { linksInText } from './output/text-links.ts'
import { countWords, measureText, toText, type Visible } from './output/text.ts'
import { applySelectors, checkSelectors, parseAsBrowser } from './dom/select.ts'
import { sniff, type Sniffed } from './sniff.ts'
import type { Converted, ConvertInput } from './types.ts'

/** Above this, finding the main content would cost more than it helps. */
const mainContentElements = 60_000

/** Pages of a PDF and the like, where nothing else is asked for. */
const pagesMaxUsual = 500
const pagesMaxDegraded = 20
const budgetMsUsual = 10_000
/** Of the time that a conversion has: reading a document stops then, and what was read is written. */
const readingShare = 0.6

/** One page, from bytes to everything that was asked for. Throws `Failure`. */
export const convertDocument = async (input: ConvertInput, degraded = false): Promise<Converted> => {
  const selectors = { include: input.includeSelectors, exclude: input.excludeSelectors }
  checkSelectors(selectors)
  const sniffed = sniff(input.body, input.contentType)
  if (!sniffed.kind) return refuse(input, sniffed)
  if (isDocumentKind(sniffed.kind)) return await fromDocument(input, sniffed.kind, sniffed.type, degraded)
  const markup = sniffed.kind === 'html' || sniffed.kind === 'xhtml' ? 'html' : sniffed.kind === 'xml' || sniffed.kind === 'feed' ? 'xml' : 'none'
  const decoded = decode(input.body, input.contentType, markup)
  const made = kinds[sniffed.kind]({ text: decoded.text, type: sniffed.type, url: input.url })
  const warnings = [...(made.warnings ?? [])]
  if (decoded.damaged) warnings.push('Some bytes are not valid in the declared character set and were replaced.')
  const whole = 'html' in made ? fromMarkup(input, decoded.text, sniffed.type, made, degraded, warnings) : fromPlain(input, decoded.text, sniffed.type, made, warnings)
  return { ...whole, warnings }
}

/** Errors of the target come before errors of its content: a refusal may well be a picture. */
const refusalOf = (input: ConvertInput, type: string): Converted | undefined => {
  const verdict = judge({ status: input.status, headers: input.headers, url: input.url, source: '', page: undefined, visible: undefined })
  if (input.given || verdict.kind === 'ok' || verdict.kind === 'empty') return undefined
  return { contentType: type, formats: {}, metadata: {}, warnings: [], verdict, textLength: 0 }
}

const refuse = (input: ConvertInput, { type }: Sniffed): Converted => {
  const refused = refusalOf(input, type)
  if (!refused) throw fail('content.unsupported_type', { contentType: type || 'unknown' })
  return refused
}

/** What is bytes becomes HTML by a library of its own, and goes the common way from there. */
const fromDocument = async (input: ConvertInput, kind: DocumentKind, type: string, degraded: boolean): Promise<Converted> => {
  const refused = refusalOf(input, type)
  if (refused) return refused
  const convert = await documents[kind]()
  const pagesMax = Math.min(input.maxPages ?? pagesMaxUsual, degraded ? pagesMaxDegraded : Infinity)
  const made = await convert({ body: input.body, type, url: input.url, pagesMax, until: performance.now() + (input.budgetMs ?? budgetMsUsual) * readingShare }).catch((cause: unknown) => {
    // Libraries throw what they like at a broken file.
    throw isFailure(cause) ? cause : fail('content.parse_failed', {}, { cause })
  })
  const warnings = [...(made.warnings ?? [])]
  return { ...fromMarkup(input, made.html, type, { ...made, isDocument: true }, degraded, warnings), warnings }
}

const fromPlain = (input: ConvertInput, raw: string, contentType: string, made: Plain, warnings: string[]): Omit<Converted, 'warnings'> => {
  const resolve = createResolver(input.url)
  const linkKind = createLinkKinds(input.url)
  const sources: AgentSources = {}
  const formats: Formats = {}
  for (const { kind } of input.formats) {
    if (kind === 'markdown') formats.markdown = made.markdown
    else if (kind === 'text') formats.text = made.text
    else if (kind === 'raw_html') formats.raw_html = raw
    else if (kind === 'html') formats.html = `<pre>${escape(made.text)}</pre>`
    else if (kind === 'links') formats.links = linksInText(made.text, resolve).map((link) => ({ ...link, kind: linkKind(link.url, undefined) }))
    else if (kind === 'images') formats.images = []
    else if (kind === 'sections' || kind === 'chunks') sources[kind] = made.markdown
  }
  const visible: Visible = { length: made.text.trim().length, words: countWords(made.text), sample: made.text.slice(0, 8000) }
  const verdict = verdictOf(input, { status: input.status, headers: input.headers, url: input.url, source: raw, page: undefined, visible })
  const metadata: Metadata = { ...made.metadata, ...readingOf(visible.words, undefined) }
  const options = jsonOf(input)
  const extract = options && extractData(dataIn(raw, made), input.url, resolve, metadata, options)
  const tokens = verdict.kind === 'ok' ? forAgents(formats, input, sources, warnings) : undefined
  return { contentType, formats, metadata, verdict, textLength: visible.length, ...(tokens ? { tokens } : {}), ...(extract ? { extract } : {}), ...(input.material ? { material: made.markdown } : {}) }
}

const jsonOf = (input: ConvertInput) => {
  const format = input.formats.find(({ kind }) => kind === 'json')
  return format && (format.extract ?? {})
}

/** The body where it is JSON; a text as lines that may be labelled. */
const dataIn = (raw: string, made: Plain): unknown => {
  try {
    return JSON.parse(raw)
  } catch {
    return dataInText(made.text)
  }
}

const fromMarkup = (input: ConvertInput, raw: string, contentType: string, made: Markup, degraded: boolean, warnings: string[]): Omit<Converted, 'warnings'> => {
  const limits = degraded ? degradedLimits : usualLimits
  const options = jsonOf(input)
  const page = parseHtml(made.html, { xhtml: made.xhtml ?? false, limits, states: options !== undefined && !degraded })
  if (page.truncated) warnings.push('The document is too large to be converted whole; its beginning was.')
  if (degraded) warnings.push('The conversion ran out of time or memory; this is the result of a simpler one.')
  const resolve = createResolver(input.url, page.base)
  const visible = measureText(page.root)
  const isPage = made.html === raw && !made.isDocument
  const verdict = verdictOf(input, { status: input.status, headers: input.headers, url: input.url, rendered: input.rendered ?? false, source: isPage ? raw : '', page: isPage ? page : undefined, visible })
  const metadata: Metadata = { ...metadataOf(page, input.url, resolve, input.headers, visible.sample), ...made.metadata }
  const trees = new Trees(input, made, page, limits, degraded, resolve, warnings, isPage)
  // Before the trees are taken: finding the main content takes one apart.
  const extract = options && !degraded && verdict.kind === 'ok' ? extractPage({ page, html: made.html, url: input.url, resolve, metadata, selectors: { include: input.includeSelectors, exclude: input.excludeSelectors }, options }) : undefined
  // Finding the main content tells the kind by the way; by itself it costs more than all else.
  const asks = input.pageKind === true && isPage && !degraded && verdict.kind === 'ok' && page.elements <= mainContentElements && !findsMain(input)
  if (asks) trees.kind = pageKindOf(page.root, input.url)
  const { formats, words, material, sources } = write(input, raw, trees, verdict)
  const tokens = verdict.kind === 'ok' ? forAgents(formats, input, sources, warnings) : undefined
  return { contentType, formats, metadata: { ...metadata, ...readingOf(words ?? visible.words, metadata.language), ...(trees.kind ? { page_kind: { kind: trees.kind.kind, confidence: trees.kind.kindConfidence } } : {}) }, verdict, textLength: visible.length, ...(tokens ? { tokens } : {}), ...(extract ? { extract } : {}), ...(material === undefined ? {} : { material }) }
}

/** What a caller brought along is a page unless there is nothing on it. */
const verdictOf = (input: ConvertInput, evidence: Evidence): Verdict => {
  const verdict = judge(evidence)
  return input.given && verdict.kind !== 'empty' ? { kind: 'ok' } : verdict
}

const findsMain = (input: ConvertInput): boolean =>
  input.includeSelectors.length === 0 && input.formats.some(({ kind, mode }) => (mode ?? input.mode) !== 'normal' && kind !== 'raw_html' && (input.material === true || !isRead(kind)))

const modeOrder: readonly Mode[] = ['normal', 'reader', 'prune']

const write = (input: ConvertInput, raw: string, trees: Trees, verdict: Verdict): { formats: Formats; words: number | undefined; material: string | undefined; sources: AgentSources } => {
  const formats: Formats = {}
  const sources: AgentSources = {}
  let material: string | undefined
  let words: number | undefined
  for (const mode of modeOrder) {
    const wanted = input.formats.filter((format) => (format.mode ?? input.mode) === mode)
    if (wanted.length === 0) continue
    const reads = input.material === true && wanted.some(({ kind }) => isRead(kind))
    const root = !reads && wanted.every(({ kind }) => kind === 'raw_html' || isRead(kind)) ? undefined : trees.of(mode, verdict)
    const read: (keyof AgentSources)[] = []
    for (const { kind } of wanted) {
      if (kind === 'raw_html') formats.raw_html ??= raw
      else if (kind === 'sections' || kind === 'chunks') read.push(kind)
      else if (root) fill(formats, kind, root, trees.resolve, input.url)
    }
    let written = wanted.some(({ kind }) => kind === 'markdown') ? formats.markdown : undefined
    const markdown = (): string => (written ??= root ? toMarkdown(root, trees.resolve) : '')
    if (root && reads) material ??= markdown()
    for (const kind of read) sources[kind] = markdown()
    if (root && mode === input.mode && mode !== 'normal') words = measureText(root).words
  }
  if ((formats.links?.length ?? 0) >= listMax) trees.warnings.push(`Only the first ${listMax} links are listed.`)
  return { formats, words, material, sources }
}

/** Formats that are made from what was read, and not written from a tree. */
const isRead = (kind: FormatKind): boolean => kind === 'json' || kind === 'summary' || kind === 'question' || kind === 'branding'

const fill = (formats: Formats, kind: keyof Formats, root: Document, resolve: Resolve, pageUrl: string): void => {
  switch (kind) {
    case 'markdown':
      formats.markdown ??= toMarkdown(root, resolve)
      break
    case 'html':
      formats.html ??= toCleanHtml(root, resolve)
      break
    case 'text':
      formats.text ??= toText(root)
      break
    case 'links':
      formats.links ??= linksOf(root, resolve, createLinkKinds(pageUrl))
      break
    case 'images':
      formats.images ??= imagesOf(root, resolve)
      break
    default:
  }
}

/** One tree per mode: finding the main content takes its tree apart. */
class Trees {
  readonly resolve: Resolve
  readonly warnings: string[]
  readonly #input: ConvertInput
  readonly #made: Markup
  readonly #page: Page
  readonly #limits: Limits
  readonly #degraded: boolean
  readonly #isPage: boolean
  kind: Pick<MainContent, 'kind' | 'kindConfidence'> | undefined
  #pageTaken = false

  constructor(input: ConvertInput, made: Markup, page: Page, limits: Limits, degraded: boolean, resolve: Resolve, warnings: string[], isPage: boolean) {
    this.#isPage = isPage
    this.#input = input
    this.#made = made
    this.#page = page
    this.#limits = limits
    this.#degraded = degraded
    this.resolve = resolve
    this.warnings = warnings
  }

  of(mode: Mode, verdict: Verdict): Document {
    const { includeSelectors: include, excludeSelectors: exclude } = this.#input
    const selected = include.length + exclude.length > 0
    const fresh = this.#fresh(selected)
    let root: Document
    try {
      root = selected ? applySelectors(fresh, { include, exclude }) : fresh
    } catch (err) {
      // A wall or an error page has nothing that the selectors could match; what it is matters more.
      if (verdict.kind === 'ok') throw err
      return new Document([])
    }
    if (selected && verdict.kind === 'ok' && isBlankDocument(root)) throw fail('content.empty')
    // What was made from a table, a feed or a file is main content from end to end.
    return mode === 'normal' || include.length > 0 || !this.#isPage ? root : this.#mainContent(root, mode)
  }

  #mainContent(root: Document, mode: 'reader' | 'prune'): Document {
    if (this.#degraded || this.#page.elements > mainContentElements) {
      this.warnings.push('The page is too large for its main content to be found; it was converted whole.')
      return root
    }
    const { root: main, kind, kindConfidence } = selectMainContent(root, { url: this.#input.url, mode, heading: this.#input.heading ?? false })
    this.kind = { kind, kindConfidence }
    if (!isBlankDocument(main)) return main
    this.warnings.push('No main content was found; the page was converted whole.')
    return this.#fresh(false)
  }

  #fresh(selected: boolean): Document {
    if (selected && !this.#page.flattened && !this.#page.truncated && !this.#degraded) {
      const tree = parseAsBrowser(this.#made.html)
      if (tree) return tree
      this.warnings.push('The markup is too broken to be parsed as a browser would; the selectors were applied to a simpler tree.')
    }
    if (!this.#pageTaken) {
      this.#pageTaken = true
      return this.#page.root
    }
    return parseHtml(this.#made.html, { xhtml: this.#made.xhtml ?? false, limits: this.#limits }).root
  }
}
