/** One page: what is drawn, in the language of PDF, and where it leads. */
export interface PdfSheet {
  content: string
  links?: { url: string; rect: readonly [number, number, number, number] }[]
}

/** Text at a place in one of the fonts: F1 plain, F2 bold, F3 typewriter. */
export const at = (x: number, y: number, size: number, text: string, font: 'F1' | 'F2' | 'F3' = 'F1'): string => `BT /${font} ${size} Tf ${x} ${y} Td (${literal(text)}) Tj ET`

/** A grid of ruled lines, as strokes. */
export const grid = (xs: readonly number[], ys: readonly number[]): string =>
  [...xs.map((x) => `${x} ${ys[0]} m ${x} ${ys.at(-1)} l S`), ...ys.map((y) => `${xs[0]} ${y} m ${xs.at(-1)} ${y} l S`)].join('\n')

const literal = (text: string): string => text.replaceAll(/[\\()]/g, '\\$&').replaceAll(/[^\x20-\xff]/g, '?')

/** A PDF of any number of pages, uncompressed, A4. `trailer` goes into the trailer's dictionary. */
export const pdfFile = (sheets: readonly PdfSheet[], info: Readonly<Record<string, string>>, trailer = ''): Buffer => {
  const objects: string[] = []
  const add = (object: string): number => objects.push(object)
  add('<< /Type /Catalog /Pages 2 0 R >>')
  add('')
  const fonts = ['Helvetica', 'Helvetica-Bold', 'Courier'].map((name) => add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`))
  const resources = `<< /Font << ${fonts.map((number, i) => `/F${i + 1} ${number} 0 R`).join(' ')} >> >>`
  const kids = sheets.map(({ content, links = [] }) => {
    const stream = add(`<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`)
    const notes = links.map(({ url, rect }) => add(`<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [${rect.join(' ')}] /A << /S /URI /URI (${literal(url)}) >> >>`))
    return add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources ${resources} /Contents ${stream} 0 R /Annots [${notes.map((number) => `${number} 0 R`).join(' ')}] >>`)
  })
  objects[1] = `<< /Type /Pages /Kids [${kids.map((number) => `${number} 0 R`).join(' ')}] /Count ${kids.length} >>`
  const about = add(`<< ${Object.entries(info).map(([name, value]) => `/${name} (${literal(value)})`).join(' ')} >>`)
  let file = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'
  const offsets = objects.map((object, i) => {
    const offset = file.length
    file += `${i + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${about} 0 R ${trailer}>>\nstartxref\n${file.length}\n%%EOF\n`
  return Buffer.from(file, 'latin1')
}
