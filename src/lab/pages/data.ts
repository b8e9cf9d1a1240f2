import { gzipSync } from 'node:zlib'
import { send, type Handler, type Reply } from '../exchange.ts'
import { each, page } from '../html.ts'
import { png } from '../images.ts'
import { pdf } from '../pdf.ts'
import { pageOf } from './page.ts'

interface File {
  type: string
  body: () => string | Uint8Array
  headers?: Reply['headers']
}

const gauges = [
  { id: 'skerry', name: 'Skerry Point', level_cm: 412, at: '2025-11-20T08:00:00Z', tags: ['tide', 'open sea'], open: true },
  { id: 'quay-7', name: 'Quay 7, "old" side', level_cm: 398, at: '2025-11-20T08:05:00Z', tags: [], open: null },
]

const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

const files: Readonly<Record<string, File>> = {
  '/data.json': { type: 'application/json', body: () => JSON.stringify({ gauges, next: null, big: 9_007_199_254_740_991, text: 'Grüße, 日本' }) },
  '/deep.json': { type: 'application/json', body: () => '['.repeat(5000) + ']'.repeat(5000) },
  '/broken.json': { type: 'application/json', body: () => '{"gauges": [{"id": "skerry", ' },
  '/data.ndjson': { type: 'application/x-ndjson', body: () => gauges.map((one) => `${JSON.stringify(one)}\n`).join('') },
  '/problem.json': { type: 'application/problem+json', body: () => JSON.stringify({ type: 'about:blank', title: 'Fine, really' }) },
  '/data.csv': { type: 'text/csv; charset=utf-8; header=present', body: () => 'id,name,level_cm\r\nskerry,Skerry Point,412\r\nquay-7,"Quay 7, ""old"" side",398\r\nlong,"two\r\nlines | and a pipe",\r\n' },
  '/semicolon.csv': { type: 'text/csv', body: () => '\ufeffName;Preis\nBrot;3,80\nÄpfel;2,50\n' },
  '/data.tsv': { type: 'text/tab-separated-values', body: () => 'id\tname\nskerry\tSkerry Point\n' },
  '/data.xml': { type: 'application/xml', body: () => '<?xml version="1.0" encoding="UTF-8"?>\n<gauges xmlns="urn:lab:gauges"><!-- two --><gauge id="skerry"><name>Skerry Point</name><level unit="cm">412</level></gauge><gauge id="quay-7"><name>Quay &amp; 7</name><note><![CDATA[a < b]]></note></gauge></gauges>\n' },
  '/entities.xml': { type: 'application/xml', body: () => '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY file SYSTEM "file:///etc/passwd">]>\n<lolz>&c;&file;</lolz>\n' },
  '/plain.txt': { type: 'text/plain; charset=utf-8', body: () => 'A plain text.\n\n* not a list, only a star\n# not a heading\n<b>not bold</b>\n\nEnd.\n' },
  '/readme.md': { type: 'text/markdown; charset=utf-8', body: () => '# Gauges\n\nThey *measure*.\n\n- [x] tide\n- [ ] rain\n\n| id | cm |\n| --- | --- |\n| skerry | 412 |\n\n```sh\ncurl https://data.lab.test/data.json\n```\n' },
  '/page.xhtml': { type: 'application/xhtml+xml', body: () => '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>Strict</title></head><body><h1>Strict</h1><p>An XHTML page.<br/>With a <a href="/data.json">link</a>.</p><script type="text/javascript">//<![CDATA[\nvar a = 1 < 2;\n//]]></script></body></html>\n' },
  '/style.css': { type: 'text/css', body: () => 'body { color: #123456 }\n' },
  '/script.js': { type: 'text/javascript', body: () => 'export const answer = 42\n' },
  '/image.svg': { type: 'image/svg+xml', body: () => '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Dot</title><circle cx="4" cy="4" r="3"/></svg>\n' },
  '/report.pdf': { type: 'application/pdf', body: () => pdf('Gauge report', ['Skerry Point: 412 cm', 'Quay 7: 398 cm']) },
  '/image.png': { type: 'image/png', body: () => png('gauge', { width: 64, height: 48 }) },
  '/image.gif': { type: 'image/gif', body: () => gif },
  '/archive.zip': { type: 'application/zip', body: () => zip },
  '/archive.gz': { type: 'application/gzip', body: () => gzipSync('inside') },
  '/video.mp4': { type: 'video/mp4', body: () => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom\0\0\x02\0isomiso2mp41', 'latin1')]) },
  '/sound.mp3': { type: 'audio/mpeg', body: () => Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), Buffer.alloc(64)]) },
  '/font.woff2': { type: 'font/woff2', body: () => Buffer.concat([Buffer.from('wOF2'), Buffer.alloc(44)]) },
  '/module.wasm': { type: 'application/wasm', body: () => Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) },
  '/binary': { type: 'application/octet-stream', body: () => Uint8Array.from({ length: 1024 }, (_, i) => (i * 131) % 256) },
  '/download.html': { type: 'text/html; charset=utf-8', headers: { 'content-disposition': 'attachment; filename="download.html"' }, body: () => page({ title: 'Download', body: '<h1>Download</h1><p>A page that wants to be saved.</p>' }) },
  '/html-as-text': { type: 'text/plain', body: () => page({ title: 'Text', body: '<h1>HTML by content, text by header</h1>' }) },
  '/pdf-as-html': { type: 'text/html; charset=utf-8', body: () => pdf('Not HTML', ['A PDF under the name of a page.']) },
  '/html-as-octets': { type: 'application/octet-stream', body: () => page({ title: 'Octets', body: '<h1>HTML by content, bytes by header</h1>' }) },
  '/binary-as-html': { type: 'text/html', body: () => Uint8Array.from({ length: 4096 }, (_, i) => (i * 131 + 7) % 256) },
}

const serve = (file: File): Handler => (x) => send(x, file.body(), { type: file.type, ...(file.headers ? { headers: file.headers } : {}) })

export const data = pageOf(
  { name: 'data', title: 'Files', description: 'Files of many types: JSON, CSV, XML, text, Markdown, XHTML, PDF, images, archives, media, and some under a false name.' },
  {
    '/': () => page({ title: 'Files', body: `<main><h1>Files</h1>\n<ul>\n${each(Object.entries(files), ([path, file]) => `<li><a href="${path}">${path.slice(1)}</a> <code>${file.type}</code></li>`)}\n</ul></main>` }),
    ...Object.fromEntries(Object.entries(files).map(([path, file]) => [path, serve(file)])),
  },
)
