// A server that logs everything, with one proxy, which refuses: prints an answer, the history and what the server says of itself.
import { startTestApp } from '../harness.ts'

const app = await startTestApp({ labForLive: true, logLevel: 'trace', proxiesStandard: process.argv[2] ?? '' })
const headers = { 'x-api-key': (await app.key({ mode: 'live' })).secret }
console.log(await (await app.request('/v1/scrape', { json: { url: 'https://article.lab.test/', proxy: 'standard' }, headers })).text())
console.log(await (await app.request('/v1/requests', { headers })).text())
console.log(await (await app.request('/v1/capabilities')).text())
await app.close()
