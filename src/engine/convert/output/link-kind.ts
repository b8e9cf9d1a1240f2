import type { Element } from 'domhandler'
import type { LinkKind } from '../../../contract/document.ts'
import { siteOf } from '../../../lib/site.ts'

const landmarks = new Set(['nav', 'footer', 'aside', 'menu'])
const roles = /^(?:navigation|banner|contentinfo|complementary|menu|menubar|search|tablist|toolbar)$/
const names = /(?:^|[\s_-])(?:nav|navbar|navigation|menu|menus|submenu|breadcrumbs?|footer|sidebar|pagination|pager|toc|tabs?|topbar|masthead|skip(?:-?link)?)(?=[\s_-]|$)/i
const upMax = 40

/** `external` leads to another site; of the site's own links, those in its frame are `navigation`, the others `content`. */
export const createLinkKinds = (pageUrl: string): ((url: string, link: Element | undefined) => LinkKind) => {
  const own = siteOf(URL.parse(pageUrl)?.hostname ?? '')
  const sites = new Map<string, boolean>()
  const isOwn = (url: string): boolean => {
    const parsed = URL.parse(url)
    if (!parsed || !/^https?:$/.test(parsed.protocol)) return true
    const known = sites.get(parsed.hostname)
    if (known !== undefined) return known
    const same = siteOf(parsed.hostname) === own
    sites.set(parsed.hostname, same)
    return same
  }
  return (url, link) => (!isOwn(url) ? 'external' : link && inFrame(link) ? 'navigation' : 'content')
}

/** Whether something around a link is the frame of the site. A header inside of an article is the article's. */
const inFrame = (link: Element): boolean => {
  let header = false
  let node = link.parent
  for (let up = 0; node && up < upMax; node = node.parent, up++) {
    if (!('attribs' in node)) continue
    const { name, attribs } = node
    if (name === 'main' || name === 'article') return false
    if (landmarks.has(name) || roles.test(attribs.role ?? '') || ((attribs.class ?? '').length < 500 && names.test(attribs.class ?? '')) || names.test(attribs.id ?? '')) return true
    if (name === 'header') header = true
  }
  return header
}
