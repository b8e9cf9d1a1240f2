import type { Brand, FrameworkHint, SocialLink } from '../../contract/brand.ts'
import type { Fact } from '../../contract/proof.ts'
import { parseAsBrowser } from '../convert/dom/select.ts'
import { isHttp } from '../convert/dom/url.ts'
import { eachElement } from '../convert/dom/walk.ts'
import type { ReadPage } from '../enrich/parts.ts'
import type { DeclaredColor } from './colors.ts'
import { declaredInHead } from './declared.ts'
import { fontLinkOf, type FontLink } from './fonts.ts'
import { frameworksIn } from './frameworks.ts'
import { namedPictures, type Candidate } from './logos/candidates.ts'
import { seenInTree, type Seen } from './logos/seen.ts'
import { brandName } from './names.ts'
import { socialOf } from './social/social.ts'

/** What the HTML alone tells; the rest is fetched, looked at or computed by a browser. */
export interface BrandDraft {
  name: Fact<string> | undefined
  /** What the brand may go by. */
  names: string[]
  pictures: Candidate[]
  /** Pictures on the page, for where nobody renders it. */
  seen: Seen[]
  social: SocialLink[]
  declared: DeclaredColor[]
  fontLinks: FontLink[]
  frameworks: FrameworkHint[]
  open_graph: Brand['open_graph']
  manifest: string | undefined
  /** Style sheets that the page links to, in order. */
  sheets: string[]
}

const sheetsMax = 12

export const draftBrand = (page: ReadPage): BrandDraft => {
  const { name, all } = brandName(page)
  // Its pictures are better known to the browser that has shown them.
  const root = page.rendered ? page.page.root : (parseAsBrowser(page.html) ?? page.page.root)
  const classes = new Map<string, number>()
  eachElement(root, ({ attribs }) => {
    for (const one of (attribs.class ?? '').slice(0, 2000).split(/\s+/)) if (one !== '' && (classes.size < 20_000 || classes.has(one))) classes.set(one, (classes.get(one) ?? 0) + 1)
  })
  const { links, metas, scriptSources } = page.page
  const sheets = links.filter(({ rel, media }) => /(?:^|\s)stylesheet(?:\s|$)/i.test(rel ?? '') && !/print/i.test(media ?? '')).map(({ href }) => page.resolve(href)).filter(isHttp)
  const open = page.metadata.open_graph ?? {}
  const manifest = page.resolve(links.find(({ rel }) => /(?:^|\s)manifest(?:\s|$)/i.test(rel ?? ''))?.href)
  return {
    name,
    names: all,
    pictures: namedPictures(page),
    seen: seenInTree(root, page.url, page.resolve),
    social: socialOf(page, all),
    declared: declaredInHead(page),
    fontLinks: links.flatMap(({ href }) => fontLinkOf(page.resolve(href) ?? '') ?? []),
    frameworks: frameworksIn({
      html: page.html,
      urls: [...scriptSources, ...links.flatMap(({ href }) => href ?? [])],
      generators: metas.filter((meta) => (meta.name ?? '').toLowerCase() === 'generator').flatMap(({ content }) => content ?? []),
      classes,
    }),
    open_graph: {
      ...text('title', open['og:title']), ...text('description', open['og:description']),
      ...text('image', page.resolve(open['og:image:secure_url'] ?? open['og:image'])), ...text('url', page.resolve(open['og:url'])),
    },
    manifest: isHttp(manifest) ? manifest : undefined,
    sheets: [...new Set(sheets)].filter((url) => !fontLinkOf(url)).slice(0, sheetsMax),
  }
}

const text = <K extends string>(key: K, value: string | undefined): { [key in K]?: string } => (value === undefined || value.trim() === '' ? {} : { [key]: value } as { [key in K]?: string })
