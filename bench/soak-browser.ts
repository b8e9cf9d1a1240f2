// Memory of the browsers and of this process over many pages, drawn as a picture.
// npm run soak:browser [-- --pages 2000 --at-once 4 --out bench/out/soak-browser.png]
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { startApp } from '../src/app.ts'
import { launch } from '../src/browser/index.ts'
import { readConfig } from '../src/config.ts'
import { scrapeIntent } from '../src/contract/intent.ts'

const { values } = parseArgs({ options: { pages: { type: 'string', default: '2000' }, 'at-once': { type: 'string', default: '4' }, out: { type: 'string', default: 'bench/out/soak-browser.png' } } })
const [pages, atOnce] = [Number(values.pages), Number(values['at-once'])]
const urls = ['https://spa.lab.test/', 'https://article.lab.test/', 'https://product.lab.test/', 'https://actions.lab.test/', 'https://infinite.lab.test/?pages=2', 'https://challenge.lab.test/', 'https://spa.lab.test/shadow']

const app = await startApp(readConfig({ dataDir: 'memory://', logLevel: 'error', port: '0', browserPages: String(atOnce), browsers: '1' }))
interface Sample { page: number; browsers: number; own: number }
const samples: Sample[] = []
const gauges = async (): Promise<number> => {
  const text = await (await app.fetch(new Request('http://soak.test/metrics'))).text()
  return Number(/lyrebird_state\{of="browser_resident_bytes"\} (\S+)/.exec(text)?.[1] ?? 0)
}

let next = 0
let failures = 0
const every = Math.max(1, Math.floor(pages / 100))
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
// The first tenth warms up: code is compiled and caches fill.
const part = (from: number, to: number) => samples.filter(({ page }) => page >= pages * from && page < pages * to)
const [early, late] = [part(0.1, 0.4), part(0.7, 1)]
const growth = (key: 'browsers' | 'own'): string => `${mean(early, key).toFixed(0)} → ${mean(late, key).toFixed(0)} MB (${((mean(late, key) / mean(early, key) - 1) * 100).toFixed(1)} %)`
console.log(`${pages} pages in ${seconds.toFixed(0)} s, ${failures} failures`)
console.log(`browsers: ${growth('browsers')}`)
console.log(`server:   ${growth('own')}`)

const top = Math.max(...samples.flatMap(({ browsers, own }) => [browsers, own])) * 1.1
const line = (key: 'browsers' | 'own'): string => samples.toSorted((a, b) => a.page - b.page).map((one) => `${60 + (one.page / pages) * 900},${440 - (one[key] / top) * 400}`).join(' ')
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="500" font-family="sans-serif" font-size="14">
<rect width="1000" height="500" fill="white"/><path d="M60 40V440H960" fill="none" stroke="black"/>
${[0, 0.25, 0.5, 0.75, 1].map((share) => `<text x="52" y="${445 - share * 400}" text-anchor="end">${((top * share) / 1_048_576).toFixed(0)}</text><text x="${60 + share * 900}" y="460" text-anchor="middle">${Math.round(pages * share)}</text>`).join('')}
<text x="60" y="28">Memory in MB by pages rendered: browsers (teal), server (orange). ${pages} pages, ${atOnce} at once, ${failures} failures.</text>
<polyline points="${line('browsers')}" fill="none" stroke="#0b5d5a" stroke-width="2"/><polyline points="${line('own')}" fill="none" stroke="#c2570c" stroke-width="2"/></svg>`
const { browser } = await launch({ chromePath: undefined, folder: undefined, cdpUrl: undefined, trustedKeys: [] })
const page = await browser.newPage({ viewport: { width: 1000, height: 500 } })
await page.setContent(`<body style="margin:0">${svg}</body>`)
await mkdir(dirname(values.out), { recursive: true })
await writeFile(values.out, await page.screenshot())
await browser.close()
console.log(values.out)
await app.close()
