import { send, type Handler } from '../exchange.ts'
import { bombDocx, brokenPdf, entitiesDocx, longXlsx, lyingXlsx, nestedDocx, sealedOffice } from '../documents/hostile.ts'
import { jpeg } from '../documents/images.ts'
import { docx, pptx, xlsx } from '../documents/office.ts'
import { epub, odp, ods, odt } from '../documents/open.ts'
import { encryptedPdf, longPdf, reportPdf, scannedPdf } from '../documents/pdfs.ts'
import { rtf } from '../documents/rtf.ts'
import { each, page } from '../html.ts'
import { png } from '../images.ts'
import { pageOf } from './page.ts'

const office = 'application/vnd.openxmlformats-officedocument'
const open = 'application/vnd.oasis.opendocument'
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60" viewBox="0 0 9 6"><title>Tide</title><desc>High water at noon</desc><text x="1" y="2">412 cm</text></svg>\n'

/** Media type and bytes by path. */
const files: Readonly<Record<string, readonly [type: string, body: () => string | Uint8Array]>> = {
  '/report.pdf': ['application/pdf', reportPdf],
  '/long.pdf': ['application/pdf', () => longPdf(600)],
  '/scan.pdf': ['application/pdf', scannedPdf],
  '/encrypted.pdf': ['application/pdf', encryptedPdf],
  '/broken.pdf': ['application/pdf', brokenPdf],
  '/report.docx': [`${office}.wordprocessingml.document`, docx],
  '/levels.xlsx': [`${office}.spreadsheetml.sheet`, xlsx],
  '/talk.pptx': [`${office}.presentationml.presentation`, pptx],
  '/report.odt': [`${open}.text`, odt],
  '/levels.ods': [`${open}.spreadsheet`, ods],
  '/talk.odp': [`${open}.presentation`, odp],
  '/book.epub': ['application/epub+zip', () => epub()],
  '/locked.epub': ['application/epub+zip', () => epub(true)],
  '/report.rtf': ['application/rtf', rtf],
  '/photo.jpg': ['image/jpeg', jpeg],
  '/picture.png': ['image/png', () => png('gauge', { width: 64, height: 48 })],
  '/drawing.svg': ['image/svg+xml', () => svg],
  '/sealed.docx': [`${office}.wordprocessingml.document`, sealedOffice],
  '/nameless': ['application/octet-stream', docx],
  '/docx-as-zip': ['application/zip', docx],
  '/html.pdf': ['application/pdf', () => page({ title: 'Sign in', body: '<h1>Sign in</h1><p>A page under the name of a file.</p>' })],
  '/bomb.docx': [`${office}.wordprocessingml.document`, () => bombDocx(150_000_000)],
  '/entities.docx': [`${office}.wordprocessingml.document`, entitiesDocx],
  '/nested.docx': [`${office}.wordprocessingml.document`, () => nestedDocx(20_000)],
  '/long.xlsx': [`${office}.spreadsheetml.sheet`, () => longXlsx(400_000)],
  '/lying.xlsx': [`${office}.spreadsheetml.sheet`, lyingXlsx],
}

const serve = ([type, body]: readonly [string, () => string | Uint8Array]): Handler => (x) => send(x, body(), { type })

export const documents = pageOf(
  { name: 'documents', title: 'Documents', description: 'PDF, office files, OpenDocument, a book, rich text and pictures; some encrypted, broken, under a false name, or made to harm.' },
  {
    '/': () => page({ title: 'Documents', body: `<main><h1>Documents</h1>\n<ul>\n${each(Object.entries(files), ([path, [type]]) => `<li><a href="${path}">${path.slice(1)}</a> <code>${type}</code></li>`)}\n</ul></main>` }),
    ...Object.fromEntries(Object.entries(files).map(([path, file]) => [path, serve(file)])),
  },
)
