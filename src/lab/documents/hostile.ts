import { archive, xlsx } from './office.ts'
import { reportPdf } from './pdfs.ts'

const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

const wordFile = (document: string | Uint8Array, more: Readonly<Record<string, string>> = {}): Buffer => archive({
  '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
  '_rels/.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
  'word/document.xml': document,
  ...more,
})

/** Some kilobytes that would come to `bytes`. */
export const bombDocx = (bytes: number): Buffer => wordFile(Buffer.alloc(bytes, 0x20))

/** Entities of entities: a billion laughs, and one of a file of the server. */
export const entitiesDocx = (): Buffer => wordFile(`${head}<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}"><!ENTITY d "${'&c;'.repeat(10)}"><!ENTITY e "${'&d;'.repeat(10)}"><!ENTITY f "${'&e;'.repeat(10)}"><!ENTITY file SYSTEM "file:///etc/passwd">]><w:document ${word}><w:body><w:p><w:r><w:t>&f;&file;</w:t></w:r></w:p></w:body></w:document>`)

/** Tables in tables, deeper than any stack. */
export const nestedDocx = (depth: number): Buffer => wordFile(`${head}<w:document ${word}><w:body>${'<w:tbl><w:tr><w:tc>'.repeat(depth)}<w:p><w:r><w:t>deep</w:t></w:r></w:p>${'</w:tc></w:tr></w:tbl>'.repeat(depth)}</w:body></w:document>`)

/** One row repeated a million times, one cell a thousand times. */
export const longXlsx = (rows: number): Buffer => archive({
  '[Content_Types].xml': `${head}<Types/>`,
  'xl/workbook.xml': `${head}<workbook xmlns:r="r"><sheets><sheet name="Long" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  'xl/worksheets/sheet1.xml': `${head}<worksheet><sheetData>${'<row><c><v>1</v></c><c><v>2</v></c></row>'.repeat(rows)}</sheetData></worksheet>`,
})

/** The directory says less than there is. */
export const lyingXlsx = (): Buffer => {
  const bytes = xlsx()
  for (let at = bytes.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4, 'latin1')) bytes.writeUInt32LE(Math.min(200, bytes.readUInt32LE(at + 24)), at + 24)
  return bytes
}

/** The half of a file. */
export const brokenPdf = (): Buffer => reportPdf().subarray(0, 900)

/** The wrapping that office programs give a document with a password, as far as anybody looks at it. */
export const sealedOffice = (): Buffer => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504), Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(480)])
