import type { Element, ParentNode } from 'domhandler'
import { eachElement, walk } from '../convert/dom/walk.ts'
import { isHttp, type Resolve } from '../convert/dom/url.ts'
import { currencyOf } from './coerce.ts'
import { isBeside, textOf } from './dom.ts'
import { singular, wordsOf, type Field } from './names.ts'

/** A value that an element shows. */
export interface Shown {
  value: string
  element: Element
}

const elementsMax = 20_000
const money = /(?:[€$£¥₹₩₽₺₪฿₫₱]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|Rs\.?|kr\.?|zł)\b)\s?-?\d[\d.,' \u00a0]*|\d[\d.,' \u00a0]*\s?(?:[€£¥₹₩₽₺₪฿₫₱]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|kr|zł)(?![\p{L}]))/u
const struck = /^(?:del|s|strike)$/
const struckClass = /(?:^|[\s_-])(?:old|was|strike\w*|regular|list|original|before|rrp|msrp|compare|crossed)(?=[\s_-]|$)/i

/** Part of a page in which fields are looked for by what elements are called and what they are. */
export class Region {
  readonly root: Element | ParentNode
  readonly #resolve: Resolve
  readonly #whole: boolean
  #elements: Element[] | undefined
  #byWord: Map<string, Element[]> | undefined

  /** `whole`: a page, where only what is named counts; otherwise one block among its like. */
  constructor(root: Element | ParentNode, resolve: Resolve, whole: boolean) {
    this.root = root
    this.#resolve = resolve
    this.#whole = whole
  }

