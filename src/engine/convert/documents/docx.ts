import { zipSync } from 'fflate'
import { fail } from '../../../failure/failure.ts'
import { openArchive } from './archive.ts'
import type { DocumentConverter } from './document.ts'
import { propertiesOf } from './properties.ts'

/** Word's names for headings in a style sheet of another language are the same ids; these are what the library does not know itself. */
const styles = ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p.subtitle:fresh", "p[style-name='Quote'] => blockquote > p:fresh", "p[style-name='Intense Quote'] => blockquote > p:fresh", "p[style-name='HTML Preformatted'] => pre:separator('\\n')", "p[style-name='Source Code'] => pre:separator('\\n')", "p[style-name='Code'] => pre:separator('\\n')", "r[style-name='Verbatim Char'] => code", "r[style-name='HTML Code'] => code", 'strike => del', 'comment-reference => ']

/** Word, through mammoth. It gets an archive that was read within its bounds, without the pictures. */
export const docx: DocumentConverter = async ({ body }) => {
  const { default: mammoth } = await import('mammoth')
  const archive = openArchive(body)
  if (!archive.names.some((name) => /^\/?word\/document\d*\.xml$/i.test(name)) && !archive.names.includes('_rels/.rels')) throw fail('content.parse_failed')
  const parts: Record<string, Uint8Array> = {}
  for (const name of archive.names) {
    if (!/\.(?:xml|rels)$/i.test(name) || name === '__proto__') continue
    const bytes = archive.bytes(name)
    if (bytes) parts[name] = bytes
  }
  const buffer = Buffer.from(zipSync(parts, { level: 0 }))
  const made = await mammoth.convertToHtml({ buffer }, {
    styleMap: styles,
    externalFileAccess: false,
    // Pictures are inside of the file: there is no address to give.
    convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
  })
  return { html: withNotes(made.value), metadata: propertiesOf(archive, 'docProps/core.xml'), warnings: [] }
}

/** The list of notes at the end, as the writer of Markdown knows one. */
const withNotes = (html: string): string => {
  const start = html.lastIndexOf('<ol><li id="footnote-', html.indexOf('<li id="footnote-'))
  return start < 0 || !html.endsWith('</ol>') ? html : `${html.slice(0, start)}<section class="footnotes">${html.slice(start)}</section>`
}
