import type { Fact } from '../../contract/proof.ts'
import { textOf } from '../extract/dom.ts'
import { collapse, eachElement } from '../convert/dom/walk.ts'
import { best, textsOf } from './collect.ts'
import type { CompanyPage } from './company-page.ts'
import { siteLabel, squeeze } from './site.ts'

type Name = Fact<string>

/** Legal forms as names end in them. */
const forms = String.raw`(?:g?GmbH(?:\s*&\s*Co\.?\s*KG(?:aA)?)?|AG(?:\s*&\s*Co\.?\s*KG(?:aA)?)?|SE|KGaA|KG|OHG|UG(?:\s*\(haftungsbeschränkt\))?|e\.?\s?K\.?|e\.?\s?V\.?|GbR|Ges\.?m\.?b\.?H\.?|Inc\.?|Incorporated|LLC|L\.L\.C\.|Ltd\.?|Limited|PLC|plc|LLP|L\.P\.|Corp\.?|Corporation|Co\.,?\s*Ltd\.?|Pty\.?\s*Ltd\.?|S\.?A\.?S\.?U?|SARL|S\.à\s?r\.l\.|S\.?A\.?R\.?L\.?|S\.A\.|SA|S\.?L\.?U?|S\.?p\.?A\.?|S\.?r\.?l\.?|B\.?V\.?|N\.V\.|A/S|ApS|AB|AS|Oyj?|Sp\.\s*z\s*o\.\s*o\.|s\.r\.o\.|a\.s\.|Kft\.?|Lda\.?|Ltda\.?|K\.K\.)`
const legalEnd = new RegExp(String.raw`(?:^|[\s,])${forms}$`)
const word = String.raw`[\p{Lu}\d][\p{L}\p{M}\d.'’&+\-]*`
const legalName = new RegExp(String.raw`(?<![\p{L}\d])(${word}(?:[ ,]+(?:${word}|and|und|et|y|of|de|der|für|the|&)){0,6}?,?\s+${forms})(?![\p{L}\d])`, 'gu')
const copyright = /(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*(?:\d{4}(?:\s*[-–—]\s*(?:\d{2,4}|present))?)?[\s,.:|–-]*(?:by\s+)?(.{2,80}?)(?:\s*[.|·•©–—]|\s+-\s|,?\s+(?:all rights|alle rechte|tous droits|todos los|tutti i diritti|\d{4})|$)/i
const yearFirst = /^\d{4}\b/

export const namesOf = (page: CompanyPage): Name[] => {
  const { read: { metadata, url }, organizations, lines, first, at } = page
  const label = siteLabel(url)
  const names: Name[] = []
  const add = (value: string | undefined, confidence: number, ...[source, place]: Parameters<CompanyPage['at']>): void => {
    const tidy = collapse(value ?? '').replace(/^[|·•\-–—:\s]+|[|·•\-–—:\s]+$/g, '')
    if (tidy === '' || tidy.length > 100 || /^https?:|^(?:home|startseite|welcome|accueil|inicio)$/i.test(tidy)) return
    // A name that its own host agrees with is surer.
    const agrees = alike(tidy, label)
    names.push({ value: tidy, confidence: Math.min(0.98, confidence + (agrees ? 0.12 : -0.1)), evidence: [at(source, place)] })
  }
  for (const { data, source, path, own } of organizations) add(textsOf(data.name)[0], 0.5 + own * 0.35, source, `${path}.name`)
  if (!first) return names
  add(metadata.site_name, 0.75, 'open_graph', 'og:site_name')
  for (const line of lines.slice(-200)) {
    const holder = copyright.exec(line.text)?.[1]
    if (holder !== undefined && !yearFirst.test(holder)) add(holder.replace(legalEnd, '').replace(/,$/, ''), 0.55, 'text', line.text)
  }
  eachElement(page.read.page.root, (element) => {
    if (element.name === 'img' && /logo/i.test(`${element.attribs.class} ${element.attribs.src} ${element.attribs.alt}`)) {
      const alt = (element.attribs.alt ?? '').replace(/\b(?:the\s+)?(?:company\s+)?logo\b(?:\s+(?:of|von|de))?/gi, '').trim()
      if (alike(alt, label)) add(alt, 0.6, 'element', `img alt="${element.attribs.alt}"`)
    }
  })
  const title = page.read.page.title ?? ''
  for (const part of title.split(/\s+[|–—·•»:-]\s+|\s*\|\s*|:\s+/)) if (alike(part, label)) add(part, 0.55, 'title', title)
  if (label !== '') names.push({ value: label.length <= 3 ? label.toUpperCase() : `${label.charAt(0).toUpperCase()}${label.slice(1)}`, confidence: 0.3, evidence: [at('url', label)] })
  return names
}

/** The name with its legal form, as an imprint, a copyright line or structured data has it. */
export const legalNamesOf = (page: CompanyPage): Name[] => {
  const { organizations, lines, kind, read: { url }, at } = page
  const label = squeeze(siteLabel(url))
  const found: Name[] = []
  for (const { data, source, path, own } of organizations) {
    const [legal] = textsOf(data.legalName)
    if (legal !== undefined && legal.length <= 150) found.push({ value: collapse(legal), confidence: 0.6 + own * 0.35, evidence: [at(source, `${path}.legalName`)] })
    const [name] = textsOf(data.name)
    if (name !== undefined && name.length <= 150 && legalEnd.test(name.trim())) found.push({ value: collapse(name), confidence: 0.5 + own * 0.3, evidence: [at(source, `${path}.name`)] })
  }
  lines.forEach((line, i) => {
    if (line.text.length > 400 || /trademark|powered by|(?:web)?design by|hosted by|app store|google play/i.test(line.text)) return
    const signed = /©|copyright/i.test(line.text)
    if (kind !== 'imprint' && !signed && line.region === 'body') return
    for (const [, name = ''] of line.text.replace(/(?:©|\(c\)|copyright)\s*(?:\d{4}(?:\s*[-–]\s*\d{2,4})?)?/gi, '').matchAll(legalName)) {
      const base = kind === 'imprint' ? (i < 60 ? 0.75 : 0.5) : signed ? 0.7 : line.region === 'address' || line.region === 'contact' ? 0.55 : 0.45
      const agrees = label !== '' && squeeze(name).includes(label)
      found.push({ value: collapse(name), confidence: Math.min(0.95, base + (agrees ? 0.15 : -0.15)), evidence: [at('text', line.text)] })
    }
  })
  return found
}

export const alike = (name: string, label: string): boolean => {
  const [a, b] = [squeeze(name), squeeze(label)]
  if (a.length < 2 || b.length < 2) return false
  return a === b || (a.length >= 4 && b.includes(a) && a.length >= b.length * 0.5) || (b.length >= 4 && a.includes(b) && b.length >= a.length * 0.4)
}

export const bestName = (names: readonly Name[]): Name | undefined => best(names)

/** For telling whether a line speaks of this company. */
export const headingOf = (page: CompanyPage): string => {
  let text = ''
  eachElement(page.read.page.root, (element) => {
    if (text === '' && element.name === 'h1') text = textOf(element, 300)
    return text === ''
  })
  return text
}
