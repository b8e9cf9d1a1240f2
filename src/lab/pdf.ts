import { at, pdfFile } from './documents/pdf-file.ts'

/** A small PDF of one page: a title and lines of Latin text. */
export const pdf = (title: string, lines: readonly string[]): Buffer =>
  pdfFile([{ content: [at(72, 760, 20, title), ...lines.map((line, i) => at(72, 720 - i * 18, 12, line))].join('\n') }], { Title: title, Producer: 'Lyrebird Lab' })
