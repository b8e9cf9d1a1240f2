import { at, grid, pdfFile, type PdfSheet } from './pdf-file.ts'

const left = ['The gauges of the harbour', 'have been read by hand', 'since the year in which the', 'old pier was built, and', 'nobody has missed a day.', 'In winter the keeper walks']
const right = ['over the ice with a lamp', 'and a notebook that is kept', 'dry in a tin. The numbers', 'go to the office by the', 'morning ferry, where they', 'are copied into the ledger.']

const foot = (page: number): string => `${at(72, 30, 9, 'Harbour Office')}\n${at(500, 30, 9, String(page))}`

const sheets: PdfSheet[] = [
  {
    content: [
      at(72, 760, 24, 'Gauge report'),
      at(72, 720, 11, 'A report about water levels, with a link to the data and a'),
      at(72, 706, 11, 'word that is divi-'),
      at(72, 692, 11, 'ded at the end of its line.'),
      at(72, 650, 16, 'Columns'),
      ...left.map((line, i) => at(72, 620 - i * 14, 11, line)),
      ...right.map((line, i) => at(320, 620 - i * 14, 11, line)),
      at(72, 500, 11, 'After the columns the text goes on over the full width of the page.'),
      foot(1),
    ].join('\n'),
    links: [{ url: 'https://data.lab.test/data.csv', rect: [256, 717, 310, 732] }],
  },
  {
    content: [
      at(72, 760, 16, 'Readings'),
      at(72, 735, 11, 'Levels in centimetres:'),
      grid([72, 192, 312, 432], [720, 700, 680, 660]),
      ...[['Gauge', 'Morning', 'Evening'], ['Skerry Point', '412', '398'], ['Quay 7', '398', '401']].flatMap((row, r) => row.map((text, c) => at(76 + c * 120, 706 - r * 20, 10, text, r === 0 ? 'F2' : 'F1'))),
      at(72, 620, 16, '2. Method'),
      at(72, 595, 11, '\x95 by hand'),
      at(72, 580, 11, '\x95 by float'),
      at(72, 550, 11, 'The'), at(95, 550, 11, 'important', 'F2'), at(152, 550, 11, 'part is the tin.'),
      at(72, 520, 10, 'read --gauge skerry', 'F3'),
      at(84, 508, 10, '--unit cm', 'F3'),
      foot(2),
    ].join('\n'),
  },
  { content: [at(72, 760, 11, 'The third page is short.'), foot(3)].join('\n') },
]

const about = { Title: 'Gauge report', Author: 'Marta Quill', Subject: 'Water levels', Keywords: 'gauges, harbour', CreationDate: 'D:20251102101000+01\'00\'', ModDate: 'D:20251103080000Z', Producer: 'Lyrebird Lab' }

/** Three pages with columns, a ruled table, headings, lists, a link, code and running feet. */
export const reportPdf = (): Buffer => pdfFile(sheets, about)

export const longPdf = (pages: number): Buffer => pdfFile(Array.from({ length: pages }, (_, i) => ({ content: at(72, 700, 11, `This is page ${i + 1} of a long file.`) })), { Title: 'Long' })

/** Nothing but a picture of nothing: what a scanner gives. */
export const scannedPdf = (): Buffer => pdfFile([{ content: '0.9 g 72 72 400 600 re f' }], { Title: 'Scan' })

/** Behind a password that nobody knows. */
export const encryptedPdf = (): Buffer => pdfFile([{ content: at(72, 700, 11, 'Nobody reads this.') }], { Title: 'Sealed' },
  `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${'a1'.repeat(32)}> /U <${'b2'.repeat(32)}> /P -4 >> /ID [<${'c3'.repeat(16)}> <${'c3'.repeat(16)}>] `)
