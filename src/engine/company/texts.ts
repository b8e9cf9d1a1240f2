import type { Fact } from '../../contract/proof.ts'
import { collapse } from '../convert/dom/walk.ts'
import { best, textsOf } from './collect.ts'
import type { CompanyPage } from './company-page.ts'
import { alike, headingOf } from './names.ts'
import { siteLabel, squeeze } from './site.ts'

type Text = Fact<string>

const sentence = /[^.!?。]+(?:[.!?。]+(?=\s|$)|$)/g
const chrome = /cookie|javascript|newsletter|privacy policy|all rights reserved|©|log ?in|sign up|subscribe|browser/i

/** One or two sentences: what the page's head says, else its first real paragraph. */
export const descriptionOf = (pages: readonly CompanyPage[]): Text | undefined => {
  const found: Text[] = []
  for (const { organizations, read: { metadata }, lines, first, at } of pages) {
    for (const { data, source, path, own } of organizations) {
      const [text] = textsOf(data.description)
      if (text !== undefined && text.length >= 20) found.push({ value: cut(text, 500), confidence: 0.5 + own * 0.3, evidence: [at(source, `${path}.description`)] })
    }
    if (!first) continue
    if (metadata.description !== undefined && metadata.description.length >= 20) found.push({ value: cut(metadata.description, 500), confidence: 0.85, evidence: [at('meta', 'description')] })
    const paragraph = lines.find(({ text, region }) => region === 'body' && text.length >= 80 && !chrome.test(text))
    if (paragraph) found.push({ value: cut(paragraph.text, 300), confidence: 0.45, evidence: [at('text', paragraph.text)] })
  }
  return best(found)
}

/** A slogan, a short heading, or what the title says beside the name. */
export const taglineOf = (page: CompanyPage, name: string | undefined): Text | undefined => {
  const { organizations, read: { page: { title = '' }, url }, at } = page
  for (const { data, source, path } of organizations) {
    const [slogan] = textsOf(data.slogan)
    if (slogan !== undefined && slogan.length <= 200) return { value: collapse(slogan), confidence: 0.9, evidence: [at(source, `${path}.slogan`)] }
  }
  const label = siteLabel(url)
  const isName = (text: string): boolean => alike(text, label) && text.split(/\s+/).length <= 4 || (name !== undefined && squeeze(text) === squeeze(name))
  const isFront = (URL.parse(url)?.pathname ?? '/').replace(/^\/[a-z]{2}(?:-[a-z]{2})?\/?$/i, '/') === '/'
  const heading = headingOf(page)
  const words = heading.split(/\s+/).length
  if (isFront && heading !== '' && words >= 2 && words <= 12 && !isName(heading)) return { value: heading, confidence: 0.65, evidence: [at('element', 'h1')] }
  const rest = title.split(/\s+[|–—·•»-]\s+|\s*\|\s*|:\s+/).map(collapse).filter((part) => part !== '' && !isName(part))
  const [longest] = rest.toSorted((a, b) => b.length - a.length)
  if (isFront && longest !== undefined && longest.split(/\s+/).length >= 2 && longest.length <= 120) return { value: longest, confidence: 0.5, evidence: [at('title', title)] }
  return undefined
}

const sentencesMax = 5

/** Three to five sentences: those that stand early, speak of the company, and share words with what the head says. */
export const longDescriptionOf = (pages: readonly CompanyPage[], name: string | undefined, description: string | undefined): Text | undefined => {
  const key = new Set(keyWords(`${name ?? ''} ${description ?? ''}`))
  const scored: { text: string; score: number; order: number; page: CompanyPage }[] = []
  let order = 0
  for (const page of pages.filter(({ kind, first }) => first || kind === 'about')) {
    let seen = 0
    for (const { text, region } of page.lines) {
      if (region !== 'body' || text.length < 60) continue
      for (const [raw] of text.matchAll(sentence)) {
        const one = collapse(raw)
        if (one.length < 40 || one.length > 400 || chrome.test(one) || !/[.!?。]$/.test(one) || scored.some(({ text: known }) => known === one) || seen > 80) continue
        seen++
        const words = keyWords(one)
        const overlap = words.filter((word) => key.has(word)).length / Math.max(4, words.length)
        const speaks = /\b(?:we|our|us|wir|unser\w*|nous|notre|founded|is an?|provides?|offers?|helps?)\b/i.test(one) ? 0.3 : 0
        scored.push({ text: one, score: overlap * 2 + speaks + 1 / (1 + seen / 4) + (page.kind === 'about' ? 0.4 : 0), order: order++, page })
      }
    }
  }
  const chosen = scored.toSorted((a, b) => b.score - a.score).slice(0, sentencesMax).toSorted((a, b) => a.order - b.order)
  if (chosen.length < 2) return undefined
  const value = cut(chosen.map(({ text }) => text).join(' '), 1200)
  return { value, confidence: 0.5, evidence: [...new Set(chosen.map(({ page }) => page))].map((page) => page.at('text')) }
}

const keyWords = (text: string): string[] => text.toLowerCase().match(/\p{L}{4,}/gu) ?? []

/** Whole sentences as far as they go. */
const cut = (text: string, max: number): string => {
  const tidy = collapse(text)
  if (tidy.length <= max) return tidy
  const end = tidy.slice(0, max).search(/[.!?。](?=[^.!?。]*$)/)
  return end > max * 0.4 ? tidy.slice(0, end + 1) : `${tidy.slice(0, max - 1).replace(/\s+\S*$/, '')}…`
}
