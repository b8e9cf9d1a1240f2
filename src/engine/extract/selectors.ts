import { compile, selectAll } from 'css-select'
import type { AnyNode, Element, ParentNode } from 'domhandler'
import render from 'dom-serializer'
import type { Selection, SelectionObject, Selections, Source } from '../../contract/extract.ts'
import type { Issue } from '../../failure/facts.ts'
import { collapse } from '../convert/dom/walk.ts'
import { coerceTo, type Locale } from './coerce.ts'
import { placeOf, textOf } from './dom.ts'
import { firstMatch, linearRegex } from './regex.ts'
import { escapePointer } from './validate.ts'

const depthMax = 8
const fieldsMax = 300
const selectorChars = 1000
const matchesMax = 1000
const valuesMax = 50_000
const valueChars = 200_000

type Query = (node: AnyNode) => boolean

const compiled = new Map<string, Query>()

const queryOf = (selector: string): Query => {
  const known = compiled.get(selector)
  if (known) return known
  const query = compile<AnyNode, Element>(selector) as Query
  if (compiled.size > 1000) compiled.clear()
  compiled.set(selector, query)
  return query
}

const normal = (selection: Selection): SelectionObject => (typeof selection === 'string' ? { selector: selection } : selection)
const scoped = (selector: string): string => selector.split(',').map((part) => (/^\s*[>+~]/.test(part) ? `:scope ${part.trim()}` : part)).join(',')

/** Everything that is wrong with the selectors, before a page is fetched for them. */
export const selectorIssues = (selections: Selections, path: (string | number)[] = ['selectors']): Issue[] => {
  let count = 0
  const check = (fields: Selections, at: (string | number)[], depth: number): Issue[] => {
    if (depth > depthMax) return [{ path: at, code: 'too_deep', message: `Fields are nested deeper than ${depthMax}` }]
    return Object.entries(fields).flatMap(([name, selection]) => {
      const here = [...at, name]
      if (++count > fieldsMax) return count === fieldsMax + 1 ? [{ path: here, code: 'too_big', message: `At most ${fieldsMax} fields` }] : []
      if (name === '__proto__') return [{ path: here, code: 'invalid_value', message: 'A field cannot have that name' }]
      const { selector, regex, fields: inner, attribute, type } = normal(selection)
      const issues: Issue[] = []
      const fault = selector === undefined ? undefined : selectorFault(selector)
      if (fault !== undefined) issues.push({ path: typeof selection === 'string' ? here : [...here, 'selector'], code: 'invalid_selector', message: fault })
      const pattern = regex === undefined ? undefined : linearRegex(regex)
      if (typeof pattern === 'string') issues.push({ path: [...here, 'regex'], code: 'invalid_regex', message: pattern })
      if (inner && (attribute !== undefined || type !== undefined || regex !== undefined)) issues.push({ path: here, code: 'invalid_value', message: '`fields` goes with `selector` and `list` alone' })
      if (selector === undefined && !inner && attribute === undefined && depth === 0) issues.push({ path: here, code: 'invalid_value', message: 'A selector is missing' })
      return inner ? [...issues, ...check(inner, [...here, 'fields'], depth + 1)] : issues
    })
  }
  return check(selections, path, 0)
}

const selectorFault = (selector: string): string | undefined => {
  if (selector.length > selectorChars) return `Longer than ${selectorChars} characters`
  if (selector.trim() === '') return 'The selector is empty'
  try {
    queryOf(scoped(selector))
    return undefined
  } catch (err) {
    return `Not a CSS selector: ${err instanceof Error ? err.message : 'unknown error'}`
  }
}

