/** Kinds that are bytes: each has a converter of its own, loaded on first use. `ole` is known only to be refused by the right name. */
export type DocumentKind = 'pdf' | 'docx' | 'xlsx' | 'pptx' | 'opendocument' | 'epub' | 'rtf' | 'image' | 'ole'

const office = 'application/vnd.openxmlformats-officedocument'
const open = 'application/vnd.oasis.opendocument'

/** Media type → kind. */
export const documentTypes: Readonly<Record<string, Exclude<DocumentKind, 'ole'>>> = {
  'application/pdf': 'pdf',
  'application/x-pdf': 'pdf',
  [`${office}.wordprocessingml.document`]: 'docx',
  [`${office}.wordprocessingml.template`]: 'docx',
  'application/vnd.ms-word.document.macroenabled.12': 'docx',
  [`${office}.spreadsheetml.sheet`]: 'xlsx',
  [`${office}.spreadsheetml.template`]: 'xlsx',
  'application/vnd.ms-excel.sheet.macroenabled.12': 'xlsx',
  [`${office}.presentationml.presentation`]: 'pptx',
  [`${office}.presentationml.slideshow`]: 'pptx',
  [`${office}.presentationml.template`]: 'pptx',
  'application/vnd.ms-powerpoint.presentation.macroenabled.12': 'pptx',
  [`${open}.text`]: 'opendocument',
  [`${open}.text-template`]: 'opendocument',
  [`${open}.spreadsheet`]: 'opendocument',
  [`${open}.spreadsheet-template`]: 'opendocument',
  [`${open}.presentation`]: 'opendocument',
  [`${open}.presentation-template`]: 'opendocument',
  'application/epub+zip': 'epub',
  'application/rtf': 'rtf',
  'text/rtf': 'rtf',
  'image/png': 'image',
  'image/apng': 'image',
  'image/jpeg': 'image',
  'image/jpg': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'image/avif': 'image',
  'image/heic': 'image',
  'image/heif': 'image',
  'image/tiff': 'image',
  'image/bmp': 'image',
  'image/jxl': 'image',
  'image/x-icon': 'image',
  'image/vnd.microsoft.icon': 'image',
  'image/svg+xml': 'image',
}

const kindNames: ReadonlySet<string> = new Set([...Object.values(documentTypes), 'ole'])

export const isDocumentKind = (kind: string): kind is DocumentKind => kindNames.has(kind)

export const documentKindOf = (type: string): DocumentKind | undefined => (type === 'application/x-ole-storage' ? 'ole' : documentTypes[type])
