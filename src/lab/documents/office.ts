import { strToU8, zipSync, type Zippable } from 'fflate'

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const relationTypes = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** Always the same bytes: entries have one date. */
export const archive = (parts: Readonly<Record<string, string | Uint8Array>>, stored: readonly string[] = []): Buffer => {
  const entries: Zippable = {}
  for (const [name, content] of Object.entries(parts)) entries[name] = [typeof content === 'string' ? strToU8(content) : content, { level: stored.includes(name) ? 0 : 6, mtime: new Date(2025, 10, 2, 12) }]
  return Buffer.from(zipSync(entries))
}

const relations = (rows: readonly (readonly [id: string, type: string, target: string, external?: boolean])[]): string =>
  `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${rows.map(([id, type, target, external]) => `<Relationship Id="${id}" Type="${relationTypes}/${type}" Target="${target}"${external ? ' TargetMode="External"' : ''}/>`).join('')}</Relationships>`

const types = (overrides: Readonly<Record<string, string>>): string =>
  `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${Object.entries(overrides).map(([part, type]) => `<Override PartName="/${part}" ContentType="application/vnd.openxmlformats-officedocument.${type}+xml"/>`).join('')}</Types>`

const core = `${head}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Gauge report</dc:title><dc:creator>Marta Quill</dc:creator><cp:keywords>gauges, harbour</cp:keywords><dcterms:created xsi:type="dcterms:W3CDTF">2025-11-02T10:10:00Z</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">2025-11-03T08:00:00Z</dcterms:modified></cp:coreProperties>`

const wordRun = (text: string, settings = ''): string => `<w:r>${settings === '' ? '' : `<w:rPr>${settings}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`
const wordParagraph = (inner: string, settings = ''): string => `<w:p>${settings === '' ? '' : `<w:pPr>${settings}</w:pPr>`}${inner}</w:p>`
const wordCell = (text: string, settings = ''): string => `<w:tc>${settings === '' ? '' : `<w:tcPr>${settings}</w:tcPr>`}${wordParagraph(wordRun(text))}</w:tc>`
const wordItem = (text: string, level: number): string => wordParagraph(wordRun(text), `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="1"/></w:numPr>`)

/** A text with headings, a list, a link, a table with a spanning cell and a footnote. */
export const docx = (): Buffer => archive({
  '[Content_Types].xml': types({ 'word/document.xml': 'wordprocessingml.document.main', 'word/styles.xml': 'wordprocessingml.styles', 'word/numbering.xml': 'wordprocessingml.numbering', 'word/footnotes.xml': 'wordprocessingml.footnotes' }),
  '_rels/.rels': relations([['rId1', 'officeDocument', 'word/document.xml']]),
  'docProps/core.xml': core,
  'word/_rels/document.xml.rels': relations([['rId1', 'styles', 'styles.xml'], ['rId2', 'numbering', 'numbering.xml'], ['rId3', 'footnotes', 'footnotes.xml'], ['rId4', 'hyperlink', 'https://data.lab.test/data.csv', true]]),
  'word/styles.xml': `${head}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style></w:styles>`,
  'word/numbering.xml': `${head}<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
  'word/footnotes.xml': `${head}<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">${wordParagraph(wordRun('In tins.'))}</w:footnote></w:footnotes>`,
  'word/document.xml': `${head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>
${wordParagraph(wordRun('Gauge report'), '<w:pStyle w:val="Heading1"/>')}
${wordParagraph(`${wordRun('The gauges are ')}${wordRun('important', '<w:b/>')}${wordRun(', see ')}<w:hyperlink r:id="rId4">${wordRun('the data')}</w:hyperlink>${wordRun('.')}<w:r><w:footnoteReference w:id="2"/></w:r>`)}
${wordParagraph(wordRun('Method'), '<w:pStyle w:val="Heading2"/>')}
${wordItem('by hand', 0)}${wordItem('with a lamp', 1)}${wordItem('by float', 0)}
<w:tbl>${[['Gauge', 'Morning', 'Evening'], ['Skerry Point', '412', '398']].map((row) => `<w:tr>${row.map((text) => wordCell(text)).join('')}</w:tr>`).join('')}<w:tr>${wordCell('Quay 7')}${wordCell('closed', '<w:gridSpan w:val="2"/>')}</w:tr></w:tbl>
</w:body></w:document>`,
})

