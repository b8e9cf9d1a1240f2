import { createReadStream, createWriteStream } from 'node:fs'
import { Command } from 'commander'
import { exportTo, importFrom } from '../app.ts'
import { readConfig } from '../config.ts'

const quiet = () => readConfig({}, { defaults: { logLevel: 'warn' } })

export const exportCommand = (): Command =>
  new Command('export')
    .description('Write the whole database as lines of JSON: for backup, for another PostgreSQL, or to move from embedded to PostgreSQL and back')
    .argument('[file]', 'where to; standard output by default')
    .action(async (file?: string) => {
      const rows = await exportTo(quiet(), file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600 }))
      console.error(`${rows} rows written.`)
    })

export const importCommand = (): Command =>
  new Command('import')
    .description('Read what `lyrebird export` wrote into an empty database')
    .argument('[file]', 'where from; standard input by default')
    .action(async (file?: string) => {
      const rows = await importFrom(quiet(), file === undefined ? process.stdin : createReadStream(file))
      console.error(`${rows} rows read.`)
    })
