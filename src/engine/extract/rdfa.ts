import type { Element, ParentNode } from 'domhandler'
import type { Resolve } from '../convert/dom/url.ts'
import { walk } from '../convert/dom/walk.ts'
import { textOf } from './dom.ts'

type Item = Record<string, unknown>

const itemsMax = 500
const depthMax = 8
const valuesMax = 5000

const local = (name: string): string => name.replace(/^.*[:/#]/, '')

/** RDFa Lite in the shape of JSON-LD: `typeof`, `property`, `resource`; prefixes are not told apart. */
export const rdfaOf = (root: ParentNode, resolve: Resolve): Item[] => {
  const top: Item[] = []
  const open: (Item | null)[] = []
  const items: Item[] = []
  let count = 0
  let values = 0
  walk(root, {
    enter(element) {
      const { typeof: type, property } = element.attribs
      const item: Item | null = type !== undefined && type !== '' && count < itemsMax && items.length < depthMax ? { '@type': type.split(/\s+/).slice(0, 5).map(local) } : null
      const current = items.at(-1)
      if (item) {
        count++
        if (property === undefined || !current) top.push(item)
      }
      if (current && property !== undefined && values < valuesMax) {
        const value = item ?? valueOf(element, resolve)
        for (const name of property.split(/\s+/).slice(0, 5).map(local)) {
          if (name === '' || name === '__proto__' || value === '') continue
          values++
          const known = current[name]
          current[name] = known === undefined ? value : Array.isArray(known) ? [...(known as unknown[]), value].slice(0, 500) : [known, value]
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
  return top.filter((item) => Object.keys(item).length > 1)
}

const valueOf = (element: Element, resolve: Resolve): string => {
  const { attribs, name } = element
  if (attribs.content !== undefined) return attribs.content.slice(0, 5000)
  if (attribs.resource !== undefined) return resolve(attribs.resource) ?? attribs.resource
  if (attribs.href !== undefined) return resolve(attribs.href) ?? ''
  if (attribs.src !== undefined) return resolve(attribs.src) ?? ''
  if (name === 'time' && attribs.datetime !== undefined) return attribs.datetime
  return textOf(element, 5000)
}
