import { describe, expect, it } from 'vitest'
import { decode } from './charset.ts'

const bytes = (...parts: (string | number[])[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)))
const meta = (charset: string): string => `<html><head><meta charset="${charset}"></head><body>`

/** Bytes, the Content-Type header, what kind of markup, and the text and charset that must come out. */
const table: [name: string, body: Uint8Array, header: string | null, markup: 'html' | 'xml' | 'none', ends: string, charset: string, from: string][] = [
  ['UTF-8 without any declaration', bytes('<p>é'), 'text/html', 'html', 'é', 'utf-8', 'guess'],
  ['windows-1252 without any declaration', bytes('<p>', [0x93, 0xe9, 0x94]), 'text/html', 'html', '“é”', 'windows-1252', 'guess'],
  ['a byte order mark over header and meta', bytes([0xef, 0xbb, 0xbf], meta('iso-8859-1'), 'é'), 'text/html; charset=windows-1251', 'html', 'é', 'utf-8', 'bom'],
  ['UTF-16 little endian by its mark', bytes([0xff, 0xfe, 0x61, 0x00, 0xe9, 0x00]), null, 'none', 'aé', 'utf-16le', 'bom'],
  ['UTF-16 big endian by its mark', bytes([0xfe, 0xff, 0x00, 0x61, 0x00, 0xe9]), null, 'none', 'aé', 'utf-16be', 'bom'],
  ['the header over the meta element', bytes(meta('utf-8'), [0xcf, 0xf0]), 'text/html; charset=windows-1251', 'html', 'Пр', 'windows-1251', 'header'],
  ['a quoted header with other parameters', bytes('<p>', [0xe9]), 'text/html; x=y; Charset="ISO-8859-1"; z', 'html', 'é', 'windows-1252', 'header'],
  ['the meta element', bytes(meta('Shift_JIS'), [0x83, 0x65]), 'text/html', 'html', 'テ', 'shift_jis', 'document'],
  ['the meta element of old', bytes('<meta http-equiv="Content-Type" content="text/html; charset=euc-kr">', [0xc7, 0xd1]), 'text/html', 'html', '한', 'euc-kr', 'document'],
  ['a meta element without quotes', bytes('<meta charset=gb2312>', [0xd6, 0xd0]), null, 'html', '中', 'gbk', 'document'],
  ['a meta element in single quotes after others', bytes(`<meta name="a" content="b"><meta charset='big5'>`, [0xa4, 0xa4]), null, 'html', '中', 'big5', 'document'],
  ['euc-jp', bytes(meta('euc-jp'), [0xa5, 0xc6]), null, 'html', 'テ', 'euc-jp', 'document'],
  ['koi8-r', bytes(meta('koi8-r'), [0xf0]), null, 'html', 'П', 'koi8-r', 'document'],
  ['windows-1250', bytes(meta('windows-1250'), [0xb9]), null, 'html', 'ą', 'windows-1250', 'document'],
  ['no meta element inside a comment', bytes('<!-- <meta charset="koi8-r"> -->é'), null, 'html', 'é', 'utf-8', 'guess'],
  ['no meta element in the body', bytes('<body><meta charset="koi8-r">é'), null, 'html', 'é', 'utf-8', 'guess'],
  ['a meta element that says UTF-16 means UTF-8', bytes(meta('utf-16'), 'é'), null, 'html', 'é', 'utf-8', 'document'],
  ['an unknown name is passed over', bytes(meta('utf-8'), 'é'), 'text/html; charset=klingon', 'html', 'é', 'utf-8', 'document'],
  ['a false UTF-8 header gives way to the meta element', bytes(meta('windows-1251'), [0xcf, 0xf0]), 'text/html; charset=utf-8', 'html', 'Пр', 'windows-1251', 'document'],
  ['the XML declaration', bytes('<?xml version="1.0" encoding="iso-8859-2"?><a>', [0xb1]), 'application/xml', 'xml', 'ą', 'iso-8859-2', 'document'],
  ['the XML declaration of XHTML', bytes('<?xml version="1.0" encoding="windows-1252"?><html>', [0x80]), 'application/xhtml+xml', 'html', '€', 'windows-1252', 'document'],
  ['UTF-16 XML without a mark', bytes([0x3c, 0, 0x3f, 0, 0x78, 0]), null, 'xml', '<?x', 'utf-16le', 'document'],
  ['text is not searched for declarations', bytes(meta('koi8-r'), 'é'), 'text/plain', 'none', 'é', 'utf-8', 'guess'],
  ['nothing at all', bytes(), null, 'html', '', 'utf-8', 'guess'],
]

describe('decode', () => {
  it.each(table)('%s', (_, body, header, markup, ends, charset, from) => {
    const decoded = decode(body, header, markup)
    expect(decoded.text.endsWith(ends)).toBe(true)
    expect(decoded).toMatchObject({ charset, from, damaged: false })
  })

  it('says so where bytes do not fit', () => {
    expect(decode(bytes('a', [0xff], 'b'), 'text/html; charset=utf-8', 'html')).toMatchObject({ text: 'a\ufffdb', damaged: true })
  })

  it('strips the byte order mark', () => {
    expect(decode(bytes([0xef, 0xbb, 0xbf], 'a'), null, 'none').text).toBe('a')
  })
})
