// Brands against labels of real pages: logos, social links and declared colours, from the stored HTML alone.
// CORPUS_DIR=… node bench/brand.ts [--misses] [--half=tuned|kept_apart] [--corrected] [--sheet=logos.png]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Brand } from '../src/contract/brand.ts'
import { composeBrand } from '../src/engine/brand/compose.ts'
import { distanceOf } from '../src/engine/brand/color.ts'
import { check } from '../src/engine/brand/logos/check.ts'
import { draftBrand } from '../src/engine/brand/draft.ts'
import { shownPictures } from '../src/engine/brand/logos/candidates.ts'
import { distinct, type Look } from '../src/engine/brand/logos/choose.ts'
import { readPage } from '../src/engine/enrich/read-page.ts'
import { steps } from '../src/engine/enrich/steps.ts'
import { noCorpus, readCorpus } from './extract-corpus.ts'
import { contactSheet } from './lib/contact-sheet.ts'
import { quantile, table } from './lib/stats.ts'

interface Label { id: string; url: string; type: string; logo: string[]; social: string[]; also: string[]; colors: string[]; half: 'tuned' | 'kept_apart'; logo_added?: string[]; also_added?: string[] }

const { pages: asMade } = JSON.parse(readFileSync(join(import.meta.dirname, 'brand', 'labels.json'), 'utf8')) as { pages: Label[] }
const labels = process.argv.includes('--corrected') ? asMade.map((one) => ({ ...one, logo: [...one.logo, ...(one.logo_added ?? [])], also: [...one.also, ...(one.also_added ?? [])] })) : asMade
const corpus = readCorpus()
if (!corpus) {
  console.log(noCorpus)
  process.exit(0)
}
const half = process.argv.find((option) => option.startsWith('--half='))?.slice(7)
const showMisses = process.argv.includes('--misses')
const byId = new Map(corpus.map((page) => [page.id, page]))

/** What `POST /v1/brand` does without a browser, on a page whose further files nobody can get any more. */
export const brandOfHtml = async (url: string, html: string): Promise<Brand> => {
  const page = { url, status: 200, headers: [] as [string, string][], html, rendered: false }
  const draft = draftBrand(readPage(page))
  const styles = steps.styles({ page, sheets: [] })
  const candidates = distinct([...draft.pictures, ...shownPictures(draft.seen, url, draft.names)])
  const looks = new Map<string, Look>()
  for (const { url: address } of candidates.slice(0, 6)) {
    if (!address.startsWith('data:')) continue
    const checked = await check(Buffer.from(address.slice(address.indexOf(',') + 1), 'base64'))
    looks.set(address, checked ? { kind: 'picture', checked } : { kind: 'none' })
  }
  return composeBrand({ draft, styles, candidates, looks, screenshot: [], manifestColors: [] })
}

const isThisLogo = (url: string, at: string, wanted: string): boolean => {
  if (!wanted.startsWith('svg:')) return url.toLowerCase().includes(wanted.toLowerCase())
  const inline = url.startsWith('data:') ? Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').toString() : ''
  return `${inline} ${at} ${url}`.toLowerCase().includes(wanted.slice(4).toLowerCase())
}