const plain = /^(?:[a-z][a-z0-9]*|[.#][\w-]+|\[(?!property|name|http-equiv|charset|rel|type)[\w-]+(?:[*^$~|]?="?[\w\- ]*"?)?\]|[\s,])+$/i
const ofHead = /(?:^|[\s,])(?:html|head|body|title|meta|link|base|script|style|template|noscript|tbody|svg|path|math|col|colgroup)(?![\w-])/i

/** Whether a selector can tell our tree from a browser's: by structure, or by what we leave out. */
export const needsBrowserTree = (selections: Selections): boolean =>
  Object.values(selections).some((selection) => {
    const { selector, fields } = normal(selection)
    return (selector !== undefined && (!plain.test(selector) || ofHead.test(selector))) || (fields !== undefined && needsBrowserTree(fields))
  })

export interface Selected {
  value: Record<string, unknown>
  sources: Map<string, Source>
  unmatched: Map<string, string>
}

/** Runs the caller's selectors; what matches nothing is left out and named. */
export const select = (root: ParentNode, selections: Selections, locale: Locale): Selected => new Selecting(locale).run(root, selections)

class Selecting {
  readonly #locale: Locale
  readonly #sources = new Map<string, Source>()
  readonly #unmatched = new Map<string, string>()
  #values = 0

  constructor(locale: Locale) {
    this.#locale = locale
  }

  run(root: ParentNode, selections: Selections): Selected {
    const value = this.#fields(root, selections, '')
    return { value, sources: this.#sources, unmatched: this.#unmatched }
  }

  #fields(scope: ParentNode, selections: Selections, pointer: string): Record<string, unknown> {
    const value: Record<string, unknown> = {}
    for (const [name, selection] of Object.entries(selections)) {
      const one = this.#one(scope, normal(selection), `${pointer}/${escapePointer(name)}`)
      if (one !== undefined) value[name] = one
    }
    return value
  }

  #one(scope: ParentNode, selection: SelectionObject, pointer: string): unknown {
    const elements = this.#matches(scope, selection)
    if (selection.list) {
      const list = elements.map((element, i) => this.#read(element, selection, `${pointer}/${i}`)).filter((value) => value !== undefined)
      if (elements.length === 0) this.#miss(pointer, selection, 'matches nothing')
      return list
    }
    const [element] = elements
    if (!element) return this.#miss(pointer, selection, 'matches nothing')
    return this.#read(element, selection, pointer)
  }

  #matches(scope: ParentNode, { selector, list }: SelectionObject): ParentNode[] {
    if (selector === undefined) return [scope]
    const text = scoped(selector)
    const context = text.includes(':scope') ? selectAll<AnyNode, Element>(text, scope, { context: scope }) : selectAll<AnyNode, Element>(queryOf(text) as never, scope)
    return context.slice(0, list ? matchesMax : 1)
  }

  #read(element: ParentNode, selection: SelectionObject, pointer: string): unknown {
    if (selection.fields) {
      const value = this.#fields(element, selection.fields, pointer)
      return Object.keys(value).length === 0 ? undefined : value
    }
    if (++this.#values > valuesMax) return undefined
    const raw = rawOf(element, selection)
    if (raw === undefined) return this.#miss(pointer, selection, `has no attribute ${selection.attribute}`)
    const text = selection.regex === undefined ? raw : firstMatch(selection.regex, raw)
    if (text === undefined) return this.#miss(pointer, selection, 'does not match the regex')
    const value = coerceTo(text, selection.type ?? (selection.attribute !== undefined && urlAttributes.has(selection.attribute) ? 'url' : 'string'), this.#locale) ?? undefined
    if (value === undefined) return this.#miss(pointer, selection, `cannot be read as ${selection.type ?? 'url'}`)
    this.#sources.set(pointer, { source: 'selector', path: 'attribs' in element ? placeOf(element as Element) : (selection.selector ?? '') })
    return value
  }

  #miss(pointer: string, { selector }: SelectionObject, why: string): undefined {
    // Of a list, the first miss of a field tells what the others would.
    const key = pointer.replace(/\/\d+(?=\/|$)/g, '/*')
    if (!this.#unmatched.has(key) && this.#unmatched.size < fieldsMax) this.#unmatched.set(key, `${selector ?? 'the element'} ${why}`)
    return undefined
  }
}

const urlAttributes = new Set(['href', 'src', 'action', 'poster', 'data-src'])

const rawOf = (element: ParentNode, { attribute, type }: SelectionObject): string | undefined => {
  const attribs = 'attribs' in element ? (element as Element).attribs : {}
  if (attribute !== undefined) return Object.hasOwn(attribs, attribute) ? collapse((attribs[attribute] ?? '').slice(0, valueChars)) : undefined
  if (type === 'html') return render(element.children as unknown as Parameters<typeof render>[0], { encodeEntities: 'utf8' }).slice(0, valueChars).trim()
  if (type === 'url') return attribs.href ?? attribs.src ?? attribs.content ?? textOf(element, 8192)
  if (type === 'date' && attribs.datetime !== undefined) return attribs.datetime
  const name = 'name' in element ? (element as Element).name : ''
  if (name === 'meta') return attribs.content ?? ''
  if (name === 'input') return attribs.value ?? ''
  if (name === 'script' || name === 'style') return scriptText(element)
  return textOf(element, valueChars)
}

const scriptText = (element: ParentNode): string => element.children.map((child) => (child.type === 'text' ? (child as unknown as { data: string }).data : '')).join('').slice(0, valueChars)
