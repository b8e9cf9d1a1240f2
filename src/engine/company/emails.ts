import { parse } from 'tldts'
import type { Email } from '../../contract/company.ts'
import type { Proof } from '../../contract/proof.ts'
import { eachElement } from '../convert/dom/walk.ts'
import { isRecord } from '../extract/schema.ts'
import { merged, textsOf } from './collect.ts'
import type { CompanyPage } from './company-page.ts'
import { sameSite, siteLabel, squeeze } from './site.ts'

const address = /[\p{L}\p{N}](?:[\p{L}\p{N}.+_-]{0,62}[\p{L}\p{N}])?@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}{2,24}/gu
/** Ways to keep programs from seeing an address. The brackets are what tells them from prose. */
const hiddenAt = /\s*(?:\[\s*(?:at|ät|@|a t|arroba|chez)\s*\]|\(\s*(?:at|ät|@|a t|arroba|chez)\s*\)|\{\s*(?:at|ät|@)\s*\}|<\s*at\s*>|\s-at-\s|_at_)\s*/gi
const hiddenDot = /\s*(?:\[\s*(?:dot|punkt|point|\.|d o t)\s*\]|\(\s*(?:dot|punkt|point|\.|d o t)\s*\)|\{\s*(?:dot|punkt|\.)\s*\}|\s-dot-\s|_dot_)\s*/gi
const spoken = /\b([a-z0-9._-]{2,40})\s+(?:AT|at)\s+([a-z0-9-]{2,40}(?:\s+(?:DOT|dot)\s+[a-z]{2,10})+)\b/g

/** Mailboxes of a function, the most general first. */
const roles = [
  'info', 'hello', 'contact', 'kontakt', 'contacto', 'contato', 'contatti', 'office', 'hi', 'mail', 'post', 'team', 'service', 'support', 'help', 'sales', 'vertrieb', 'ventas', 'commercial', 'enquiries', 'enquiry', 'inquiries', 'inquiry',
  'customerservice', 'customercare', 'care', 'kundenservice', 'kundendienst', 'business', 'partners', 'partnerships', 'marketing', 'press', 'presse', 'media', 'pr', 'orders', 'order', 'bestellung', 'shop', 'store', 'booking', 'bookings', 'reservations', 'reservation', 'events',
  'jobs', 'careers', 'career', 'hr', 'recruiting', 'bewerbung', 'legal', 'privacy', 'datenschutz', 'dpo', 'gdpr', 'compliance', 'security', 'abuse', 'billing', 'accounts', 'accounting', 'buchhaltung', 'finance', 'invoice', 'rechnung', 'investors', 'ir', 'investor', 'webmaster', 'admin', 'administration', 'reception', 'rezeption', 'empfang', 'feedback', 'news', 'editor', 'redaktion', 'admissions', 'general', 'ask', 'welcome', 'frontdesk', 'returns', 'wholesale', 'export', 'donations', 'membership', 'verwaltung', 'sekretariat', 'zentrale', 'praxis', 'kanzlei', 'accueil', 'secretariat', 'direction', 'hola', 'ola', 'ciao', 'bonjour', 'hallo', 'moin',
]
const rank = new Map(roles.map((role, i) => [role, i]))
const never = /^(?:no-?reply|do-?not-?reply|postmaster|mailer-daemon|bounce|user(?:name)?|your?-?(?:name|email)?|name|e?mail|example|test|john\.?doe|jane\.?doe|someone|vorname\.nachname|firstname\.lastname)$/i
const placeholder = /(?:^|\.)(?:example|test|domain|yourdomain|mydomain|company|yourcompany|email|sentry|wixpress|ingest|mysite|website|yoursite)\.(?:\w+)$|sentry\.io$|sentry-next|wixpress\.com$|\.(?:png|jpe?g|gif|webp|svg|avif|css|js|mjs|ico|mp4|woff2?)$/i

