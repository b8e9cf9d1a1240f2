import type { Metadata } from '../../../../contract/document.ts'
import { fail } from '../../../../failure/failure.ts'
import type { DocumentConverter } from '../document.ts'
import { blocksOf, joined, leadingOf, textOf } from './blocks.ts'
import { apply, type Matrix } from './geometry.ts'
import { flowsOf, segmentsOf, type Segment } from './layout.ts'
import { linesHtml, markupOf, type PageParts } from './markup.ts'
import { rulesOf } from './rules.ts'
import { runsOf, type LinkArea, type Run, type TextItem } from './runs.ts'
import { fillTables, tablesOf, type Filled } from './tables.ts'

/** Text in reading order with headings, lists, ruled tables and links. What is scanned has no text here. */
export const pdf: DocumentConverter = async ({ body, pagesMax, until }) => {
  const { getDocument, OPS, PasswordException } = await (await import('unpdf')).getResolvedPDFJS()
  // Pictures are not decoded: nothing here looks at them.
  const loading = getDocument({ data: new Uint8Array(body), maxImageSize: 1, verbosity: 0, useSystemFonts: false, disableFontFace: true, enableXfa: false, useWorkerFetch: false })
  let file: Awaited<typeof loading.promise>
  try {
    file = await loading.promise
  } catch (err) {
    throw err instanceof PasswordException ? fail('content.encrypted') : err
  }
  try {
    const warnings: string[] = []
    const pages: ReadPage[] = []
    const wanted = Math.min(file.numPages, pagesMax)
    let broken = 0
    for (let number = 1; number <= wanted && (number === 1 || performance.now() < until); number++) {
      try {
        const page = await file.getPage(number)
        pages.push(await readPage(page as unknown as PdfPage, number, OPS as Readonly<Record<string, number>>))
        page.cleanup()
      } catch {
        // One page that cannot be read leaves the others as they are.
        broken++
        if (broken === wanted) throw fail('content.parse_failed')
      }
    }
    if (broken > 0) warnings.push(`${broken} ${broken === 1 ? 'page' : 'pages'} could not be read.`)
    if (pages.length + broken < file.numPages) warnings.push(`Only the first ${pages.length + broken} of ${file.numPages} pages were converted.`)
    dropRepeated(pages)
    return { html: markupOf(pages.map(inOrder)), metadata: { ...(await metadataOf(file as unknown as PdfFile)), page_count: file.numPages }, warnings }
  } finally {
    await loading.destroy()
  }
}

interface PdfFile {
  getMetadata(): Promise<{ info: Record<string, unknown> }>
}

/** What is used of a page of pdf.js. */
interface PdfPage {
  getViewport(options: { scale: number }): { transform: number[]; height: number }
  getOperatorList(): Promise<{ fnArray: number[]; argsArray: unknown[] }>
  getTextContent(options: { disableNormalization: boolean }): Promise<{ items: unknown[] }>
  getAnnotations(): Promise<{ subtype?: string; url?: string; unsafeUrl?: string; rect?: number[] }[]>
  commonObjs: { has(id: string): boolean; get(id: string): { name?: string } | null }
}

/** A page before its text is put in order. */
interface ReadPage {
  number: number
  height: number
  segments: Segment[]
  tables: Filled[]
  turned: string
}

const readPage = async (page: PdfPage, number: number, ops: Readonly<Record<string, number>>): Promise<ReadPage> => {
  const { transform, height } = page.getViewport({ scale: 1 })
  // Safe: six numbers by its contract.
  const view = transform as unknown as Matrix
  const operators = await page.getOperatorList()
  const content = await page.getTextContent({ disableNormalization: false })
  const links = (await page.getAnnotations().catch(() => [])).flatMap((one) => linkOf(one, view) ?? [])
  const nameOf = (font: string): string => (page.commonObjs.has(font) ? (page.commonObjs.get(font)?.name ?? '') : '')
  const items = content.items.filter((item): item is TextItem => typeof (item as { str?: unknown }).str === 'string')
  const { runs, turned } = runsOf(items, view, nameOf, links)
  const { filled, rest } = fillTables(tablesOf(rulesOf(operators, ops, view)), runs)
  return { number, height, segments: segmentsOf(rest), tables: filled, turned }
}

const inOrder = ({ number, segments, tables, turned }: ReadPage): PageParts => {
  const places = tables.map(({ table }, block): Segment => ({ ...table, runs: [], base: table.top, size: 10, block }))
  const flows = flowsOf([...segments, ...places])
  const leading = leadingOf(flows)
  return { number, blocks: joined(flows.map((flow) => blocksOf(flow, leading))), tables: tables.map(({ table, cells }) => tableHtml(table.rowCount, cells)), turned }
}

