import { archive } from './office.ts'

const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
const names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"'
const meta = `${head}<office:document-meta ${names} xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta><dc:title>Gauge report</dc:title><dc:creator>Marta Quill</dc:creator><meta:creation-date>2025-11-02T10:10:00</meta:creation-date><dc:date>2025-11-03T08:00:00</dc:date></office:meta></office:document-meta>`

const file = (type: string, content: string): Buffer => archive({
  mimetype: `application/vnd.oasis.opendocument.${type}`,
  'META-INF/manifest.xml': `${head}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`,
  'meta.xml': meta,
  'content.xml': `${head}<office:document-content ${names}><office:automatic-styles><style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles><office:body>${content}</office:body></office:document-content>`,
}, ['mimetype'])

const row = (cells: readonly string[]): string => `<table:table-row>${cells.map((text) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`).join('')}</table:table-row>`
const table = (name: string): string => `<table:table table:name="${name}">${row(['Gauge', 'cm'])}${row(['Skerry Point', '412'])}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table>`

export const odt = (): Buffer => file('text', `<office:text><text:h text:outline-level="1">Gauge report</text:h><text:p>The gauges are <text:span text:style-name="T1">important</text:span>,<text:s text:c="2"/>see <text:a xlink:href="https://data.lab.test/data.csv">the data</text:a>.<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>In tins.</text:p></text:note-body></text:note></text:p><text:list><text:list-item><text:p>by hand</text:p><text:list><text:list-item><text:p>with a lamp</text:p></text:list-item></text:list></text:list-item></text:list>${table('T')}</office:text>`)
export const ods = (): Buffer => file('spreadsheet', `<office:spreadsheet>${table('Levels')}${table('More')}</office:spreadsheet>`)
export const odp = (): Buffer => file('presentation', '<office:presentation><draw:page draw:name="1"><draw:frame presentation:class="title"><draw:text-box><text:p>How gauges are read</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:list><text:list-item><text:p>by hand</text:p></text:list-item></text:list></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Show the lamp.</text:p></draw:text-box></draw:frame></presentation:notes></draw:page></office:presentation>')

const chapter = (title: string, body: string): string => `${head}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`

/** A book of two chapters. `locked`: with the mark of a copy protection. */
export const epub = (locked = false): Buffer => archive({
  mimetype: 'application/epub+zip',
  'META-INF/container.xml': `${head}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
  'OEBPS/content.opf': `${head}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Keeper</dc:title><dc:creator>Marta Quill</dc:creator><dc:language>en</dc:language><meta property="dcterms:modified">2025-11-03T08:00:00Z</meta></metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="b" href="text/two.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/one%20a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="nav"/><itemref idref="a"/><itemref idref="b"/></spine></package>`,
  'OEBPS/nav.xhtml': chapter('Contents', '<nav/>'),
  'OEBPS/text/one a.xhtml': chapter('Ice', '<p>He walked <a id="x"/>over the ice.<img src="lamp.png" alt="A lamp"/> See <a href="two.xhtml#tin">the tin</a>.</p>'),
  'OEBPS/text/two.xhtml': chapter('Tin', '<p id="tin">It was dry, see <a href="https://data.lab.test/data.csv">the data</a>.</p>'),
  ...(locked ? { 'META-INF/encryption.xml': `${head}<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><enc:EncryptedData xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></enc:EncryptedData></encryption>` } : {}),
}, ['mimetype'])
