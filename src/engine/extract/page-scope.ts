import type { ParentNode } from 'domhandler'
import type { Metadata } from '../../contract/document.ts'
import type { Resolve } from '../convert/dom/url.ts'
import { factsOf, placeOf, textOf, type Facts } from './dom.ts'
import type { Members, Scope } from './match.ts'
import { fieldOf, isGenericList, names, keyOf, type ConceptName, type Field } from './names.ts'
import { bestLists, bestObjects, idsOf, membersOf, overlap, valuesOn, type ById, type Found, type Node } from './nodes.ts'
import { isAbout, Region } from './region.ts'
import { isRecord, type Shape } from './schema.ts'
import { BlockScope, NodeScope, pairFound, PairScope, RowScope } from './scopes.ts'

/** Everything that one page says about itself, before any of it is read for a schema. */
export interface PageMaterial {
  url: string
  resolve: Resolve
  metadata: Metadata
  /** JSON-LD, microdata, RDFa and adapters' records; the best source first. */
  nodes: readonly Node[]
  /** Data for scripts, and bodies that are data themselves. */
  states: readonly { path: string; value: unknown }[]
  stateSource: 'state' | 'body'
  root: ParentNode | undefined
}

/** Things that a page has beside what it is about. */
const furniture = new Set(['WebSite', 'BreadcrumbList', 'ListItem', 'ImageObject', 'SearchAction', 'Organization', 'Person', 'SiteNavigationElement', 'WPHeader', 'WPFooter', 'Corporation', 'NewsMediaOrganization', 'ReadAction', 'EntryPoint', 'WebPage', 'CollectionPage', 'Brand'])
/** Fields that every thing has: another thing's will not do. */
const universal = new Set<ConceptName>(['name', 'description', 'url', 'image', 'text', 'items', 'published', 'modified', 'category', 'steps', 'reviews', 'duration', 'language', 'author', 'rating', 'reviewcount', 'question', 'answer'])

const fromMetadata: Partial<Record<ConceptName, keyof Metadata>> = { name: 'title', description: 'description', author: 'author', published: 'published_at', modified: 'modified_at', image: 'image', url: 'canonical_url', language: 'language', sitename: 'site_name', keywords: 'keywords' }
const byKey: Readonly<Record<string, keyof Metadata>> = { sitename: 'site_name', site: 'site_name', favicon: 'favicon', canonicalurl: 'canonical_url', wordcount: 'word_count', generator: 'generator', themecolor: 'theme_color', robots: 'robots' }

export class PageScope implements Scope {
  readonly #page: PageMaterial
  readonly #ids: ById
  readonly #region: Region | undefined
  #facts: Facts | undefined
  /** The thing that the schema is about, and those that may add to it. */
  #main: NodeScope | undefined
  #others: NodeScope[] = []
  #states: NodeScope[] = []

  constructor(page: PageMaterial) {
    this.#page = page
    this.#ids = idsOf(page.nodes)
    this.#region = page.root && new Region(page.root, page.resolve, true)
  }

