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
  ['a PDF as HTML', '%PDF-1.7', 'text/html', undefined, 'application/pdf'],
  ['a picture as HTML', '\x89PNG\r\n\x1a\n', 'text/html', undefined, 'image/png'],
  ['a picture as a picture', 'x', 'image/jpeg', undefined, 'image/jpeg'],
  ['an archive as octets', 'PK\x03\x04', 'application/octet-stream', undefined, 'application/zip'],
  ['unknown octets', 'a\x00b', 'application/octet-stream', undefined, 'application/octet-stream'],
  ['SVG', '<svg>', 'image/svg+xml', undefined, 'image/svg+xml'],
  ['a video', '....ftypisom', 'text/html', undefined, 'video/mp4'],
]

describe('sniff', () => {
  it.each(table)('%s', (_, body, header, kind, type) => {
    expect(sniff(bytes(body), header)).toEqual({ kind, type })
  })
})

describe('isSupportedType', () => {
  it('takes every listed type, types that say nothing, and no picture', () => {
    expect(supportedTypes.every(isSupportedType)).toBe(true)
    for (const type of [null, '', 'application/octet-stream', 'TEXT/HTML;charset=utf-8', 'text/x-anything', 'application/x+xml']) expect(isSupportedType(type), String(type)).toBe(true)
    for (const type of ['image/png', 'application/pdf', 'video/mp4', 'image/svg+xml', 'text/event-stream', 'application/zip', 'nonsense/']) expect(isSupportedType(type), type).toBe(type === 'nonsense/')
  })

  it('reads the last well-formed of several values', () => {
    expect(essenceOf('text/html, application/json; a=b, x')).toBe('application/json')
    expect(essenceOf('garbage')).toBe('')
  })
})
