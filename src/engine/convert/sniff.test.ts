import { describe, expect, it } from 'vitest'
import { essenceOf, isSupportedType, supportedTypes } from './media-type.ts'
import { sniff } from './sniff.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

const table: [name: string, body: string, header: string | null, kind: string | undefined, type: string][] = [
  ['HTML as HTML', '<p>', 'text/html; charset=x', 'html', 'text/html'],
  ['HTML without a type', '  <!DOCTYPE HTML><p>', null, 'html', 'text/html'],
  ['HTML as octets', '<html>', 'application/octet-stream', 'html', 'text/html'],
  ['HTML as text stays text', '<html>', 'text/plain', 'text', 'text/plain'],
  ['HTML as JSON, as error pages are', '<!doctype html>', 'application/json', 'html', 'text/html'],
  ['HTML as XML', '<!DOCTYPE html><html>', 'text/xml', 'html', 'text/html'],
  ['XHTML as XML', '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml">', 'application/xml', 'xhtml', 'application/xhtml+xml'],
  ['HTML after a comment', '<!-- x --><html>', '', 'html', 'text/html'],
  ['JSON as JSON', '{"a":1}', 'application/json', 'json', 'application/json'],
  ['JSON as HTML', '{"a":1}', 'text/html', 'json', 'application/json'],
  ['JSON without a type', '[1]', null, 'json', 'application/json'],
  ['a vendor JSON type', '{}', 'application/vnd.api+json', 'json', 'application/vnd.api+json'],
  ['text in brackets as HTML is HTML', '[hello]', 'text/html', 'html', 'text/html'],
  ['a feed as XML', '<?xml version="1.0"?><rss version="2.0">', 'text/xml', 'feed', 'application/rss+xml'],
  ['an Atom feed as HTML', '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', 'text/html', 'feed', 'application/atom+xml'],
  ['a JSON feed without a type', '{"version": "https://jsonfeed.org/version/1.1"}', null, 'feed', 'application/rss+xml'],
  ['XML as XML', '<?xml version="1.0"?><a/>', 'application/xml', 'xml', 'application/xml'],
  ['HTML where a feed is said', '<!doctype html><html>', 'application/rss+xml', 'html', 'text/html'],
  ['CSV', 'a,b', 'text/csv', 'csv', 'text/csv'],
  ['Markdown', '# a', 'text/markdown', 'markdown', 'text/markdown'],
  ['a text type without a converter', 'a{}', 'text/css', 'text', 'text/css'],
  ['text without a type', 'hello', null, 'text', 'text/plain'],
  ['nothing', '', null, 'text', 'text/plain'],
  ['a PDF as HTML', '%PDF-1.7', 'text/html', 'pdf', 'application/pdf'],
  ['a picture as HTML', '\x89PNG\r\n\x1a\n', 'text/html', 'image', 'image/png'],
  ['a picture as a picture', 'x', 'image/jpeg', 'image', 'image/jpeg'],
  ['an archive as octets', 'PK\x03\x04', 'application/octet-stream', undefined, 'application/zip'],
  ['unknown octets', 'a\x00b', 'application/octet-stream', undefined, 'application/octet-stream'],
  ['SVG', '<svg>', 'image/svg+xml', 'image', 'image/svg+xml'],
  ['a page under the name of a file', '<!doctype html><title>Sign in', 'application/pdf', 'html', 'text/html'],
  ['an archive that is said to be an office file', 'PK\x03\x04', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['rich text as text', '{\\rtf1', 'text/plain', 'rtf', 'application/rtf'],
  ['an old office file', '\xd0\xcf\x11\xe0', 'application/octet-stream', 'ole', 'application/x-ole-storage'],
  ['a video', '....ftypisom', 'text/html', undefined, 'video/mp4'],
]

describe('sniff', () => {
  it.each(table)('%s', (_, body, header, kind, type) => {
    expect(sniff(bytes(body), header)).toEqual({ kind, type })
  })
})

describe('isSupportedType', () => {
  it('takes every listed type, types that say nothing, and no film', () => {
    expect(supportedTypes.every(isSupportedType)).toBe(true)
    for (const type of [null, '', 'application/octet-stream', 'TEXT/HTML;charset=utf-8', 'text/x-anything', 'application/x+xml']) expect(isSupportedType(type), String(type)).toBe(true)
    for (const type of ['application/msword', 'audio/mpeg', 'video/mp4', 'font/woff2', 'text/event-stream', 'application/gzip', 'nonsense/']) expect(isSupportedType(type), type).toBe(type === 'nonsense/')
  })

  it('reads the last well-formed of several values', () => {
    expect(essenceOf('text/html, application/json; a=b, x')).toBe('application/json')
    expect(essenceOf('garbage')).toBe('')
  })
})
