import type { AnyNode, ChildNode, Document, Element } from 'domhandler'

/** What a page says about itself outside its visible text: JSON-LD, meta tags, title. */
export interface Structured {
  /** Lower-cased last part of every `@type`. */
  types: string[]
  /** Texts of JSON-LD under keys that hold running text, longest first. */
  texts: { key: string; type: string; text: string }[]
  title: string
  description: string
  ogType: string
  generator: string
  metaNames: string
  nodes: number
}

const textKeys = new Set(['articleBody', 'description', 'text', 'reviewBody', 'abstract', 'recipeInstructions', 'headline', 'name'])
const jsonBytesMax = 2_000_000
const valuesMax = 20_000

const plain = (text: string): string =>
  text.includes('<') || text.includes('&')
    ? text.replace(/<[^>]{0,2000}>/g, ' ').replace(/&nbsp;|&#160;/g, ' ').replace(/&amp;/g, '&').replace(/&quot;|&#34;/g, '"').replace(/&#0?39;|&apos;|&rsquo;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>')
    : text

const parseJson = (source: string): unknown => {
  try {
    return JSON.parse(source)
  } catch {
    // Raw line breaks inside strings are the common mistake; anything worse is left alone.
    try {
      return JSON.parse(source.replace(/^\s*(?:\/\/)?\s*<!\[CDATA\[|(?:\/\/)?\s*\]\]>\s*$/g, '').replace(/[\u0000-\u001f]+/g, ' ').replace(/,(\s*[}\]])/g, '$1'))
    } catch {
      return null
    }
  }
}

const readJsonLd = (source: string, into: Structured): void => {
  if (source.length > jsonBytesMax) return
  const stack: { value: unknown; key: string; type: string }[] = [{ value: parseJson(source), key: '', type: '' }]
  for (let item = stack.pop(); item !== undefined && into.nodes < valuesMax; item = stack.pop()) {
    into.nodes++
    const { value, key } = item
    if (typeof value === 'string') {
      if (textKeys.has(key) && value.length > 1 && into.texts.length < 500) into.texts.push({ key, type: item.type, text: plain(value.slice(0, 200_000)) })
    } else if (Array.isArray(value)) {
      for (let i = Math.min(value.length, 2000) - 1; i >= 0; i--) stack.push({ value: value[i], key, type: item.type })
    } else if (typeof value === 'object' && value !== null) {
      const record = value as Record<string, unknown>
      let type = ''
      for (const name of Array.isArray(record['@type']) ? record['@type'] : [record['@type']]) {
        if (typeof name !== 'string') continue
        type = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
        if (into.types.length < 2000) into.types.push(type)
      }
      for (const name of Object.keys(record)) stack.push({ value: record[name], key: name, type })
    }
  }
}

const textOf = (element: Element): string => {
  let text = ''
  for (const child of element.children) if (child.type === 'text') text += child.data
  return text
}

/** One pass over the tree for scripts, meta tags and the title. */
export const readStructured = (root: Document): Structured => {
  const found: Structured = { types: [], texts: [], title: '', description: '', ogType: '', generator: '', metaNames: '', nodes: 0 }
  const stack: { children: ChildNode[]; next: number }[] = [{ children: root.children, next: 0 }]
  for (let frame = stack[stack.length - 1]; frame !== undefined; frame = stack[stack.length - 1]) {
    const node: AnyNode | undefined = frame.children[frame.next++]
    if (node === undefined) stack.pop()
    else if (node.type === 'script') {
      if (/ld\+json/i.test(node.attribs.type ?? '')) readJsonLd(textOf(node), found)
    } else if (node.type === 'tag') {
      if (node.name === 'meta') readMeta(node, found)
      else if (node.name === 'title') found.title ||= textOf(node).replace(/\s+/g, ' ').trim().slice(0, 500)
      else if (node.children.length > 0) stack.push({ children: node.children, next: 0 })
    }
  }
  found.texts.sort((a, b) => b.text.length - a.text.length)
  return found
}

const readMeta = (element: Element, into: Structured): void => {
  const name = (element.attribs.property ?? element.attribs.name ?? '').toLowerCase()
  const content = element.attribs.content
  if (name === '' || content === undefined) return
  if (into.metaNames.length < 4000) into.metaNames += ` ${name}`
  if (name === 'og:type') into.ogType = content.toLowerCase().slice(0, 60)
  else if (name === 'generator') into.generator = content.toLowerCase().slice(0, 80)
  else if (name === 'description' || name === 'og:description') {
    if (content.length > into.description.length) into.description = content.slice(0, 5000)
  }
}
