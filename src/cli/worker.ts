import { Command } from 'commander'
import { startApp } from '../app.ts'
import { ConfigError, readConfig, type RawSettings } from '../config.ts'
import { untilStopped } from './stop.ts'

export const workerCommand = (): Command =>
  new Command('worker')
    .description('Work on jobs without serving the API; any number beside `lyrebird serve` on one PostgreSQL')
    .option('--pages <number>', 'pages at once')
    .action(work)

const work = async (options: { pages?: string }): Promise<void> => {
  const overrides: RawSettings = { runJobs: 'true', ...(options.pages === undefined ? {} : { jobPages: options.pages }) }
  const config = readConfig(overrides)
  if (config.databaseUrl === undefined) {
    throw new ConfigError('A worker needs a PostgreSQL that it shares with the server: set DATABASE_URL. With the embedded database, `lyrebird serve` does the work itself.')
  }
  const app = await startApp(config)
  try {
    console.log(`Worker ${app.worker.id} is ready: ${config.jobPages} pages at once`)
    await untilStopped()
    console.error('Stopping: what was begun is handed back.')
    process.once('SIGINT', () => process.exit(130))
  } finally {
    await app.close()
  }
}
