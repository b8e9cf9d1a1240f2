import type { Element } from 'domhandler'
import type { Resolve } from '../convert/dom/url.ts'
import { textOf, placeOf, factsOf, type Pair } from './dom.ts'
import type { Members, Scope } from './match.ts'
import { names, type Field } from './names.ts'
import { membersOf, valuesOn, type ById, type Found, type Node } from './nodes.ts'
import { Region } from './region.ts'
import type { Shape } from './schema.ts'

const asList = (found: Found): Found[] =>
  Array.isArray(found.value) ? found.value.map((value: unknown, i) => ({ ...found, value, path: `${found.path}[${i}]` })) : [found]

/** One thing that structured data describes. */
export class NodeScope implements Scope {
  readonly node: Node
  readonly #ids: ById

  constructor(node: Node, ids: ById) {
    this.node = node
    this.#ids = ids
  }

  values(field: Field): Found[] {
    return valuesOn(this.node, field, this.#ids)
  }

  *lists(field: Field, item: Shape): Generator<Members> {
    for (const found of valuesOn(this.node, field, this.#ids)) {
      if (item.type !== 'object') yield { values: asList(found), named: true }
      else yield { scopes: this.#members(found).map((node) => new NodeScope(node, this.#ids)), named: true }
    }
  }

  *inner(field: Field): Generator<Scope> {
    let any = false
    for (const found of valuesOn(this.node, field, this.#ids)) {
      const member = membersOf(found, this.#ids)[0]
      if (member) {
        any = true
        yield new NodeScope(member, this.#ids)
      } else if (typeof found.value === 'string' || typeof found.value === 'number') {
        any = true
        yield new NodeScope({ data: { name: found.value, value: found.value, text: found.value, price: found.value, currency: found.value }, types: [], source: found.source, path: found.path }, this.#ids)
      }
    }
    // `offer: { price }` of a node that keeps its price itself.
    if (!any && field.isOwner) yield this
  }

  /** Members that are names alone count as things that have one. */
  #members(found: Found): Node[] {
    const nodes = membersOf(found, this.#ids)
    if (nodes.length > 0) return nodes
    return asList(found).flatMap(({ value, path }) => (typeof value === 'string' ? [{ data: { name: value, text: value, url: value }, types: [], source: found.source, path }] : []))
  }
}

/** A labelled value, or a text, as the only member of an object: `{ amount, currency }` of `€12`. */
export const pairFound = (pair: Pair): Found => ({ value: pair.text, source: pair.source, path: pair.path })

/** One of several blocks that are built alike. */
export class BlockScope implements Scope {
  readonly #region: Region
  readonly #resolve: Resolve
  readonly #element: Element
  #pairs: Pair[] | undefined

  constructor(element: Element, resolve: Resolve) {
    this.#element = element
    this.#resolve = resolve
    this.#region = new Region(element, resolve, false)
  }

  *values(field: Field): Generator<Found> {
    for (const { value, element } of this.#region.values(field)) yield { value, source: 'block', path: placeOf(element) }
    this.#pairs ??= factsOf(this.#element).pairs
    for (const pair of this.#pairs) if (names(field, pair.label)) yield pairFound(pair)
  }

  *lists(field: Field, item: Shape): Generator<Members> {
    const facts = factsOf(this.#element)
    if (item.type !== 'object') {
      for (const list of facts.lists.slice(0, 5)) yield { values: list.members.map((member) => ({ value: textOf(member, 1000), source: 'block' as const, path: placeOf(member) })), named: true }
      const found = [...this.#region.values(field)].slice(0, 20)
      if (found.length > 0) yield { values: found.map(({ value, element }) => ({ value, source: 'block' as const, path: placeOf(element) })), named: true }
      return
    }
    for (const run of facts.runs.slice(0, 5)) yield { scopes: run.members.map((member) => new BlockScope(member, this.#resolve)), named: false }
  }

  *inner(): Generator<Scope> {
    yield this
  }
}

/** A row of a table under its headers. */
export class RowScope implements Scope {
  readonly #headers: readonly string[]
  readonly #cells: readonly Element[]
  readonly #resolve: Resolve
  readonly #path: string

  constructor(headers: readonly string[], cells: readonly Element[], resolve: Resolve, path: string) {
    this.#headers = headers
    this.#cells = cells
    this.#resolve = resolve
    this.#path = path
  }

  *values(field: Field): Generator<Found> {
    for (const [i, header] of this.#headers.entries()) {
      const cell = this.#cells[i]
      if (!cell || !names(field, header.replace(/\s*[([].*$/, ''))) continue
      const path = `${this.#path} "${header.slice(0, 80)}"`
      if (field.concept?.name === 'url') {
        const url = this.#link(cell)
        if (url !== undefined) yield { value: url, source: 'table', path }
      }
      yield { value: textOf(cell, 5000), source: 'table', path }
    }
    if (field.concept?.name !== 'url') return
    for (const cell of this.#cells) {
      const url = this.#link(cell)
      if (url !== undefined) yield { value: url, source: 'table', path: this.#path }
    }
  }

  *lists(field: Field): Generator<Members> {
    for (const found of this.values(field)) yield { values: typeof found.value === 'string' ? found.value.split(/\s*[,;]\s*/).map((value) => ({ ...found, value })) : [found], named: true }
  }

  *inner(): Generator<Scope> {
    yield this
  }

  #link(cell: Element): string | undefined {
    const anchor = new Region(cell, this.#resolve, false).elements.find(({ name, attribs }) => name === 'a' && attribs.href !== undefined)
    return this.#resolve(anchor?.attribs.href)
  }
}

/** Labelled values alone: for a group of fields that nothing on the page is called by. */
export class PairScope implements Scope {
  readonly #pairs: readonly Pair[]

  constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs
  }

  values(field: Field): Found[] {
    return this.#pairs.filter((pair) => names(field, pair.label)).map(pairFound)
  }

  *lists(field: Field): Generator<Members> {
    for (const found of this.values(field)) yield { values: String(found.value).split(/\s*[,;]\s*/).map((value) => ({ ...found, value })), named: true }
  }

  *inner(): Generator<Scope> {}
}
