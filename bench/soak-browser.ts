// Memory of the browsers and of this process over many pages, drawn as a picture.
// Exits with 1 where the last browser's mean is more than a tenth above or below that of the second, or the server's is.
// npm run soak:browser [-- --pages 2000 --at-once 4 --out bench/out/soak-browser.svg]
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { scrapeIntent } from '../src/contract/intent.ts'

const { values } = parseArgs({ options: { pages: { type: 'string', default: '2000' }, 'at-once': { type: 'string', default: '4' }, out: { type: 'string', default: 'bench/out/soak-browser.svg' } } })
const [pages, atOnce] = [Number(values.pages), Number(values['at-once'])]
/** A browser is replaced after a quarter of the pages: four of them, each seen from its start to its end. */
const each = Math.ceil(pages / 4)
const urls = ['https://spa.lab.test/', 'https://article.lab.test/', 'https://product.lab.test/', 'https://actions.lab.test/', 'https://infinite.lab.test/?pages=2', 'https://challenge.lab.test/', 'https://spa.lab.test/shadow']

const app = await startApp(readConfig({ dataDir: 'memory://', logLevel: 'error', port: '0', browserPages: String(atOnce), browsers: '1', browserRecyclePages: String(each) }))
interface Sample { page: number; browsers: number; own: number }
const samples: Sample[] = []
const gauges = async (): Promise<number> => {
  const text = await (await app.fetch(new Request('http://soak.test/metrics'))).text()
  return Number(/lyrebird_state\{of="browser_resident_bytes"\} (\S+)/.exec(text)?.[1] ?? 0)
}

let next = 0
let failures = 0
const every = Math.max(1, Math.floor(pages / 200))
const started = performance.now()
const worker = async (): Promise<void> => {
  while (next < pages) {
    const n = next++
    const outcome = await app.engine.scrape(scrapeIntent({ url: urls[n % urls.length] ?? '', render: 'js' }), { mode: 'test', signal: new AbortController().signal })
    if (!outcome.ok) failures++
    if (n % every === 0) samples.push({ page: n, browsers: await gauges(), own: process.memoryUsage().rss })
  }
}
await Promise.all(Array.from({ length: atOnce }, worker))
const seconds = (performance.now() - started) / 1000

const mean = (list: Sample[], key: 'browsers' | 'own'): number => list.reduce((sum, one) => sum + one[key], 0) / Math.max(1, list.length) / 1_048_576
// The first browser is left out: code is compiled and caches fill.
const quarter = (n: number) => samples.filter(({ page }) => Math.floor(page / each) === n)
const change = (key: 'browsers' | 'own'): number => (mean(quarter(3), key) / mean(quarter(1), key) - 1) * 100
const told = (key: 'browsers' | 'own'): string => `${mean(quarter(1), key).toFixed(0)} → ${mean(quarter(3), key).toFixed(0)} MB (${change(key).toFixed(1)} %)`
console.log(`${pages} pages in ${seconds.toFixed(0)} s, ${failures} failures`)
console.log(`browsers: ${told('browsers')}`)
console.log(`server:   ${told('own')}`)

const top = Math.max(...samples.flatMap(({ browsers, own }) => [browsers, own])) * 1.1
const line = (key: 'browsers' | 'own'): string => samples.toSorted((a, b) => a.page - b.page).map((one) => `${(60 + (one.page / pages) * 900).toFixed(1)},${(440 - (one[key] / top) * 400).toFixed(1)}`).join(' ')
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="500" font-family="sans-serif" font-size="14">
<rect width="1000" height="500" fill="white"/><path d="M60 40V440H960" fill="none" stroke="black"/>
${[1, 2, 3].map((n) => `<path d="M${60 + (n * each / pages) * 900} 40V440" stroke="#ddd"/>`).join('')}
${[0, 0.25, 0.5, 0.75, 1].map((share) => `<text x="52" y="${445 - share * 400}" text-anchor="end">${((top * share) / 1_048_576).toFixed(0)}</text><text x="${60 + share * 900}" y="460" text-anchor="middle">${Math.round(pages * share)}</text>`).join('')}
<text x="60" y="28">Memory in MB by pages rendered, ${pages} pages, ${atOnce} at once, ${failures} failures. Grey lines: the browser is replaced.</text>
<text x="60" y="484" fill="#0b5d5a">browsers, ${told('browsers')}</text><text x="500" y="484" fill="#c2570c">server with the lab in it, ${told('own')}</text>
<polyline points="${line('browsers')}" fill="none" stroke="#0b5d5a" stroke-width="2"/><polyline points="${line('own')}" fill="none" stroke="#c2570c" stroke-width="2"/></svg>
`
await mkdir(dirname(values.out), { recursive: true })
await writeFile(values.out, svg)
console.log(values.out)
await app.close()
process.exit(failures > 0 || Math.abs(change('browsers')) > 10 || Math.abs(change('own')) > 10 ? 1 : 0)
