// A whole server in a process of its own, made to be killed: settings as JSON in the first argument. Prints its address.
import { startApp } from '../../src/app.ts'
import { readConfig, type RawSettings } from '../../src/config.ts'

const settings = JSON.parse(process.argv[2] ?? '{}') as RawSettings
const app = await startApp(readConfig({ port: '0', ipRpm: '0', logLevel: 'error', ...settings }, { env: {} }), { labForLive: true })
const { url } = await app.listen()
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
console.log(JSON.stringify({ url, secret: app.operatorSecret, worker: app.worker.id }))
