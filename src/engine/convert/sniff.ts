import { documentKindOf, isDocumentKind } from './documents/types.ts'
import { zippedType } from './documents/zipped-type.ts'
import { essenceOf, isVagueType, kindOfType, type Kind, type TextKind } from './media-type.ts'

/** What a body is: a kind to convert it as, or the type that cannot be converted. */
export type Sniffed = { kind: Kind; type: string } | { kind: undefined; type: string }

const signatures: readonly [string, string][] = [
  ['%PDF-', 'application/pdf'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['II*\x00', 'image/tiff'],
  ['MM\x00*', 'image/tiff'],
  ['\xff\x0a', 'image/jxl'],
  ['\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a', 'image/jxl'],
  ['PK\x03\x04', 'application/zip'],
  ['\x1f\x8b', 'application/gzip'],
  ['Rar!\x1a\x07', 'application/vnd.rar'],
  ['7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  ['\xd0\xcf\x11\xe0', 'application/x-ole-storage'],
  ['{\\rtf', 'application/rtf'],
  ['OggS', 'application/ogg'],
  ['ID3', 'audio/mpeg'],
  ['\x00\x00\x01\x00', 'image/x-icon'],
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
  ['\x7fELF', 'application/x-executable'],
  ['MZ\x90', 'application/x-msdownload'],
  ['SQLite format 3\x00', 'application/vnd.sqlite3'],
]

const typeOfKind: Record<TextKind, string> = {
  html: 'text/html', xhtml: 'application/xhtml+xml', text: 'text/plain', markdown: 'text/markdown', json: 'application/json',
  ndjson: 'application/x-ndjson', xml: 'application/xml', feed: 'application/rss+xml', csv: 'text/csv', tsv: 'text/tab-separated-values',
}

/** The declared type, corrected where the first bytes contradict it. */
export const sniff = (body: Uint8Array, contentType: string | null): Sniffed => {
  const declared = essenceOf(contentType)
  const head = headOf(body)
  const binary = signatureOf(head) ?? containerOf(head)
  if (binary) return document(binary, declared, body)
  const kind = kindOfType(declared)
  if (kind && isDocumentKind(kind)) return misnamed(head, body) ?? { kind, type: declared }
  if (!kind) {
    if (!isVagueType(declared)) return { kind: undefined, type: declared }
    if (isBinary(body)) return { kind: undefined, type: declared || 'application/octet-stream' }
    const found = kindOfText(head) ?? 'text'
    return { kind: found, type: typeOfFound(found, head) }
  }
  const corrected = correct(kind, head)
  return { kind: corrected, type: corrected === kind ? declared : typeOfFound(corrected, head) }
}

const zippedKinds: ReadonlySet<string> = new Set(['docx', 'xlsx', 'pptx', 'opendocument', 'epub'])

/** By its bytes; what they leave open the declared type decides. */
const document = (found: string, declared: string, body: Uint8Array): Sniffed => {
  const type = found === 'application/zip' ? (zippedType(body) ?? (zippedKinds.has(documentKindOf(declared) ?? '') ? declared : found)) : found
  return { kind: documentKindOf(type), type }
}

/** A refusal or an error page goes by the name of the file that was asked for. */
const misnamed = (head: string, body: Uint8Array): Sniffed | undefined => {
  const found = isBinary(body) ? undefined : kindOfText(head)
  return found === 'html' || found === 'xhtml' || found === 'json' ? { kind: found, type: typeOfKind[found] } : undefined
}

const typeOfFound = (kind: TextKind, head: string): string => (kind === 'feed' && /<feed[\s>]/i.test(head) ? 'application/atom+xml' : typeOfKind[kind])

/** Only contradictions that are plain to see; text that says it is text stays text. */
const correct = (kind: TextKind, head: string): TextKind => {
  if (kind === 'text' || kind === 'markdown' || kind === 'csv' || kind === 'tsv') return kind
  const found = kindOfText(head)
  if (!found || found === kind) return kind
  switch (kind) {
    case 'html':
      return found === 'feed' || found === 'json' ? found : kind
    case 'xhtml':
      return found === 'feed' ? found : kind
    case 'json':
    case 'ndjson':
      return found === 'html' || found === 'feed' ? found : kind
    case 'xml':
      return found === 'feed' || found === 'xhtml' || (found === 'html' && /^\s*<!doctype html|^\s*<html/i.test(head)) ? found : kind
    case 'feed':
      return found === 'html' || found === 'xhtml' || found === 'xml' ? found : kind
    default:
      return kind
  }
}

/** The first bytes as characters, UTF-16 read as such, and past any byte order mark. */
const headOf = (body: Uint8Array): string => {
  if ((body[0] === 0xff && body[1] === 0xfe) || (body[0] === 0xfe && body[1] === 0xff)) {
    return new TextDecoder(body[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(body.subarray(0, 4096))
  }
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  let head = ''
  for (const byte of body.subarray(start, start + 2048)) head += String.fromCharCode(byte)
  return head
}

const signatureOf = (head: string): string | undefined => signatures.find(([magic]) => head.startsWith(magic))?.[1]

const containerOf = (head: string): string | undefined => {
  if (head.startsWith('RIFF') && /^(WEBP|AVI |WAVE)/.test(head.slice(8))) return head.startsWith('WEBP', 8) ? 'image/webp' : head.startsWith('WAVE', 8) ? 'audio/wav' : 'video/x-msvideo'
  if (head.startsWith('ftyp', 4)) return /^avi[fs]/.test(head.slice(8)) ? 'image/avif' : /^(hei[cxms]|hev[cxms]|mif1|msf1)/.test(head.slice(8)) ? 'image/heic' : 'video/mp4'
  // Two letters alone are how many a text begins; the bytes reserved behind the length are not.
  if (head.startsWith('BM') && head.startsWith('\0\0\0\0', 6)) return 'image/bmp'
  return undefined
}

/** The Encoding-neutral test of the MIME Sniffing Standard: control characters that no text has. */
const isBinary = (body: Uint8Array): boolean => {
  if ((body[0] === 0xff && body[1] === 0xfe) || (body[0] === 0xfe && body[1] === 0xff)) return false
  for (const byte of body.subarray(0, 2048)) {
    if (byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f)) return true
  }
  return false
}

const htmlStart = /^(<!doctype\s+html|<html|<head|<body|<script|<iframe|<h1|<div|<font|<table|<a[\s>]|<style|<title|<b[\s>]|<br|<p[\s>]|<meta|<link|<main|<article|<section|<header|<nav|<span|<ul)/i

const kindOfText = (head: string): TextKind | undefined => {
  const start = head.replace(/^\s+/, '').replace(/^(<!--[\s\S]*?-->\s*)+/, '')
  if (start.startsWith('<?xml') || start.startsWith('<rss') || start.startsWith('<feed') || start.startsWith('<rdf:RDF')) {
    if (/<rss[\s>]|<feed[\s>]|<rdf:RDF[^>]*purl\.org\/rss/i.test(start)) return 'feed'
    if (/<!doctype\s+html|<html[\s>]/i.test(start)) return 'xhtml'
    return 'xml'
  }
  if (htmlStart.test(start)) return 'html'
  if (/^[[{]\s*(["{}[\]]|-?\d|true|false|null)/.test(start)) return /"version"\s*:\s*"https:\/\/jsonfeed\.org/.test(start) ? 'feed' : 'json'
  return undefined
}
