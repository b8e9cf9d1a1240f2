import { DomHandler, type ChildNode, type Comment, type Document, type Element } from 'domhandler'
import { Parser } from 'htmlparser2'

const depthMax = 256

const parseCapped = (html: string): ChildNode[] => {
  const handler = new DomHandler()
  let depth = 0
  new Parser({
    onopentag: (name, attribs) => { if (depth++ < depthMax) handler.onopentag(name, attribs) },
    onclosetag: () => { if (--depth < depthMax) handler.onclosetag() },
    ontext: (data) => handler.ontext(data),
    onend: () => handler.onend(),
  }).end(html)
  return handler.dom
}

/**
 * In HTML a `<![CDATA[` outside SVG and MathML ends at the next `>`. htmlparser2 reads on to `]]>`, which may be the end of the page:
 * such a comment is parsed again. True when nodes were put in its place.
 */
export const reopenCdata = (comment: Comment, siblings: ChildNode[], at: number, parent: Document | Element | null): boolean => {
  if (!comment.data.startsWith('[CDATA[')) return false
  const from = comment.data.indexOf('>')
  if (from < 0 || comment.data.length - from < 200) return false
  const nodes = parseCapped(comment.data.slice(from + 1))
  siblings.splice(at, 1, ...nodes)
  for (let i = at; i < at + nodes.length; i++) {
    const node = siblings[i]
    if (node === undefined) continue
    node.parent = parent
    node.prev = siblings[i - 1] ?? null
    node.next = siblings[i + 1] ?? null
  }
  const [before, after] = [siblings[at - 1], siblings[at + nodes.length]]
  if (before !== undefined) before.next = siblings[at] ?? null
  if (after !== undefined) after.prev = siblings[at + nodes.length - 1] ?? null
  return true
}