/** All mailboxes of a page; persons' are marked by `role: false`. */
export const emailsOf = (page: CompanyPage): Email[] => {
  const found: Email[] = []
  const add = (text: string, confidence: number, proof: Proof): void => {
    const value = tidy(text)
    if (value !== undefined) found.push({ value, role: isRole(value, page.read.url), confidence, evidence: [proof] })
  }
  for (const { data, source, path, own } of page.organizations) {
    for (const holder of [data, ...[data.contactPoint, data.contactPoints].flat().filter(isRecord)]) {
      for (const text of textsOf(holder.email)) add(text, 0.6 + own * 0.35, page.at(source, `${path}${holder === data ? '' : '.contactPoint'}.email`))
    }
  }
  eachElement(page.read.page.root, ({ name, attribs }) => {
    if (name === 'a' && attribs.href !== undefined && /^\s*mailto:/i.test(attribs.href)) {
      for (const one of decoded(attribs.href.replace(/^\s*mailto:/i, '').split('?')[0] ?? '').split(/[,;]/).slice(0, 10)) add(plain(one), 0.85, page.at('element', `a[href="${attribs.href.slice(0, 100)}"]`))
    }
    const cipher = attribs['data-cfemail'] ?? /\/cdn-cgi\/l\/email-protection#([0-9a-f]{8,400})$/i.exec(attribs.href ?? '')?.[1]
    if (cipher !== undefined) add(unprotected(cipher), 0.85, page.at('element', 'data-cfemail'))
    const { 'data-email': whole, 'data-user': user, 'data-domain': domain } = attribs
    if (whole !== undefined) add(plain(whole), 0.7, page.at('element', '[data-email]'))
    else if (user !== undefined && domain !== undefined) add(`${user}@${domain}`, 0.7, page.at('element', '[data-user][data-domain]'))
  })
  for (const { text, region } of page.lines) {
    if (text.length > 2000) continue
    const confidence = region === 'body' ? 0.6 : 0.75
    const open = plain(text)
    for (const [one] of open.matchAll(address)) add(one, open === text ? confidence : 0.75, page.at('text', text))
    if (region !== 'body' || page.kind === 'contact') for (const [all, local = '', host = ''] of text.matchAll(spoken)) add(`${local}@${host.replace(/\s+dot\s+/gi, '.')}`, 0.6, page.at('text', all))
  }
  return found
}

/** Each once: of the site's own domain first, then by how general the mailbox is. */
export const sortedEmails = (emails: readonly Email[], url: string): Email[] => {
  const place = ({ value, role }: Email): number => (sameSite(value, url) ? 0 : 1000) + (role ? (rank.get(localOf(value)) ?? 200) : 500)
  return merged(emails, ({ value }) => value).toSorted((a, b) => place(a) - place(b) || b.confidence - a.confidence)
}

const plain = (text: string): string => (/[[({<@_-]/.test(text) ? text.replace(hiddenAt, '@').replace(hiddenDot, (match, at: number) => (text.slice(0, at).match(/@|at|ät/i) ? '.' : match)) : text)

const tidy = (text: string): string | undefined => {
  const value = text.trim().replace(/^mailto:/i, '').replace(/[.,;:>)\]]+$/, '').toLowerCase()
  if (value.length > 254 || value.match(address)?.[0] !== value) return undefined
  const at = value.lastIndexOf('@')
  const [local, host] = [value.slice(0, at), value.slice(at + 1)]
  if (never.test(local) || placeholder.test(host) || /^[0-9a-f]{24,}$/.test(local) || local.includes('..')) return undefined
  const { isIcann, domain } = parse(host)
  return (isIcann === true || host.endsWith('.test') || host.endsWith('.example')) && domain !== null && !/^example\.(?:com|org|net)$/.test(host) ? value : undefined
}

const localOf = (value: string): string => (value.slice(0, value.lastIndexOf('@')).split('+')[0] ?? '').replace(/[._-]/g, '')

const isRole = (value: string, url: string): boolean => {
  const local = value.slice(0, value.lastIndexOf('@'))
  if (rank.has(localOf(value)) || (local.split(/[._+-]/)[0] !== undefined && rank.has(local.split(/[._+-]/)[0] as string)) || (local.split(/[._+-]/).at(-1) !== undefined && rank.has(local.split(/[._+-]/).at(-1) as string))) return true
  const label = squeeze(siteLabel(url))
  return label.length >= 3 && squeeze(local).includes(label)
}

/** Hex whose first byte was laid over all others. */
const unprotected = (cipher: string): string => {
  const bytes = (cipher.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  return new TextDecoder().decode(Uint8Array.from(bytes.slice(1).map((byte) => byte ^ (bytes[0] ?? 0))))
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
