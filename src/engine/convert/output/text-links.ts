import type { Link } from '../../../contract/document.ts'
import { isHttp, type Resolve } from '../dom/url.ts'
import { listMax } from './links.ts'

const inText = /\[([^[\]\n]{1,300})\]\(<?([^()\s<>]{1,2000}(?:\([^()\s<>]{0,200}\)[^()\s<>]{0,500})?)>?(?:\s+"[^"\n]{0,300}")?\)|<?(https?:\/\/[^\s<>"'`\])}]{1,2000})/g

/** Links in text and Markdown: written ones and bare addresses. */
export const linksInText = (text: string, resolve: Resolve): Link[] => {
  const found = new Map<string, Link>()
  for (const match of text.matchAll(inText)) {
    const bare = match[3]?.replace(/[.,;:!?]+$/, '')
    const url = resolve(match[2] ?? bare)
    if (!isHttp(url) || found.size >= listMax) continue
    if (!found.has(url)) found.set(url, { url, text: match[1]?.trim() ?? '' })
  }
  return [...found.values()]
}
