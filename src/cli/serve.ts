import { Command } from 'commander'
import { startApp, type App } from '../app.ts'
import { readConfig, type RawSettings } from '../config.ts'
import { untilStopped } from './stop.ts'
import { removeServerFile, writeServerFile } from '../server-file.ts'

interface Options {
  host?: string
  port?: string
  dataDir?: string
  voice?: string
}

export const serveCommand = (): Command =>
  new Command('serve')
    .description('Start the server')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port to listen on; 0 takes any free one')
    .option('--data-dir <folder>', 'folder of the embedded database')
    .option('--voice <dialect>', 'serve this dialect at the root instead of the native API')
    .action(serve)

const serve = async (options: Options): Promise<void> => {
  const startedAt = performance.now()
  const overrides: RawSettings = {}
  if (options.host !== undefined) overrides.host = options.host
  if (options.port !== undefined) overrides.port = options.port
  if (options.dataDir !== undefined) overrides.dataDir = options.dataDir
  if (options.voice !== undefined) overrides.voice = options.voice
  const config = readConfig(overrides)
  const app = await startApp(config)
  try {
    const { url } = await app.listen()
    await writeServerFile(config.dataDir, { url, secret: app.operatorSecret, pid: process.pid })
    await greet(app, config.publicUrl ?? url, Math.round(performance.now() - startedAt))
    await untilStopped()
    console.error('Stopping: running requests get their time; press Ctrl-C again to stop at once.')
    process.once('SIGINT', () => process.exit(130))
  } finally {
    await removeServerFile(config.dataDir, app.operatorSecret)
    await app.close()
  }
}

/** The first start makes keys and shows how to use them; later starts say how to make more. */
const greet = async (app: App, url: string, ms: number): Promise<void> => {
  console.log(`Lyrebird listens on ${url} (${app.store.kind === 'pglite' ? 'embedded database' : 'PostgreSQL'}, ready in ${ms} ms)`)
  const keys = await app.meter.keys.list('default')
  if (keys.length > 0) {
    console.log(`Reference: ${url}/docs   Failures: ${url}/errors\nAnother key: npx lyrebird keys create --name NAME [--test]`)
    return
  }
  const live = await app.meter.keys.create('default', { name: 'first live key', mode: 'live', scopes: ['scrape', 'read', 'admin'] })
  const test = await app.meter.keys.create('default', { name: 'first test key', mode: 'test', scopes: ['scrape', 'read'] })
  console.log(`
These keys are shown this once:
  live  ${live.secret}
  test  ${test.secret}

Try it. Against the built-in lab, with no internet at all:
  ${curl(url, test.secret, 'https://article.lab.test/')}

Any URL:
  ${curl(url, live.secret, 'https://example.com/')}

Reference: ${url}/docs   Failures: ${url}/errors`)
}

const curl = (url: string, key: string, page: string): string =>
  `curl -s ${url}/v1/scrape -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '{"url":"${page}"}'`
