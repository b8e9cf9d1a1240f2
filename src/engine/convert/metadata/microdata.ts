import type { Document, Element } from 'domhandler'
import type { Resolve } from '../dom/url.ts'
import { collapse, rawTextOf, walk } from '../dom/walk.ts'

interface Item {
  type?: string[]
  id?: string
  properties: Record<string, (string | Item)[]>
}

const itemsMax = 500
const valuesMax = 5000
const valueChars = 5000
const totalChars = 500_000
const depthMax = 8

/** Items as the HTML Standard's microdata-to-JSON has them, without `itemref`. */
export const microdataOf = (root: Document, resolve: Resolve): unknown[] => {
  const top: Item[] = []
  /** One entry per open element; null where the element is no item. */
  const open: (Item | null)[] = []
  const items: Item[] = []
  let itemCount = 0
  let valueCount = 0
  let chars = 0
  walk(root, {
    enter(element) {
      const current = items.at(-1)
      const names = (element.attribs.itemprop ?? '').split(/\s+/).filter((name) => name !== '' && name.length <= 100)
      const item = 'itemscope' in element.attribs && itemCount < itemsMax && items.length < depthMax ? itemOf(element, resolve) : null
      if (item) {
        itemCount++
        if (names.length === 0 || !current) top.push(item)
      }
      if (current && names.length > 0 && valueCount < valuesMax && chars < totalChars) {
        const value = item ?? valueOf(element, resolve)
        if (typeof value === 'string') chars += value.length * names.length
        if (value !== '') for (const name of names) {
          valueCount++
          ;(current.properties[name] ??= []).push(value)
        }
      }
      open.push(item)
      if (item) items.push(item)
      return true
    },
    leave() {
      if (open.pop()) items.pop()
    },
    text: () => {},
  })
  return top.filter((item) => Object.keys(item.properties).length > 0)
}

const itemOf = (element: Element, resolve: Resolve): Item => {
  const type = (element.attribs.itemtype ?? '').split(/\s+/).filter((name) => name !== '' && name.length <= 300)
  const id = element.attribs.itemid ? resolve(element.attribs.itemid) : undefined
  // Names come from the page, so nothing may be inherited.
  return { ...(type.length > 0 ? { type } : {}), ...(id ? { id } : {}), properties: Object.create(null) as Item['properties'] }
}

const valueOf = (element: Element, resolve: Resolve): string => {
  const { attribs } = element
  switch (element.name) {
    case 'meta':
      return collapse((attribs.content ?? '').slice(0, valueChars))
    case 'a':
    case 'area':
    case 'link':
      return resolve(attribs.href) ?? ''
    case 'img':
    case 'audio':
    case 'video':
    case 'source':
    case 'embed':
    case 'iframe':
    case 'track':
      return resolve(attribs.src ?? attribs['data-src']) ?? ''
    case 'data':
    case 'meter':
      return attribs.value ?? ''
    case 'time':
      return attribs.datetime ?? collapse(rawTextOf(element, valueChars))
    default:
      return attribs.content ?? collapse(rawTextOf(element, valueChars))
  }
}
