import type { Logo } from '../../../contract/brand.ts'
import { contrastOf, toneOf } from '../color.ts'
import { fileOf, type Candidate } from './candidates.ts'
import type { Checked } from './check.ts'

/** What came of looking at a candidate's bytes. `unread`: they could not be got, which says nothing about the picture. */
export type Look = { kind: 'picture'; checked: Checked } | { kind: 'none' } | { kind: 'unread' }

const logosMax = 8

/** One candidate per address, with all that speaks for it; best first. */
export const distinct = (candidates: readonly Candidate[]): (Candidate & { proofs: Candidate['proof'][] })[] => {
  const byUrl = new Map<string, Candidate & { proofs: Candidate['proof'][] }>()
  for (const one of candidates) {
    const known = byUrl.get(one.url)
    if (!known) {
      byUrl.set(one.url, { ...one, proofs: [one.proof] })
      continue
    }
    known.score = Math.min(0.98, 1 - (1 - Math.max(known.score, one.score)) * (1 - Math.min(known.score, one.score) * (known.proof.source === one.proof.source ? 0 : 0.4)))
    known.icon &&= one.icon
    if (known.proofs.length < 4 && !known.proofs.some(({ source }) => source === one.proof.source)) known.proofs.push(one.proof)
    if (one.behind !== undefined) known.behind ??= one.behind
    if (one.alt !== undefined) known.alt ??= one.alt
    if (one.width !== undefined) known.width ??= one.width
    if (one.height !== undefined) known.height ??= one.height
  }
  return [...byUrl.values()].toSorted((a, b) => b.score - a.score)
}

/** The logos of a brand and its favicon. `looks`: by address, for as many as were looked at. */
export const choose = (candidates: readonly (Candidate & { proofs: Candidate['proof'][] })[], looks: ReadonlyMap<string, Look>): { logos: Logo[]; favicon: Logo | undefined } => {
  const read = candidates.flatMap((one) => {
    const look = looks.get(one.url)
    if (look?.kind === 'none') return []
    const checked = look?.kind === 'picture' ? look.checked : undefined
    // One pixel counts visitors and is no logo.
    if (checked && (checked.width ?? 99) < 8) return []
    return [{ logo: logoOf(one, checked), icon: one.icon }]
  })
  const shown = read.filter(({ icon, logo }) => !icon && logo.confidence >= 0.3)
  const icons = read.filter(({ icon }) => icon).map(({ logo }) => logo)
  const best = shown.length > 0 ? shown.map(({ logo }) => logo) : []
  const logos = [...best.slice(0, logosMax - Math.min(2, icons.length)), ...icons.slice(0, 2)].toSorted((a, b) => b.confidence - a.confidence)
  const declared = icons.filter(({ evidence }) => evidence.some(({ at }) => at === 'icon'))
  return { logos, favicon: declared[0] ?? icons[0] }
}

const logoOf = (one: Candidate & { proofs: Candidate['proof'][] }, checked: Checked | undefined): Logo => {
  const size = { width: checked?.width ?? one.width, height: checked?.height ?? one.height }
  const theme = themeOf(one, checked)
  const format = checked?.format ?? formatOf(one.url)
  return {
    url: one.url,
    type: typeOf(one, size),
    ...(theme === undefined ? {} : { theme }),
    ...(format === undefined ? {} : { format }),
    ...(size.width === undefined ? {} : { width: size.width }),
    ...(size.height === undefined ? {} : { height: size.height }),
    ...(checked ? { bytes: checked.bytes } : {}),
    ...(one.alt === undefined ? {} : { alt: one.alt }),
    ...(checked && checked.colors.length > 0 ? { colors: checked.colors.map(({ hex }) => hex) } : {}),
    checked: checked !== undefined,
    confidence: Math.round(Math.min(0.99, one.score * (checked ? 1 : 0.85)) * 100) / 100,
    evidence: one.proofs,
  }
}

const typeOf = (one: Candidate, { width = 0, height = 0 }: { width?: number | undefined; height?: number | undefined }): Logo['type'] => {
  if (one.icon) return 'icon'
  if (/wordmark|logotype|text-only/i.test(`${one.words} ${fileOf(one.url)}`)) return 'wordmark'
  if (width === 0 || height === 0) return 'logo'
  const shape = width / height
  return shape < 1.35 ? 'icon' : shape >= 5.5 ? 'wordmark' : 'logo'
}

/** By the colour behind it, by its file's name, or by what it is itself drawn in. */
const themeOf = (one: Candidate, checked: Checked | undefined): Logo['theme'] => {
  const behind = one.behind === undefined || one.behind === 'image' ? undefined : toneOf(one.behind)
  if (behind && behind.alpha > 0.5) return contrastOf(behind.hex, '#ffffff') > 4.5 ? 'dark' : 'light'
  const file = fileOf(one.url)
  if (/(?:^|[-_.])(?:white|light|reverse[ds]?|inverse|inverted|wht|neg|negative)(?:[-_.]|$)/i.test(file)) return 'dark'
  if (/(?:^|[-_.])(?:black|dark|colou?r|positive)(?:[-_.]|$)/i.test(file)) return 'light'
  if (checked?.lightness !== undefined) return checked.lightness > 0.8 ? 'dark' : 'light'
  return undefined
}

const formatOf = (url: string): Logo['format'] => {
  if (url.startsWith('data:image/svg')) return 'svg'
  const end = /\.(svg|png|jpe?g|webp|gif|ico|avif)$/i.exec(URL.parse(url)?.pathname ?? '')?.[1]?.toLowerCase()
  return end === 'jpg' ? 'jpeg' : (end as Logo['format'])
}
