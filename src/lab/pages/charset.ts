import iconv from 'iconv-lite'
import { send, type Exchange } from '../exchange.ts'
import { each, page } from '../html.ts'
import type { LabPage } from './page.ts'

/** Where the page says in what it is written. */
type Declared = 'header' | 'meta' | 'http-equiv' | 'bom' | 'none'

interface Text {
  encoding: string
  lang: string
  text: string
}

const texts: Readonly<Record<string, Text>> = {
  'utf-8': { encoding: 'utf8', lang: 'mul', text: 'Grüße, Ελλάδα, Привет, 日本語, 한국어, 𝒳 and a 🐦' },
  'utf-16le': { encoding: 'utf16le', lang: 'mul', text: 'Grüße, Ελλάδα, 日本語 and a 🐦' },
  'utf-16be': { encoding: 'utf16-be', lang: 'mul', text: 'Grüße, Ελλάδα, 日本語 and a 🐦' },
  'windows-1252': { encoding: 'win1252', lang: 'de', text: 'Größe: 5 € – „schön“ … naïve café' },
  'iso-8859-1': { encoding: 'win1252', lang: 'fr', text: 'Un œuf à 3 € : c’est « déjà vu »' },
  'iso-8859-2': { encoding: 'iso88592', lang: 'pl', text: 'Zażółć gęślą jaźń' },
  'iso-8859-15': { encoding: 'iso885915', lang: 'fr', text: 'Un œuf à 3 €' },
  'windows-1250': { encoding: 'win1250', lang: 'cs', text: 'Příliš žluťoučký kůň' },
  'windows-1251': { encoding: 'win1251', lang: 'ru', text: 'Съешь ещё этих мягких французских булок' },
  'koi8-r': { encoding: 'koi8-r', lang: 'ru', text: 'Съешь ещё этих мягких французских булок' },
  shift_jis: { encoding: 'shiftjis', lang: 'ja', text: '日本語のページです。カタカナ、ひらがな、漢字。' },
  'euc-jp': { encoding: 'eucjp', lang: 'ja', text: '日本語のページです。カタカナ、ひらがな、漢字。' },
  gbk: { encoding: 'gbk', lang: 'zh', text: '这是一个中文网页,用来测试编码。' },
  gb18030: { encoding: 'gb18030', lang: 'zh', text: '这是一个中文网页,㐀用来测试编码。' },
  big5: { encoding: 'big5', lang: 'zh-Hant', text: '這是一個中文網頁,用來測試編碼。' },
  'euc-kr': { encoding: 'euckr', lang: 'ko', text: '한국어 페이지입니다. 인코딩을 시험합니다.' },
  'windows-1256': { encoding: 'win1256', lang: 'ar', text: 'هذه صفحة عربية لاختبار الترميز' },
  'windows-874': { encoding: 'win874', lang: 'th', text: 'นี่คือหน้าภาษาไทย' },
}

const bomOf: Readonly<Record<string, number[]>> = { 'utf-8': [0xef, 0xbb, 0xbf], 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] }

const documentIn = (label: string, said: string, how: Declared): { type: string; body: Buffer } => {
  const { encoding, lang, text } = texts[label] ?? { encoding: 'utf8', lang: 'en', text: '' }
  const mark = how === 'meta' ? `<meta charset="${said}">` : how === 'http-equiv' ? `<meta http-equiv="Content-Type" content="text/html; charset=${said}">` : ''
  const html = `<!doctype html>\n<html lang="${lang}"><head>${mark}<title>${text.slice(0, 12)}</title></head><body><h1>${label}</h1><p>${text}</p></body></html>\n`
  const body = iconv.encode(html, encoding)
  return {
    type: how === 'header' ? `text/html; charset=${said}` : 'text/html',
    body: how === 'bom' ? Buffer.concat([Buffer.from(bomOf[label] ?? []), body]) : body,
  }
}

/** What is said and what is so, where they differ. In each the page can be read by someone who knows the rules. */
const odd: Readonly<Record<string, () => { type: string; body: Buffer }>> = {
  /** The header wins over meta, and is right. */
  '/header-beats-meta': () => ({ type: 'text/html; charset=windows-1251', body: documentIn('windows-1251', 'utf-8', 'meta').body }),
  /** A mark of byte order wins over the header. */
  '/bom-beats-header': () => ({ type: 'text/html; charset=windows-1252', body: documentIn('utf-8', 'utf-8', 'bom').body }),
  /** The header says Latin 1, the bytes are UTF-8, meta tells the truth: the header wins, and the text is garbled in every browser. */
  '/wrong-header': () => ({ type: 'text/html; charset=iso-8859-1', body: documentIn('utf-8', 'utf-8', 'meta').body }),
  '/wrong-meta': () => documentIn('windows-1252', 'utf-8', 'meta'),
  '/unknown-label': () => ({ type: 'text/html; charset=x-klingon', body: documentIn('utf-8', 'utf-8', 'meta').body }),
  '/quoted-label': () => ({ type: "text/html; charset='UTF-8'", body: documentIn('utf-8', 'utf-8', 'none').body }),
  '/utf-16-meta-on-utf-8': () => documentIn('utf-8', 'utf-16', 'meta'),
  '/xml-declaration': () => ({ type: 'application/xhtml+xml', body: iconv.encode(`<?xml version="1.0" encoding="windows-1251"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>XML</title></head><body><p>${texts['windows-1251']?.text ?? ''}</p></body></html>`, 'win1251') }),
  '/late-meta': () => ({ type: 'text/html', body: Buffer.from(`<!doctype html><html><head><!--${' '.repeat(2000)}--><meta charset="utf-8"><title>Late</title></head><body><p>${texts['utf-8']?.text ?? ''}</p></body></html>`) }),
  '/broken-utf-8': () => ({ type: 'text/html; charset=utf-8', body: Buffer.concat([Buffer.from('<!doctype html><title>Broken</title><p>Before '), Buffer.from([0xff, 0xc3, 0x28, 0xe2, 0x82]), Buffer.from(' after</p>')]) }),
  '/nul-bytes': () => ({ type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html><title>Nul</title><p>one\0two\u200bthree</p>') }),
}

const declarations: readonly Declared[] = ['header', 'meta', 'http-equiv', 'bom', 'none']

const index = (): string =>
  page({
    title: 'Encodings',
    body: `<main><h1>Encodings</h1>\n<p>By <code>?by=</code> ${declarations.join(', ')}.</p>\n<ul>\n${each(Object.keys(texts), (label) => `<li><a href="/${label}">${label}</a></li>`)}\n${each(Object.keys(odd), (path) => `<li><a href="${path}">${path.slice(1)}</a></li>`)}\n</ul></main>`,
  })

const made = (x: Exchange): { type: string; body: Buffer } | undefined => {
  const label = x.path.slice(1)
  if (!Object.hasOwn(texts, label)) return odd[x.path]?.()
  const by = x.query.get('by') ?? 'header'
  return documentIn(label, x.query.get('say') ?? label, declarations.find((one) => one === by) ?? 'header')
}

/** What /<label> reads when it is decoded rightly. */
export const charsetText = (label: string): string | undefined => texts[label]?.text

export const charset: LabPage = {
  name: 'charset',
  title: 'Encodings',
  description: 'Eighteen encodings, declared by header, meta, mark or not at all (?by=), and some that lie.',
  answer: (x) => {
    if (x.path === '/') return send(x, index())
    const file = made(x)
    return file ? send(x, file.body, { type: file.type.replaceAll(/[^\x20-\x7e]/g, '') }) : false
  },
}
