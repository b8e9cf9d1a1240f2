import { parseHtml } from '../convert/dom/parse.ts'
import { createResolver } from '../convert/dom/url.ts'
import { metadataOf } from '../convert/metadata/index.ts'
import { measureText } from '../convert/output/text.ts'
import type { ReadPage, VisitedPage } from './parts.ts'

/** Parsed once for all parts. */
export const readPage = (visited: VisitedPage): ReadPage => {
  const page = parseHtml(visited.html)
  const resolve = createResolver(visited.url, page.base)
  return { ...visited, page, resolve, metadata: metadataOf(page, visited.url, resolve, visited.headers, measureText(page.root).sample) }
}