const linkOf = ({ subtype, url, unsafeUrl, rect }: { subtype?: string; url?: string; unsafeUrl?: string; rect?: number[] }, view: Matrix): LinkArea | undefined => {
  const href = url ?? unsafeUrl
  if (subtype !== 'Link' || !href || rect?.length !== 4) return undefined
  const [ax, ay] = apply(view, rect[0] ?? 0, rect[1] ?? 0)
  const [bx, by] = apply(view, rect[2] ?? 0, rect[3] ?? 0)
  return { href, x0: Math.min(ax, bx), x1: Math.max(ax, bx), top: Math.min(ay, by), bottom: Math.max(ay, by) }
}

const tableHtml = (rowCount: number, cells: { cell: { row: number; column: number; rows: number; columns: number }; runs: Run[] }[]): string => {
  const rows: string[][] = Array.from({ length: rowCount }, () => [])
  for (const { cell, runs } of cells) {
    const tag = cell.row === 0 ? 'th' : 'td'
    const spans = `${cell.columns > 1 ? ` colspan="${cell.columns}"` : ''}${cell.rows > 1 ? ` rowspan="${cell.rows}"` : ''}`
    const flow = flowsOf(segmentsOf(runs), 4).flat().map((line) => [line])
    const text = blocksOf(flow.flat(), 1.4).map((block) => (block.kind === 'table' ? '' : linesHtml(block.lines, false))).join('<br>')
    rows[cell.row]?.push(`<${tag}${spans}>${text}</${tag}>`)
  }
  return `<table>${rows.map((row) => `<tr>${row.join('')}</tr>`).join('')}</table>`
}

const edgeShare = 0.09
const pageNumber = /^(?:page )?(?:[-–—] ?)?(?:#|[ivxl]{1,7})(?: ?[-–—])?(?: ?(?:\/|of) ?#)?$/i

/** Running heads, running feet and page numbers: what stands at the edge of many pages, whatever its numbers. */
const dropRepeated = (pages: readonly ReadPage[]): void => {
  if (pages.length < 3) return
  const edges = pages.map((page) => edgesOf(page))
  const counts = new Map<string, number>()
  for (const lines of edges) for (const text of new Set(lines.map((line) => line.text))) counts.set(text, (counts.get(text) ?? 0) + 1)
  pages.forEach((page, i) => {
    const dropped = new Set(edges[i]?.filter(({ text }) => pageNumber.test(text) || (counts.get(text) ?? 0) >= (text.includes('#') ? 3 : Math.max(3, pages.length * 0.4))).flatMap((line) => line.segments))
    if (dropped.size > 0) page.segments = page.segments.filter((segment) => !dropped.has(segment))
  })
}

const edgesOf = ({ segments, height }: ReadPage): { text: string; segments: Segment[] }[] => {
  const lines = new Map<number, Segment[]>()
  for (const segment of segments) {
    if (segment.base >= height * edgeShare && segment.base <= height * (1 - edgeShare)) continue
    const base = Math.round(segment.base)
    lines.set(base, [...(lines.get(base) ?? []), segment])
  }
  return [...lines.values()].map((line) => ({ segments: line, text: line.toSorted((a, b) => a.x0 - b.x0).map((segment) => textOf(segment)).join(' ').replace(/\d+/g, '#') }))
}

const metadataOf = async (file: PdfFile): Promise<Metadata> => {
  const { info } = await file.getMetadata().catch(() => ({ info: {} as Record<string, unknown> }))
  const text = (name: string): string | undefined => {
    const value = info[name]
    const tidy = typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, 5000) : ''
    return tidy === '' || /^untitled$/i.test(tidy) ? undefined : tidy
  }
  const keywords = text('Keywords')?.split(/[,;]/).map((word) => word.trim()).filter((word) => word !== '')
  return Object.fromEntries(Object.entries({
    title: text('Title'), author: text('Author'), description: text('Subject'), language: text('Language'), generator: text('Creator') ?? text('Producer'),
    published_at: dateOf(text('CreationDate')), modified_at: dateOf(text('ModDate')), keywords,
  }).filter(([, value]) => value !== undefined)) as Metadata
}

/** `D:20240312100000+01'00'` → ISO 8601. */
export const dateOf = (value: string | undefined): string | undefined => {
  const found = /^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?/.exec(value ?? '')
  if (!found) return undefined
  const [, year, month = '01', day = '01', hour, minute = '00', second = '00', z, sign, zh = '00', zm = '00'] = found
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return undefined
  if (hour === undefined) return `${year}-${month}-${day}`
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${z ?? (sign === undefined ? '' : `${sign}${zh}:${zm}`)}`
}