  /** Candidates in order of trust. */
  *values(field: Field): Generator<Shown> {
    const concept = field.concept?.name
    if (concept === 'name') yield* this.#title()
    else if (concept === 'url') yield* this.#link()
    else if (concept === 'image' || concept === 'logo') yield* this.#image(concept === 'logo')
    else if (concept === 'currency') yield* this.#currency()
    else if (concept === 'originalprice') yield* this.#struck()
    else if (concept === 'price') yield* this.#price(field)
    else if (concept === 'published' || concept === 'startdate') yield* this.#time()
    else if (concept === 'question') yield* this.#question()
    else if (concept === 'answer') yield* this.#answer()
    yield* this.#named(field)
    if (concept === 'rating') yield* this.#stars()
    if (!this.#whole && (concept === 'price' || concept === 'lowprice')) yield* this.#moneyText()
    if (!this.#whole && (concept === 'description' || concept === 'text')) yield* this.#paragraph()
    if (!this.#whole && (field.key === 'id' || field.bare === 'id')) yield* this.#id()
  }

  get elements(): Element[] {
    if (this.#elements) return this.#elements
    const elements: Element[] = []
    if ('attribs' in this.root) elements.push(this.root)
    eachElement(this.root, (element) => {
      if (elements.length >= elementsMax || (this.#whole && isBeside(element))) return false
      elements.push(element)
      return true
    })
    return (this.#elements = elements)
  }

  #words(): Map<string, Element[]> {
    if (this.#byWord) return this.#byWord
    const byWord = new Map<string, Element[]>()
    const put = (word: string, element: Element): void => {
      const list = byWord.get(word)
      if (!list) byWord.set(word, [element])
      else if (list.length < 8 && list.at(-1) !== element) list.push(element)
    }
    for (const element of this.elements) {
      const { class: classes = '', id = '', itemprop = '', 'data-testid': testId = '', 'data-field': field = '' } = element.attribs
      const called = `${itemprop} ${field} ${testId} ${id} ${classes}`.trim()
      if (called !== '') for (const key of keysIn(called.slice(0, 400))) put(key, element)
    }
    return (this.#byWord = byWord)
  }

  *#named(field: Field): Generator<Shown> {
    const words = this.#words()
    const wanted = new Set([field.key, field.bare, ...(field.concept?.names ?? [])])
    for (const word of wanted) {
      for (const element of words.get(word) ?? []) {
        if (field.concept?.name === 'price' && isStruck(element)) continue
        const value = valueOf(element, this.#resolve, field)
        // A caption that is called image is no picture.
        if (isAddress(field) && !isHttp(value)) continue
        if (value !== '' && value.length <= (this.#whole ? 2000 : 5000)) yield { value, element }
      }
    }
    const attribute = `data-${wordsOf(field.name).join('-')}`
    for (const element of this.elements) {
      const value = element.attribs[attribute]
      if (value !== undefined && value !== '' && value.length <= 500) yield { value, element }
    }
  }

  *#title(): Generator<Shown> {
    const headings = this.elements.filter(({ name }) => (this.#whole ? name === 'h1' : /^h[1-6]$/.test(name)))
    for (const element of headings.slice(0, 3)) yield* shown(element)
    if (this.#whole) return
    for (const word of ['title', 'name', 'headline']) for (const element of (this.#words().get(word) ?? []).slice(0, 2)) yield* shown(element)
    const links = this.elements.filter(({ name, attribs }) => name === 'a' && attribs.href !== undefined).slice(0, 20).map((element) => ({ value: textOf(element, 300), element }))
    const longest = links.toSorted((a, b) => b.value.length - a.value.length)[0]
    if (longest && longest.value !== '') yield longest
    for (const element of this.elements.filter(({ name }) => name === 'strong' || name === 'b').slice(0, 1)) yield* shown(element)
    for (const element of this.elements) if (element.name === 'img' && (element.attribs.alt ?? '').length > 2) yield { value: element.attribs.alt ?? '', element }
  }

  *#link(): Generator<Shown> {
    if (this.#whole) return
    const links = this.elements.filter(({ name, attribs }) => name === 'a' && attribs.href !== undefined && !attribs.href.startsWith('#'))
    const best = links.find((link) => /^h[1-6]$/.test((link.parent as Element | null)?.name ?? '') || this.#holdsHeading(link)) ?? links.find((link) => textOf(link, 50) !== '') ?? links[0]
    const url = best && this.#resolve(best.attribs.href)
    if (best && isHttp(url)) yield { value: url, element: best }
  }

  #holdsHeading(link: Element): boolean {
    return link.children.some((child) => child.type === 'tag' && /^h[1-6]$/.test((child as Element).name))
  }

  *#image(logo: boolean): Generator<Shown> {
    if (this.#whole && !logo) return
    for (const element of this.elements) {
      if (element.name !== 'img') continue
      const isLogo = /logo/i.test(`${element.attribs.class ?? ''} ${element.attribs.alt ?? ''} ${element.attribs.src ?? ''}`)
      if (isLogo !== logo) continue
      const { 'data-src': lazy, src, srcset } = element.attribs
      const url = [lazy, src, srcset?.trim().split(/\s/)[0]].map((one) => this.#resolve(one)).find(isHttp)
      if (url) yield { value: url, element }
    }
  }

  *#price(field: Field): Generator<Shown> {
    for (const word of new Set([field.key, field.bare, 'price', 'amount'])) {
      for (const element of this.#words().get(word) ?? []) {
        if (isStruck(element)) continue
        const current = firstCurrent(element)
        const value = element.attribs.content ?? current
        if (/\d/.test(value)) yield { value, element }
      }
    }
  }

  *#struck(): Generator<Shown> {
    for (const element of this.elements) if (isStruck(element) && /\d/.test(textOf(element, 100))) yield* shown(element)
  }

  *#currency(): Generator<Shown> {
    const words = this.#words()
    for (const element of [...(words.get('pricecurrency') ?? []), ...(words.get('currency') ?? [])]) {
      const given = element.attribs.content ?? textOf(element, 50)
      const code = /^[A-Z]{3}$/.test(given) ? given : currencyOf(given)
      if (code) yield { value: code, element }
    }
    for (const element of words.get('price') ?? []) {
      const code = currencyOf(textOf(element, 100))
      if (code) yield { value: code, element }
    }
    if (this.#whole || !('attribs' in this.root)) return
    const text = money.exec(textOf(this.root, 2000))?.[0]
    const code = text && currencyOf(text)
    if (code) yield { value: code, element: this.root }
  }

  *#moneyText(): Generator<Shown> {
    for (const element of this.elements) {
      if (element.children.some((child) => child.type === 'tag') || isStruck(element)) continue
      const text = money.exec(textOf(element, 200))?.[0]
      if (text) yield { value: text, element }
    }
    const text = 'attribs' in this.root ? money.exec(textOf(this.root, 2000))?.[0] : undefined
    if (text && 'attribs' in this.root) yield { value: text, element: this.root }
  }

  *#time(): Generator<Shown> {
    if (this.#whole) return
    for (const element of this.elements) if (element.name === 'time') yield { value: element.attribs.datetime ?? textOf(element, 100), element }
  }

  *#stars(): Generator<Shown> {
    for (const element of this.elements) {
      for (const text of [element.attribs['aria-label'], element.attribs.title, element.attribs['data-rating']]) {
        if (text !== undefined && text.length < 80 && (/\d(?:[.,]\d+)?\s*(?:out of|of|\/|von|sur|de)\s*\d/.test(text) || /\bstars?\b/i.test(text) || element.attribs['data-rating'] === text) && /\d/.test(text)) yield { value: text, element }
      }
      if (this.#whole || element.children.length === 0) continue
      const filled = /^\s*(★+)☆*(?:\s|$)/.exec(textOf(element, 100))?.[1]
      if (filled) yield { value: String(filled.length), element }
    }
  }

  *#question(): Generator<Shown> {
    for (const element of this.elements) if (['summary', 'dt', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(element.name)) yield* shown(element)
  }

  *#answer(): Generator<Shown> {
    if (!('attribs' in this.root)) return
    const head = this.elements.find(({ name }) => ['summary', 'dt', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(name))
    if (!head) return
    const whole = textOf(this.root, 5000)
    const asked = textOf(head, 5000)
    if (whole.startsWith(asked) && whole.length > asked.length) yield { value: whole.slice(asked.length).trim(), element: this.root }
  }

  *#paragraph(): Generator<Shown> {
    const texts = this.elements.filter(({ name }) => name === 'p').map((element) => ({ value: textOf(element, 5000), element }))
    const longest = texts.toSorted((a, b) => b.value.length - a.value.length)[0]
    if (longest && longest.value.length > 20) yield longest
  }

  *#id(): Generator<Shown> {
    if (!('attribs' in this.root)) return
    const value = this.root.attribs['data-id'] ?? this.root.attribs['data-item-id'] ?? this.root.attribs['data-product-id'] ?? this.root.attribs.id
    if (value) yield { value, element: this.root }
  }
}

const keysMax = 5000
const keysOf = new Map<string, readonly string[]>()

/** Keys under which an element of these names is found. Blocks of a list share theirs, and taking names apart is dear. */
const keysIn = (called: string): readonly string[] => {
  const known = keysOf.get(called)
  if (known) return known
  const keys = new Set<string>()
  for (const token of called.split(/\s+/)) {
    if (token === '' || token.length > 60) continue
    const words = wordsOf(token)
    keys.add(words.join(''))
    const last = words.at(-1)
    if (last !== undefined && words.length > 1) keys.add(last)
    if (words.length > 2) keys.add(words.slice(-2).join(''))
  }
  if (keysOf.size >= keysMax) keysOf.clear()
  const made = [...keys]
  keysOf.set(called, made)
  return made
}

const isAddress = ({ concept }: Field): boolean => concept?.name === 'image' || concept?.name === 'url' || concept?.name === 'logo' || concept?.name === 'video'

const shown = function* (element: Element): Generator<Shown> {
  const value = textOf(element, 2000)
  if (value !== '') yield { value, element }
}

const isStruck = (element: Element): boolean => struck.test(element.name) || struckClass.test(element.attribs.class ?? '')

/** The price that holds, where a struck one stands beside it. */
const firstCurrent = (element: Element): string => {
  const parts: string[] = []
  let struckDepth = 0
  walk(element, {
    enter(inner) {
      if (isStruck(inner)) {
        struckDepth++
        return false
      }
      return true
    },
    leave: () => {},
    text(data) {
      if (parts.length < 50 && data.trim() !== '') parts.push(data.slice(0, 200))
    },
  })
  if (struckDepth === 0) return textOf(element, 200)
  return parts.find((part) => /\d/.test(part))?.trim() ?? ''
}

/** What an element says: machine-readable attributes before text. */
const valueOf = (element: Element, resolve: Resolve, field: Field): string => {
  const { attribs, name } = element
  if (attribs.content !== undefined) return attribs.content
  if (name === 'time' && attribs.datetime) return attribs.datetime
  if (name === 'img') return resolve(attribs['data-src'] ?? attribs.src) ?? ''
  if (name === 'a' && field.concept?.name === 'url') return resolve(attribs.href) ?? ''
  if (name === 'input' || name === 'meter' || name === 'data') return attribs.value ?? ''
  return textOf(element, 5001)
}

/** Whether a run of siblings, a list or a table is the one that a field asks for. */
export const isAbout = (field: Field, about: string): boolean => {
  const words = wordsOf(about).map(singular)
  const said = new Set([...words, ...words.slice(1).map((word, i) => `${words[i]}${word}`)])
  return [field.key, field.bare, ...(field.concept?.names ?? [])].some((name) => said.has(singular(name)))
}