  /** Chooses what the fields are read from: the thing that has most of them. */
  focus(fields: readonly Field[], about = ''): this {
    const score = (node: Node): number => {
      const filled = fields.filter((field) => valuesOn(node, field, this.#ids).length > 0).length
      const named = node.types.some((type) => about !== '' && about.includes(keyOf(type)))
      const beside = node.types.some((type) => furniture.has(type))
      return filled + (named ? 2 : 0) - (beside && !named ? 1.5 : 0) + (node.source === 'adapter' ? 1 : 0)
    }
    const ranked = this.#page.nodes.map((node) => ({ node, score: score(node) })).toSorted((a, b) => b.score - a.score)
    const best = ranked[0]
    this.#main = best && best.score > 0 ? new NodeScope(best.node, this.#ids) : undefined
    this.#others = ranked.filter(({ node }) => node !== best?.node || !this.#main).slice(0, 30).map(({ node }) => new NodeScope(node, this.#ids))
    const enough = Math.max(2, Math.ceil(fields.length / 2))
    this.#states = bestObjects(this.#page.states, fields, this.#page.stateSource).filter((node) => this.#page.stateSource === 'body' || overlap(node.data, fields) >= enough).map((node) => new NodeScope(node, this.#ids))
    return this
  }

  get facts(): Facts {
    return (this.#facts ??= this.#page.root ? factsOf(this.#page.root) : { pairs: [], grids: [], runs: [], lists: [] })
  }

  *values(field: Field, shape: Shape): Generator<Found> {
    if (this.#main) yield* this.#main.values(field)
    for (const state of this.#states.slice(0, 1)) yield* state.values(field)
    yield* this.#declared(field)
    if (!(field.concept && universal.has(field.concept.name))) for (const other of this.#others) yield* other.values(field)
    for (const pair of this.facts.pairs) if (names(field, pair.label)) yield pairFound(pair)
    if (this.#region) for (const { value, element } of this.#region.values(field)) yield { value, source: 'element', path: placeOf(element) }
    if (shape.type === 'string' || shape.type === 'any') yield* this.#loosePairs(field)
  }

  /** What the head says. */
  *#declared(field: Field): Generator<Found> {
    const { metadata, url } = this.#page
    const { open_graph: openGraph = {}, twitter = {} } = metadata
    const concept = field.concept?.name
    if (concept === 'price' || concept === 'currency') {
      const name = concept === 'price' ? 'amount' : 'currency'
      for (const key of [`product:price:${name}`, `og:price:${name}`, `product:sale_price:${name}`]) if (openGraph[key] !== undefined) yield { value: openGraph[key], source: 'open_graph', path: key }
    }
    for (const i of [1, 2]) {
      const label = twitter[`twitter:label${i}`]
      const data = twitter[`twitter:data${i}`]
      if (label !== undefined && data !== undefined && names(field, label)) yield { value: data, source: 'twitter', path: `twitter:data${i}` }
    }
    for (const [key, value] of Object.entries(openGraph)) {
      if (keyOf(key.replace(/^\w+:/, '')) === field.key && !(concept && fromMetadata[concept])) yield { value, source: 'open_graph', path: key }
    }
    const member = byKey[field.key] ?? (concept && fromMetadata[concept])
    const value = member && metadata[member]
    if (value !== undefined) yield { value, source: 'meta', path: member ?? '' }
    else if (concept === 'url' && url !== '') yield { value: url, source: 'meta', path: 'url' }
  }

  /** Labels that hold the name among other words: "Total weight (packed)" for `weight`. */
  *#loosePairs(field: Field): Generator<Found> {
    if (field.bare.length < 4) return
    for (const pair of this.facts.pairs) if (pair.key.length < 40 && pair.key.includes(field.bare) && !names(field, pair.label)) yield pairFound(pair)
  }

  *lists(field: Field, item: Shape): Generator<Members> {
    const leaf = item.type !== 'object'
    for (const found of this.#nodeLists(field)) yield leaf ? { values: listOf(found), named: true } : { scopes: membersOf(found, this.#ids).map((node) => new NodeScope(node, this.#ids)), named: true }
    if (this.#main) yield* this.#main.lists(field, item)
    if (!(field.concept && universal.has(field.concept.name))) for (const other of this.#others) yield* other.lists(field, item)
    for (const state of this.#states.slice(0, 1)) yield* state.lists(field, item)
    if (leaf) yield* this.#plainLists(field)
    else yield* this.#thingLists(field, item)
  }

  *#nodeLists(field: Field): Generator<Found> {
    for (const [type, property] of field.concept?.nodes ?? []) {
      for (const node of this.#page.nodes) if (node.types.includes(type) && property in node.data) yield { value: node.data[property], source: node.source, path: `${node.path}.${property}` }
    }
  }

  *#plainLists(field: Field): Generator<Members> {
    for (const found of this.#declared(field)) yield { values: listOf(found), named: true }
    for (const list of this.facts.lists) if (isAbout(field, list.about)) yield { values: list.members.map((member) => ({ value: textOf(member, 2000), source: 'block' as const, path: list.path })), named: true }
    const pairs = this.facts.pairs.filter((pair) => names(field, pair.label))
    if (pairs.length > 0) yield { values: pairs.flatMap((pair) => pair.text.split(/\s*[,;]\s*/).map((value) => ({ ...pairFound(pair), value }))), named: true }
    const shown = this.#region ? [...this.#region.values(field)] : []
    if (shown.length > 0) yield { values: shown.map(({ value, element }) => ({ value, source: 'element' as const, path: placeOf(element) })), named: true }
  }

  *#thingLists(field: Field, item: Shape): Generator<Members> {
    const wanted = Object.keys(item.properties).map(fieldOf)
    const generic = isGenericList(field) || field.name === ''
    const { resolve } = this.#page
    for (const list of bestLists(this.#page.states, wanted, this.#page.stateSource)) {
      const named = names(field, list.key)
      const known = wanted.length > 1 && list.score >= wanted.length
      if (named || generic || known) yield { scopes: membersOf(list.found, this.#ids).map((node) => new NodeScope(node, this.#ids)), named }
    }
    for (const grid of this.facts.grids) {
      const fits = wanted.filter((one) => grid.headers.some((header) => names(one, header.replace(/\s*[([].*$/, '')))).length
      if (fits === 0 || !(generic || isAbout(field, grid.about) || fits * 2 >= wanted.length)) continue
      yield { scopes: grid.rows.map((cells, i) => new RowScope(grid.headers, cells, resolve, `${grid.path} row ${i + 1}`)), named: isAbout(field, grid.about) }
    }
    for (const run of this.facts.runs) {
      const about = isAbout(field, run.about)
      if (about || generic) yield { scopes: run.members.map((member) => new BlockScope(member, resolve)), named: about && !generic }
    }
  }

  *inner(field: Field, shape: Shape): Generator<Scope> {
    const fields = Object.keys(shape.properties).map(fieldOf)
    if (field.name === '') {
      yield this
      return
    }
    let any = false
    for (const scope of [this.#main, ...this.#others, ...this.#states.slice(0, 1)]) {
      if (!scope || (scope !== this.#main && field.concept && universal.has(field.concept.name))) continue
      for (const inner of scope.inner(field)) if (inner !== scope) {
        any = true
        yield inner
      }
    }
    for (const node of this.#page.nodes) if (node.types.some((type) => keyOf(type) === field.key)) yield new NodeScope(node, this.#ids)
    if (field.isOwner) yield new PageScope(this.#page).focus(fields, field.key)
    else if (!any) yield new PairScope(this.facts.pairs)
  }
}

const listOf = (found: Found): Found[] => {
  const value = isRecord(found.value) && Array.isArray(found.value.itemListElement) ? found.value.itemListElement : found.value
  return Array.isArray(value) ? value.map((one: unknown, i) => ({ ...found, value: one, path: `${found.path}[${i}]` })) : [found]
}
