import type { Element, ParentNode } from 'domhandler'
import type { SocialLink } from '../../../contract/brand.ts'
import type { Proof } from '../../../contract/proof.ts'
import { walk } from '../../convert/dom/walk.ts'
import type { ReadPage } from '../../enrich/parts.ts'
import { nodesOf, stringsOf } from '../json-ld.ts'
import { resembles } from '../names.ts'
import { builders } from './networks.ts'
import { byNetwork, ofTwitterCard, profileOf, type Profile } from './profile.ts'

interface Found extends Profile {
  /** How far the place speaks for the site's own profile, 0 to 1. */
  worth: number
  evidence: Proof[]
  /** It stands beside profiles on other networks. */
  grouped: boolean
}

const linksMax = 20_000
const chrome = new Set(['header', 'footer', 'nav'])
const socialWords = /(?:^|[\s_-])(?:socials?|follow|connect|sns)(?:[\s_-]|$)|social[-_]?(?:link|icon|media|nav|menu|bar|list)/i
const content = /(?:^|[\s_-])(?:author|byline|bio|comments?|speakers?|team|member|staff|person|testimonial|review|speaker)/i

/** Profiles of the site's own, best known networks first. `names`: what the brand is called. */
export const socialOf = (page: ReadPage, names: readonly string[]): SocialLink[] => {
  const found = new Map<string, Found>()
  const add = (profile: Profile | undefined, worth: number, proof: Proof): void => {
    if (!profile) return
    const key = keyOf(profile)
    const known = found.get(key)
    if (!known) found.set(key, { ...profile, worth, evidence: [proof], grouped: false })
    else {
      known.worth = 1 - (1 - known.worth) * (1 - worth * 0.5)
      if (known.evidence.length < 4 && !known.evidence.some((one) => one.source === proof.source)) known.evidence.push(proof)
    }
  }
  for (const node of nodesOf(page.metadata.json_ld)) {
    const isPerson = node.types.includes('Person')
    if (!isPerson && !node.types.some((type) => organizations.test(type))) continue
    for (const address of stringsOf(node.value.sameAs)) add(profileOf(address), isPerson ? 0.3 : 0.85, { source: 'json_ld', at: `${node.types[0] ?? ''}.sameAs` })
  }
  const card = page.metadata.twitter?.['twitter:site'] ?? page.metadata.twitter?.['twitter:creator']
  if (card !== undefined) add(ofTwitterCard(card), page.metadata.twitter?.['twitter:site'] === undefined ? 0.3 : 0.75, { source: 'twitter', at: 'twitter:site' })
  for (const link of page.page.links) if (/(?:^|\s)me(?:\s|$)/.test(link.rel ?? '')) add(profileOf(link.href ?? '', true), 0.8, { source: 'link', at: 'rel=me' })
  for (const { address, isMe, worth, place } of anchors(page)) add(profileOf(address, isMe), worth, { source: 'element', at: place })
  return ranked([...found.values()], names)
}

const organizations = /Organization|Corporation|Business|Store|Restaurant|Hotel|School|College|University|WebSite|Brand|NGO|Company|Service|Agency|Dealer|Library|Museum|Church|Hospital|Clinic|Dentist|Physician|Attorney|SoftwareApplication|Place|Electrician|Plumber|Contractor|Locksmith/

interface Anchor {
  address: string
  isMe: boolean
  worth: number
  place: string
}

/** Links in header and footer and in groups of such links are the site's own; those inside an article are somebody's. */
const anchors = (page: ReadPage): Anchor[] => {
  const list: Anchor[] = []
  const parents: Element[] = []
  walk(page.page.root as ParentNode, {
    enter(element) {
      parents.push(element)
      if (element.name !== 'a' || list.length >= linksMax) return true
      const address = page.resolve(element.attribs.href)
      if (address === undefined || !/^https?:/.test(address)) return true
      const near = parents.slice(-12, -1)
      const words = near.map(wordsOf).join(' ')
      const inChrome = near.some(({ name, attribs }) => chrome.has(name) || attribs.role === 'contentinfo' || attribs.role === 'banner') || /(?:^|[\s_-])(?:footer|header|top-?bar)/i.test(words)
      const inSocial = socialWords.test(`${words} ${wordsOf(element)}`)
      const isMe = /(?:^|\s)me(?:\s|$)/.test(element.attribs.rel ?? '')
      const inText = near.some(({ name }) => name === 'p' || name === 'article' || name === 'li') && !inSocial
      const personal = content.test(words)
      const worth = isMe ? 0.85 : personal ? 0.1 : inChrome && inSocial ? 0.85 : inChrome ? 0.75 : inSocial ? 0.6 : inText ? 0.2 : 0.35
      list.push({ address, isMe, worth, place: inChrome ? 'header or footer' : inSocial ? 'group of social links' : 'text' })
      return true
    },
    leave() {
      parents.pop()
    },
    text() {},
  })
  return list
}

const wordsOf = ({ attribs }: Element): string => `${attribs.class ?? ''} ${attribs.id ?? ''}`.slice(0, 300)

const keyOf = ({ network, url }: Profile): string => `${network} ${url.toLowerCase().replace(/\/+$/, '')}`

const ranked = (found: readonly Found[], names: readonly string[]): SocialLink[] => {
  const scored = found.flatMap((one) => {
    const handle = one.handle ?? ''
    const alike = handle !== '' && names.some((name) => resembles(handle, name))
    if (builders.test(handle) && !alike) return []
    const score = Math.min(0.99, one.worth + (alike ? (1 - one.worth) * 0.6 : 0) - (one.aside ? 0.25 : 0))
    return [{ ...one, score, alike }]
  })
  const kept = scored.filter(({ score }) => score >= 0.45)
  const result: typeof kept = []
  for (const one of kept.toSorted((a, b) => byNetwork(a, b) || b.score - a.score)) {
    const others = result.filter(({ network }) => network === one.network)
    // A second profile on a network is a subsidiary's or an old one: it must be sure of itself.
    if (others.length > 0 && (one.aside || others.length > 2 || one.score < 0.7 || (!one.alike && others.some(({ alike }) => alike)))) continue
    result.push(one)
  }
  return result.map(({ network, url, handle, score, evidence }) => ({ network, url, ...(handle === undefined ? {} : { handle }), confidence: Math.round(score * 100) / 100, evidence }))
}
