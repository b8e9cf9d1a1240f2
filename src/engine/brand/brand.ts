import type { Brand, Swatch } from '../../contract/brand.ts'
import type { RawBlob } from '../../contract/render.ts'
import { Deadline } from '../../lib/deadline.ts'
import type { VisitedPage } from '../enrich/parts.ts'
import type { Work } from '../engine.ts'
import { toneOf } from './color.ts'
import type { DeclaredColor } from './colors.ts'
import { composeBrand } from './compose.ts'
import type { BrandDraft } from './draft.ts'
import { fetchAll } from './fetch.ts'
import { manifestIcons, shownPictures, type Candidate } from './logos/candidates.ts'
import { bimiLogo } from './logos/bimi.ts'
import { check } from './logos/check.ts'
import { distinct, type Look } from './logos/choose.ts'
import { paletteOf } from './palette.ts'
import { readProbe } from './styles/probed.ts'

/** What a browser brought beside the page. */
export interface Sight {
  probe?: unknown
  screenshot?: RawBlob
}

/** Pictures whose bytes are fetched, and those of them that are icons. */
const looksMax = 8
const iconLooksMax = 3
const pictureBytesMax = 1_500_000
const sheetBytesMax = 1_000_000
const sheetsMax = 6
const fetchMs = 7_000

export interface BrandInput {
  page: VisitedPage
  draft: BrandDraft
  sight: Sight
  screenshotColors: number
  warnings: string[]
}

/** The brand part, from what the page says and shows to one answer. At most a manifest, six style sheets and eight pictures are fetched. */
export const brandOf = async (work: Work, { page, draft, sight, screenshotColors, warnings }: BrandInput): Promise<Brand> => {
  const deadline = new Deadline(Math.max(1, Math.min(fetchMs, work.deadline.remainingMs() * 0.6)), work.deadline.signal)
  try {
    const probed = readProbe(sight.probe)
    if (!probed) warnings.push(`${page.rendered ? 'The page would not be looked at' : 'No browser has shown the page'}: colours, fonts and buttons are read from its style sheets as they are written.`)
    const [styles, manifest, mail, screenshot] = await Promise.all([
      probed?.styles ?? staticStyles(work, deadline, page, draft, warnings),
      manifestOf(work, deadline, draft.manifest),
      bimiLogo(work, deadline, page.url),
      sight.screenshot ? paletteOf(sight.screenshot.data, screenshotColors).catch(() => []) : Promise.resolve<Swatch[]>([]),
    ])
    const candidates = distinct([...draft.pictures, ...manifest.icons, ...mail, ...shownPictures(probed?.seen ?? draft.seen, page.url, draft.names)])
    const withDefault = candidates.some(({ icon }) => icon) ? candidates : [...candidates, defaultIcon(page.url)]
    const looks = await looksOf(work, deadline, withDefault)
    return composeBrand({ draft, styles, candidates: withDefault.filter(({ proof, url }) => proof.at !== '/favicon.ico' || looks.get(url)?.kind === 'picture'), looks, screenshot, manifestColors: manifest.colors })
  } finally {
    deadline.clear()
  }
}

/** Where browsers look when a page names no icon. It counts only if it is there. */
const defaultIcon = (pageUrl: string): Candidate & { proofs: Candidate['proof'][] } => {
  const proof = { source: 'url', at: '/favicon.ico' } as const
  return { url: new URL('/favicon.ico', pageUrl).href, score: 0.3, icon: true, words: '', proof, proofs: [proof] }
}

const staticStyles = async (work: Work, deadline: Deadline, page: VisitedPage, draft: BrandDraft, warnings: string[]) => {
  const wanted = draft.sheets.slice(0, sheetsMax)
  const got = await fetchAll(work, deadline, wanted, { maxBytes: sheetBytesMax, accept: 'text/css,*/*;q=0.1' })
  const sheets = wanted.flatMap((url) => {
    const answer = got.get(url)
    return answer?.ok && !/html/i.test(answer.type) ? [{ url, css: new TextDecoder().decode(answer.body) }] : []
  })
  if (sheets.length < draft.sheets.length) warnings.push(`${sheets.length} of ${draft.sheets.length} linked style sheets were read.`)
  return work.converter.step('styles', { page, sheets }, work.deadline.signal)
}

const manifestOf = async (work: Work, deadline: Deadline, url: string | undefined): Promise<{ icons: Candidate[]; colors: DeclaredColor[] }> => {
  const none = { icons: [], colors: [] }
  if (url === undefined) return none
  const answer = (await fetchAll(work, deadline, [url], { maxBytes: 200_000, accept: 'application/manifest+json,application/json,*/*;q=0.1' })).get(url)
  if (!answer?.ok) return none
  try {
    const manifest = JSON.parse(new TextDecoder().decode(answer.body)) as { icons?: unknown; theme_color?: unknown } | null
    const icons = Array.isArray(manifest?.icons) ? manifest.icons.filter((icon): icon is { src: string } => typeof (icon as { src?: unknown } | null)?.src === 'string') : []
    const color = typeof manifest?.theme_color === 'string' && toneOf(manifest.theme_color) ? [{ color: manifest.theme_color, worth: 0.8, source: 'manifest', at: 'theme_color' } as const] : []
    return { icons: manifestIcons(icons.map(({ src, ...rest }) => ({ src, ...strings(rest) })), url), colors: color }
  } catch {
    // Not JSON: as if there were none.
    return none
  }
}

const strings = (value: object): Record<string, string> => Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

const looksOf = async (work: Work, deadline: Deadline, candidates: readonly Candidate[]): Promise<Map<string, Look>> => {
  const pictures = candidates.filter(({ icon }) => !icon).slice(0, looksMax - iconLooksMax)
  const wanted = [...pictures, ...candidates.filter(({ icon }) => icon).slice(0, looksMax - pictures.length)].map(({ url }) => url)
  const got = await fetchAll(work, deadline, wanted.filter((url) => !url.startsWith('data:')), { maxBytes: pictureBytesMax, accept: 'image/*,*/*;q=0.1' })
  const looks = new Map<string, Look>()
  // One after the other: a decoder may take as much memory as a large picture needs.
  for (const url of wanted) {
    const answer = url.startsWith('data:') ? bytesOfData(url) : got.get(url)
    if (!answer) continue
    if (!answer.ok) {
      looks.set(url, answer.status === undefined ? { kind: 'unread' } : { kind: 'none' })
      continue
    }
    if (deadline.signal.aborted) break
    const checked = await check(answer.body)
    looks.set(url, checked ? { kind: 'picture', checked } : { kind: 'none' })
  }
  return looks
}

const bytesOfData = (url: string): { ok: true; body: Uint8Array } | { ok: false; status: number } => {
  const comma = url.indexOf(',')
  const head = url.slice(5, comma)
  try {
    const body = /;base64$/i.test(head) ? Buffer.from(url.slice(comma + 1), 'base64') : Buffer.from(decodeURIComponent(url.slice(comma + 1)))
    return { ok: true, body }
  } catch {
    return { ok: false, status: 0 }
  }
}
