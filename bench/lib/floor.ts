// The floor: a bare undici GET of each page, body read. Prints one JSON line.
import { Agent, request } from 'undici'

const [base = '', count = '0', concurrency = '8'] = process.argv.slice(2)
const dispatcher = new Agent({ connections: Number(concurrency) })
const times: number[] = []
let next = 0
const start = performance.now()
await Promise.all(Array.from({ length: Number(concurrency) }, async () => {
  while (next < Number(count)) {
    const begun = performance.now()
    const { body } = await request(`${base}/${next++}`, { dispatcher })
    await body.arrayBuffer()
    times.push(performance.now() - begun)
  }
}))
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, times, rss: process.resourceUsage().maxRSS * 1024 }))
process.exit()
