// Pages per second and p50 of trivial client-rendered pages through the engine, beside a bare loop over the same Chromium.
// npm run bench:render [-- --pages 200 --at-once 4 --rounds 3]
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { openEngine } from '../src/app.ts'
import { findChromium } from '../src/browser/index.ts'
import { readConfig } from '../src/config.ts'
import { scrapeIntent } from '../src/contract/intent.ts'

const { values } = parseArgs({ options: { pages: { type: 'string', default: '160' }, 'at-once': { type: 'string', default: '4' }, rounds: { type: 'string', default: '3' } } })
const [pages, atOnce, rounds] = [Number(values.pages), Number(values['at-once']), Number(values.rounds)]

const html = `<!doctype html><title>Loading</title><div id="root"></div><script>
document.title = 'Drawn'
document.getElementById('root').innerHTML = '<main><h1>Drawn by a script</h1>' + '<p>Some text of a page that its script has drawn, long enough to be one.</p>'.repeat(20) + '</main>'
</script>`
const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html))
await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

interface Measured { perSecond: number; p50: number; p95: number }

const measure = async (page: () => Promise<void>, count = pages, width = atOnce): Promise<Measured> => {
  const times: number[] = []
  let left = count
  const started = performance.now()
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const from = performance.now()
      await page()
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  const seconds = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  return { perSecond: count / seconds, p50: times[Math.floor(count / 2)] ?? 0, p95: times[Math.floor(count * 0.95)] ?? 0 }
}

const found = await findChromium(undefined, undefined)
const bareBrowser = await chromium.launch({ executablePath: found.path, env: found.env, args: ['--no-zygote'] })
/** What anybody would write: the page, its load event, the element, its HTML. */
const bare = async (): Promise<void> => {
  const context = await bareBrowser.newContext()
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForSelector('h1')
  if (!(await page.content()).includes('Drawn by a script')) throw new Error('the page is not drawn')
  await context.close()
}

const { engine, close } = openEngine(readConfig({ egressAllow: '127.0.0.1', browserPages: String(atOnce), browsers: '1', browserRecyclePages: '1000000', logLevel: 'error' }))
const ours = async (): Promise<void> => {
  const outcome = await engine.scrape(scrapeIntent({ url, render: 'js', formats: [{ kind: 'raw_html' }] }), { mode: 'live', signal: new AbortController().signal })
  if (!outcome.ok || !outcome.value.formats.raw_html?.includes('Drawn by a script')) throw new Error('the page is not drawn', { cause: outcome })
}

await measure(bare, 20)
await measure(ours, 20)
const best = (list: Measured[], key: keyof Measured, better: (a: number, b: number) => number): number => list.map((one) => one[key]).reduce((a, b) => better(a, b))
const [bareRuns, ourRuns, bareAlone, oursAlone]: Measured[][] = [[], [], [], []]
for (let round = 0; round < rounds; round++) {
  bareRuns?.push(await measure(bare))
  ourRuns?.push(await measure(ours))
  bareAlone?.push(await measure(bare, Math.ceil(pages / 4), 1))
  oursAlone?.push(await measure(ours, Math.ceil(pages / 4), 1))
}
const rate = { bare: best(bareRuns ?? [], 'perSecond', Math.max), ours: best(ourRuns ?? [], 'perSecond', Math.max) }
const p50 = { bare: best(bareAlone ?? [], 'p50', Math.min), ours: best(oursAlone ?? [], 'p50', Math.min) }
const row = (name: string, of: { bare: number; ours: number }, digits: number, ratio: string): string => `| ${name} | ${of.bare.toFixed(digits)} | ${of.ours.toFixed(digits)} | ${(of.ours / of.bare).toFixed(2)} | ${ratio} |`
console.log(`Best of ${rounds} rounds; ${pages} pages at ${atOnce} in flight, a quarter of them one by one.\n`)
console.log('| | bare loop | engine | ratio | wanted |\n|---|---|---|---|---|')
console.log(row(`pages/s at ${atOnce} in flight`, rate, 1, '≥ 0.85'))
console.log(row('p50 one by one, ms', p50, 0, '≤ 1.30'))

await Promise.all([close(), bareBrowser.close()])
server.close()
