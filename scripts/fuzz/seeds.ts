import { docx, pptx, xlsx } from '../../src/lab/documents/office.ts'
import { jpeg } from '../../src/lab/documents/images.ts'
import { epub, odp, ods, odt } from '../../src/lab/documents/open.ts'
import { encryptedPdf, reportPdf } from '../../src/lab/documents/pdfs.ts'
import { rtf } from '../../src/lab/documents/rtf.ts'
import { png } from '../../src/lab/images.ts'
import { openLab } from '../../src/lab/client.testing.ts'
import { corpusPages } from '../../bench/lib/corpus.ts'

export interface Seed {
  name: string
  kind: string
  type: string
  body: Uint8Array
  /** Converted whatever it is: never refused as broken. */
  isText: boolean
  isArchive: boolean
}

const office = 'application/vnd.openxmlformats-officedocument'
const open = 'application/vnd.oasis.opendocument'
const pagesMax = 40
const pageBytesMax = 300_000

/** The lab's documents and pages, and some of the corpus where there is one. */
export const seedsOf = async (): Promise<Seed[]> => {
  const bytes = (name: string, kind: string, type: string, body: string | Uint8Array, isArchive = false): Seed => ({ name, kind, type, body: typeof body === 'string' ? new TextEncoder().encode(body) : body, isText: false, isArchive })
  const documents = [
    bytes('report.pdf', 'pdf', 'application/pdf', reportPdf()), bytes('encrypted.pdf', 'pdf', 'application/pdf', encryptedPdf()),
    bytes('report.docx', 'docx', `${office}.wordprocessingml.document`, docx(), true), bytes('levels.xlsx', 'xlsx', `${office}.spreadsheetml.sheet`, xlsx(), true), bytes('talk.pptx', 'pptx', `${office}.presentationml.presentation`, pptx(), true),
    bytes('report.odt', 'opendocument', `${open}.text`, odt(), true), bytes('levels.ods', 'opendocument', `${open}.spreadsheet`, ods(), true), bytes('talk.odp', 'opendocument', `${open}.presentation`, odp(), true),
    bytes('book.epub', 'epub', 'application/epub+zip', epub(), true), bytes('report.rtf', 'rtf', 'application/rtf', rtf()),
    bytes('photo.jpg', 'image', 'image/jpeg', jpeg()), bytes('picture.png', 'image', 'image/png', png('fuzz', { width: 32, height: 24 })),
    bytes('drawing.svg', 'image', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><title>Tide</title><text>412 cm</text></svg>'),
  ]
  const pages = (corpusPages() ?? []).filter(({ html }) => html.length < pageBytesMax).filter((_, i) => i % 7 === 0).slice(0, pagesMax)
  return [
    ...documents,
    ...(await labPages()),
    ...pages.map(({ name, html }) => ({ ...bytes(name, 'html', 'text/html; charset=utf-8', html), isText: true })),
  ]
}

const addresses = [
  'https://article.lab.test/', 'https://docs.lab.test/', 'https://forum.lab.test/', 'https://product.lab.test/', 'https://listing.lab.test/', 'https://feed.lab.test/rss.xml', 'https://feed.lab.test/atom.xml', 'https://feed.lab.test/feed.json',
  'https://data.lab.test/data.json', 'https://data.lab.test/data.csv', 'https://data.lab.test/data.xml', 'https://data.lab.test/readme.md', 'https://data.lab.test/page.xhtml', 'https://data.lab.test/plain.txt',
]

const labPages = async (): Promise<Seed[]> => {
  const { get, close } = await openLab()
  try {
    return await Promise.all(addresses.map(async (url) => {
      const { headers, body } = await get(url)
      const type = headers['content-type'] ?? ''
      return { name: url, kind: /html/.test(type) ? 'html' : 'text', type, body: new Uint8Array(body), isText: true, isArchive: false }
    }))
  } finally {
    await close()
  }
}
