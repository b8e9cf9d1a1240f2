import { jsonrepair } from 'jsonrepair'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Node = { [key: string]: Json }

const documentsMax = 100
const repairChars = 500_000
const nodesMax = 5000

/** Things that a page is about, as opposed to the site, its trail and its search box. */
const content = /^(?:.*Article|NewsArticle|BlogPosting|Report|.*Posting|WebPage|ItemPage|FAQPage|QAPage|AboutPage|CollectionPage|Product|Recipe|Event|Course|Book|Movie|VideoObject|PodcastEpisode|HowTo|Question|JobPosting|SoftwareApplication|TechArticle|Review|Dataset|LiveBlogPosting|Service|CreativeWork)$/
const articles = /^(?:.*Article|BlogPosting|Report|.*Posting|LiveBlogPosting|Recipe|VideoObject|PodcastEpisode|HowTo|CreativeWork|Review)$/

/** The structured data of a page, and the questions that metadata asks of it. */
export interface JsonLd {
  documents: unknown[]
  text(property: string): string | undefined
  authors(): string[]
  image(): string | undefined
  keywords(): string[]
  siteName(): string | undefined
}

export const readJsonLd = (sources: readonly string[]): JsonLd => {
  const documents: Json[] = []
  for (const source of sources) {
    if (documents.length >= documentsMax) break
    const parsed = parse(source)
    if (parsed !== undefined && parsed !== null && typeof parsed === 'object' && Object.keys(parsed).length > 0) documents.push(parsed)
  }
  const nodes = flatten(documents)
  const byId = new Map(nodes.flatMap((node) => (typeof node['@id'] === 'string' && Object.keys(node).length > 1 ? [[node['@id'], node] as const] : [])))
  const about = [...nodes.filter((node) => typesOf(node).some((type) => articles.test(type))), ...nodes.filter((node) => typesOf(node).some((type) => content.test(type)))]
  return {
    documents,
    text: (property) => about.map((node) => stringOf(node[property])).find((value) => value !== undefined),
    authors: () => about.map((node) => namesOf(node.author ?? node.creator, byId, true)).find((names) => names.length > 0) ?? [],
    image: () => about.map((node) => urlOf(node.image ?? node.thumbnailUrl, byId)).find((value) => value !== undefined),
    keywords: () => about.flatMap((node) => (Array.isArray(node.keywords) ? node.keywords : [node.keywords])).filter((value) => typeof value === 'string'),
    siteName: () =>
      nodes.filter((node) => typesOf(node).includes('WebSite')).map((node) => stringOf(node.name)).find((value) => value !== undefined) ??
      about.map((node) => namesOf(node.publisher, byId)[0]).find((value) => value !== undefined),
  }
}

/** Comments, CDATA wrappers, trailing commas, bare newlines: what real pages hold. */
const parse = (source: string): Json | undefined => {
  const text = source.trim().replace(/^(?:<!--|\/\*?\s*<!\[CDATA\[(?:\s*\*\/)?|<!\[CDATA\[|\/\/\s*<!\[CDATA\[)/i, '').replace(/(?:-->|(?:\/\*\s*|\/\/\s*)?\]\]>(?:\s*\*\/)?)$/, '').trim().replace(/;$/, '')
  if (text === '') return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    // Worth one attempt at mending.
  }
  if (text.length > repairChars || !/^[[{]/.test(text)) return undefined
  try {
    return JSON.parse(jsonrepair(text)) as Json
  } catch {
    // Beyond repair: it is as if the page had none.
    return undefined
  }
}

const flatten = (documents: readonly Json[]): Node[] => {
  const nodes: Node[] = []
  const open: Json[] = documents.toReversed()
  for (let value = open.pop(); value !== undefined && nodes.length < nodesMax; value = open.pop()) {
    if (Array.isArray(value)) {
      for (const item of value.toReversed()) open.push(item)
    } else if (value !== null && typeof value === 'object') {
      nodes.push(value)
      for (const key of ['mainEntity', 'mainEntityOfPage', '@graph']) {
        const inner = value[key]
        if (inner !== null && typeof inner === 'object') open.push(inner)
      }
    }
  }
  return nodes
}

const typesOf = (node: Node): string[] => {
  const type = node['@type']
  const list = Array.isArray(type) ? type : [type]
  return list.flatMap((value) => (typeof value === 'string' ? [value.replace(/^https?:\/\/schema\.org\//, '')] : []))
}

const stringOf = (value: Json | undefined): string | undefined => {
  if (typeof value === 'string') return value.trim() || undefined
  if (Array.isArray(value)) return value.map(stringOf).find((item) => item !== undefined)
  if (value !== null && typeof value === 'object') return stringOf(value['@value'])
  return undefined
}

const namesOf = (value: Json | undefined, byId: ReadonlyMap<string, Node>, people = false): string[] => {
  const list = Array.isArray(value) ? value : [value]
  return list.slice(0, 50).flatMap((item) => {
    if (typeof item === 'string') return item.trim() === '' ? [] : [item.trim()]
    if (item === null || item === undefined || typeof item !== 'object' || Array.isArray(item)) return []
    const node = item.name === undefined && typeof item['@id'] === 'string' ? (byId.get(item['@id']) ?? item) : item
    if (people && typesOf(node).some((type) => /Organization|Corporation|Brand|WebSite/.test(type))) return []
    const names = Array.isArray(node.name) ? node.name : [node.name]
    return names.flatMap((name) => (typeof name === 'string' && name.trim() !== '' ? [name.trim()] : []))
  })
}

const urlOf = (value: Json | undefined, byId: ReadonlyMap<string, Node>): string | undefined => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((item) => urlOf(item, byId)).find((item) => item !== undefined)
  if (value === null || value === undefined || typeof value !== 'object') return undefined
  const own = value.url ?? value.contentUrl
  if (typeof own === 'string') return own
  const other = typeof value['@id'] === 'string' ? byId.get(value['@id']) : undefined
  return typeof other?.url === 'string' ? other.url : undefined
}