const inline = (place: string, text: string): string => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`

/** Two sheets and a hidden one: shared and inline strings, dates, shares, a formula, a merged cell, a link. */
export const xlsx = (): Buffer => archive({
  '[Content_Types].xml': types({ 'xl/workbook.xml': 'spreadsheetml.sheet.main' }),
  '_rels/.rels': relations([['rId1', 'officeDocument', 'xl/workbook.xml']]),
  'docProps/core.xml': core,
  'xl/_rels/workbook.xml.rels': relations([['rId1', 'worksheet', 'worksheets/sheet1.xml'], ['rId2', 'worksheet', '/xl/worksheets/sheet2.xml'], ['rId3', 'worksheet', 'worksheets/sheet3.xml'], ['rId4', 'sharedStrings', 'sharedStrings.xml'], ['rId5', 'styles', 'styles.xml']]),
  'xl/workbook.xml': `${head}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${relationTypes}"><sheets><sheet name="Levels" sheetId="1" r:id="rId1"/><sheet name="Notes &amp; more" sheetId="2" r:id="rId2"/><sheet name="Secret" sheetId="3" state="hidden" r:id="rId3"/></sheets></workbook>`,
  'xl/sharedStrings.xml': `${head}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Gauge</t></si><si><t>Read on</t></si><si><t>Level</t></si><si><t>Full</t></si><si><r><t>Skerry </t></r><r><t>Point</t></r></si></sst>`,
  'xl/styles.xml': `${head}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></styleSheet>`,
  'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${relationTypes}"><sheetData><row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" t="s"><v>2</v></c><c r="E2" t="s"><v>3</v></c></row><row r="3"><c r="B3" t="s"><v>4</v></c><c r="C3" s="1"><v>45963</v></c><c r="D3"><f>400+12</f><v>412.00000000000006</v></c><c r="E3" s="3"><v>0.125</v></c></row><row r="5">${inline('B5', 'Quay 7')}<c r="C5" s="2"><v>45963.5</v></c><c r="D5" t="b"><v>1</v></c></row><row r="6">${inline('B6', 'closed in winter')}</row></sheetData><mergeCells><mergeCell ref="B6:E6"/></mergeCells><hyperlinks><hyperlink ref="B5" r:id="rId1"/></hyperlinks></worksheet>`,
  'xl/worksheets/_rels/sheet1.xml.rels': relations([['rId1', 'hyperlink', 'https://data.lab.test/data.csv', true]]),
  'xl/worksheets/sheet2.xml': `${head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>${inline('A1', 'Key')}${inline('B1', 'Value')}</row><row>${inline('A2', 'a | b')}${inline('B2', 'two&#10;lines')}</row></sheetData></worksheet>`,
  'xl/worksheets/sheet3.xml': `${head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>${inline('A1', 'hidden')}</row></sheetData></worksheet>`,
})

const slideParagraph = (text: string, settings = '', run = ''): string => `<a:p>${settings}<a:r>${run === '' ? '' : `<a:rPr ${run}/>`}<a:t>${text}</a:t></a:r></a:p>`
const shape = (type: string, paragraphs: string): string => `<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr><p:ph type="${type}"/></p:nvPr></p:nvSpPr><p:txBody><a:bodyPr/>${paragraphs}</p:txBody></p:sp>`
const slide = (shapes: string): string => `${head}<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="${relationTypes}"><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`

/** Two slides, out of the order of their names: titles, bullets in levels, a table, notes. */
export const pptx = (): Buffer => archive({
  '[Content_Types].xml': types({ 'ppt/presentation.xml': 'presentationml.presentation.main' }),
  '_rels/.rels': relations([['rId1', 'officeDocument', 'ppt/presentation.xml']]),
  'docProps/core.xml': core,
  'ppt/_rels/presentation.xml.rels': relations([['rId1', 'slide', 'slides/slide2.xml'], ['rId2', 'slide', 'slides/slide1.xml']]),
  'ppt/presentation.xml': `${head}<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="${relationTypes}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>`,
  'ppt/slides/slide2.xml': slide(`${shape('body', `${slideParagraph('by hand')}${slideParagraph('with a lamp', '<a:pPr lvl="1"/>')}${slideParagraph('by float', '', 'b="1"')}`)}${shape('title', slideParagraph('How gauges are read'))}${shape('sldNum', slideParagraph('1'))}`),
  'ppt/slides/_rels/slide2.xml.rels': relations([['rId1', 'notesSlide', '../notesSlides/notesSlide1.xml']]),
  'ppt/notesSlides/notesSlide1.xml': slide(shape('body', slideParagraph('Show the lamp.'))),
  'ppt/slides/slide1.xml': slide(`${shape('title', slideParagraph('Readings'))}<p:graphicFrame><a:graphic><a:graphicData><a:tbl>${[['Gauge', 'cm'], ['Skerry Point', '412']].map((row) => `<a:tr>${row.map((text) => `<a:tc><a:txBody>${slideParagraph(text)}</a:txBody></a:tc>`).join('')}</a:tr>`).join('')}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`),
})
