import type { Metadata } from '../../../contract/document.ts'
import { fail } from '../../../failure/failure.ts'
import type { DocumentConverter } from './document.ts'
import { escape } from './markup.ts'
import { allBelow, childOf, rootOf, textBelow } from './xml.ts'

const textChars = 20_000

/** What a picture says about itself: its size, and what a camera or an editor wrote into it. What it shows is not read. */
export const image: DocumentConverter = async ({ body, type, url }) => {
  const size = await sizeOf(body)
  const written = type === 'image/svg+xml' ? ofSvg(body) : await ofCamera(body)
  const name = URL.parse(url)?.pathname.split('/').at(-1)?.replaceAll('%20', ' ') || type
  const facts: [string, string][] = [['Type', type], ['Size', `${size.width} × ${size.height} pixels`], ['Bytes', String(body.byteLength)], ...written.facts]
  const html = `<h1>${escape(written.metadata.title ?? name)}</h1>${written.metadata.description === undefined ? '' : `<p>${escape(written.metadata.description)}</p>`}<dl>${facts.map(([term, value]) => `<dt>${escape(term)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>${written.text === '' ? '' : `<p>${escape(written.text)}</p>`}`
  return { html, metadata: { ...written.metadata, width: size.width, height: size.height } }
}

const sizeOf = async (body: Uint8Array): Promise<{ width: number; height: number }> => {
  const { imageSize } = await import('image-size')
  try {
    const { width, height, orientation = 1, images = [] } = imageSize(body)
    // Of an icon the largest picture counts.
    const largest = images.reduce((best, one) => ((one.width ?? 0) > best.width ? { width: one.width ?? 0, height: one.height ?? 0 } : best), { width, height })
    return orientation >= 5 && orientation <= 8 ? { width: largest.height, height: largest.width } : largest
  } catch (cause) {
    throw fail('content.parse_failed', {}, { cause })
  }
}

interface Written {
  metadata: Metadata
  facts: [string, string][]
  /** Of a drawing. */
  text: string
}

const ofCamera = async (body: Uint8Array): Promise<Written> => {
  const { default: exifr } = await import('exifr')
  const tags = ((await exifr.parse(body, { tiff: true, exif: true, gps: true, xmp: true, iptc: true, ihdr: false, icc: false, mergeOutput: true, reviveValues: true, translateValues: true, sanitize: true }).catch(() => undefined)) ?? {}) as Record<string, unknown>
  const text = (...names: string[]): string | undefined => names.map((name) => plain(tags[name])).find((value) => value !== undefined)
  const number = (name: string): number | undefined => (typeof tags[name] === 'number' && Number.isFinite(tags[name]) ? (tags[name] as number) : undefined)
  const taken = tags.DateTimeOriginal ?? tags.CreateDate
  const [latitude, longitude] = [number('latitude'), number('longitude')]
  const camera = [text('Make'), text('Model')].filter((part) => part !== undefined).join(' ')
  const exposure = number('ExposureTime')
  const facts: [string, string | undefined][] = [
    ['Taken', taken instanceof Date && !Number.isNaN(taken.getTime()) ? localTime(taken) : undefined],
    ['Camera', camera || undefined], ['Lens', text('LensModel')], ['Software', text('Software', 'CreatorTool')],
    ['Exposure', exposure === undefined ? undefined : exposure < 1 && exposure > 0 ? `1/${Math.round(1 / exposure)} s` : `${exposure} s`],
    ['Aperture', number('FNumber') === undefined ? undefined : `f/${number('FNumber')}`], ['ISO', number('ISO') === undefined ? undefined : String(number('ISO'))],
    ['Place', latitude === undefined || longitude === undefined ? undefined : `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`],
    ['Copyright', text('Copyright', 'CopyrightNotice', 'rights')], ['Credit', text('Credit')],
  ]
  const metadata = {
    title: text('title', 'ObjectName', 'Headline'), description: text('ImageDescription', 'description', 'Caption'), author: text('Artist', 'creator', 'Byline'),
    published_at: taken instanceof Date && !Number.isNaN(taken.getTime()) ? localTime(taken) : undefined, generator: text('Software', 'CreatorTool'),
  }
  return { metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)) as Metadata, facts: facts.filter((fact): fact is [string, string] => fact[1] !== undefined), text: '' }
}

/** Cameras write the time on their clock without a zone. */
const localTime = (at: Date): string => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)

const plain = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.map(plain).filter((one) => one !== undefined).join(', ') || undefined
  if (typeof value === 'object' && value !== null && 'value' in value) return plain(value.value)
  const tidy = typeof value === 'string' ? value.replace(/[\0-\x1f]+/g, ' ').trim().slice(0, 5000) : ''
  return tidy === '' ? undefined : tidy
}

/** A drawing has words: its title, its description and its labels. */
const ofSvg = (body: Uint8Array): Written => {
  const root = rootOf(new TextDecoder().decode(body.subarray(0, 20_000_000)))
  const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim()
  const title = tidy(textBelow(childOf(root, 'title'), 5000))
  const description = tidy(textBelow(childOf(root, 'desc'), 5000))
  const labels = allBelow(root, 'text').map((one) => tidy(textBelow(one, 2000))).filter((one) => one !== '')
  return { metadata: { ...(title ? { title } : {}), ...(description ? { description } : {}) }, facts: [], text: labels.join(' ').slice(0, textChars) }
}