/** `network:path`, as the labels have it. */
const keyOf = (network: string, url: string): string => {
  const { pathname } = new URL(url)
  const bare = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '').toLowerCase()
  return `${network}:${bare}`
}
/** Two spellings that the networks know of the same place. */
const fold = (label: string): string => label.toLowerCase().replace(/^facebook:pg\/([^/]+)\/about$/, 'facebook:$1').replace(/^discord:invite\//, 'discord:').replace(/\/(?:albums|_created|profilecard)$/, '')

interface Row { label: Label; first: boolean; any: boolean; right: number; wrong: string[]; missed: string[]; colors: { hex: string; primary: boolean; palette: boolean }[]; ms: number }
const rows: Row[] = []
const drawn: { name: string; svg: Buffer; dark: boolean }[] = []
for (const label of labels.filter((one) => half === undefined || one.half === half)) {
  const page = byId.get(label.id)
  if (!page) continue
  const started = performance.now()
  const brand = await brandOfHtml(label.url, page.html)
  const ms = performance.now() - started
  const logos = brand.logos.map(({ url, evidence }) => label.logo.some((wanted) => isThisLogo(url, evidence.map(({ at }) => at ?? '').join(' '), wanted)))
  const inline = brand.logos.find(({ url }) => url.startsWith('data:'))
  if (inline) drawn.push({ name: `${label.id} ${new URL(label.url).hostname}`, svg: Buffer.from(inline.url.slice(inline.url.indexOf(',') + 1), 'base64'), dark: inline.theme === 'dark' })
  const said = brand.social.map(({ network, url }) => keyOf(network, url))
  const wanted = new Set(label.social.map(fold))
  const allowed = new Set(label.also.map(fold))
  const right = said.filter((key) => wanted.has(key)).length
  const wrong = said.filter((key) => !wanted.has(key) && !allowed.has(key) && ![...allowed].some((one) => one.endsWith(':') && key.startsWith(one)))
  const missed = [...wanted].filter((key) => !said.includes(key))
  const near = (hex: string, to: string | undefined): boolean => to !== undefined && distanceOf(hex, to) < 0.06
  const colors = label.colors.map((hex) => ({ hex, primary: near(hex, brand.colors.primary?.hex), palette: brand.colors.palette.slice(0, 6).some((one) => near(hex, one.hex)) }))
  rows.push({ label, first: logos[0] === true, any: logos.includes(true), right, wrong, missed, colors, ms })
  if (showMisses && (logos[0] !== true || wrong.length + missed.length > 0 || colors.some(({ primary }) => !primary))) {
    console.log(`${label.id} ${label.half} ${label.url}`)
    if (logos[0] !== true) console.log(`  logo ${logos.includes(true) ? `at ${logos.indexOf(true) + 1}` : 'missed'}: wanted ${label.logo.join(', ')}; first ${brand.logos.slice(0, 3).map(({ url, confidence, evidence }) => `${confidence} ${url.slice(0, 90)} (${evidence[0]?.at})`).join(' | ')}`)
    if (wrong.length > 0) console.log(`  social wrong: ${wrong.join(' ')}`)
    if (missed.length > 0) console.log(`  social missed: ${missed.join(' ')}`)
    if (colors.length > 0) console.log(`  colours ${colors.map(({ hex, primary, palette }) => `${hex} ${primary ? 'primary' : palette ? 'palette' : 'missed'}`).join(', ')}; said ${brand.colors.palette.slice(0, 6).map(({ hex, confidence }) => `${hex} ${confidence}`).join(' ')}`)
  }
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} % of ${whole}`)
const line = (name: string, some: readonly Row[]): string[] => {
  const withLogo = some.filter(({ label }) => label.logo.length > 0)
  const right = some.reduce((sum, row) => sum + row.right, 0)
  const wrong = some.reduce((sum, row) => sum + row.wrong.length, 0)
  const missed = some.reduce((sum, row) => sum + row.missed.length, 0)
  // A page may declare several, of which one can be the primary.
  const colored = some.filter(({ colors }) => colors.length > 0)
  return [
    name, String(some.length),
    percent(withLogo.filter(({ first }) => first).length, withLogo.length), percent(withLogo.filter(({ any }) => any).length, withLogo.length),
    percent(right, right + wrong), percent(right, right + missed),
    percent(colored.filter(({ colors }) => colors.some(({ primary }) => primary)).length, colored.length), percent(colored.filter(({ colors }) => colors.some(({ palette }) => palette)).length, colored.length),
  ]
}
console.log(table(['pages', 'n', 'logo first', 'logo anywhere', 'social precision', 'social recall', 'declared colour is primary', 'is in the first six'], [
  line('tuned on', rows.filter(({ label }) => label.half === 'tuned')),
  line('kept apart', rows.filter(({ label }) => label.half === 'kept_apart')),
  line('all', rows),
]))
console.log(`\nFrom the stored HTML, without its style sheets, its pictures and a browser: p50 ${quantile(rows.map(({ ms }) => ms), 0.5).toFixed(0)} ms, p95 ${quantile(rows.map(({ ms }) => ms), 0.95).toFixed(0)} ms a page`)

const sheet = process.argv.find((option) => option.startsWith('--sheet='))?.slice(8)
if (sheet) console.log(`${await contactSheet(drawn, sheet)} logos that are drawn in the pages themselves: ${sheet}`)
