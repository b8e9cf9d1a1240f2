import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { access, constants, rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { Command } from 'commander'
import { exportTo, importFrom } from '../app.ts'
import { readConfig } from '../config.ts'

const quiet = () => readConfig({}, { defaults: { logLevel: 'warn' } })

export const exportCommand = (): Command =>
  new Command('export')
    .description('Write the whole database as lines of JSON: for backup, for another PostgreSQL, or to move from embedded to PostgreSQL and back')
    .argument('[file]', 'where to; standard output by default')
    .action(async (file?: string) => {
      console.error(`${file === undefined ? await exportTo(quiet(), () => process.stdout) : await exportToFile(file)} rows written.`)
    })

export const importCommand = (): Command =>
  new Command('import')
    .description('Read what `lyrebird export` wrote into an empty database')
    .argument('[file]', 'where from; standard input by default')
    .action(async (file?: string) => {
      if (file !== undefined) await access(file, constants.R_OK).catch(() => Promise.reject(new Error(`${file} cannot be read.`)))
      const rows = await importFrom(quiet(), file === undefined ? process.stdin : createReadStream(file))
      console.error(`${rows} rows read.`)
    })

/** Beside the file first: an export that fails leaves an older one as it was. */
const exportToFile = async (file: string): Promise<number> => {
  const part = `${file}.part`
  let stream: WriteStream | undefined
  try {
    const rows = await exportTo(quiet(), () => (stream = createWriteStream(part, { mode: 0o600 })))
    stream?.end()
    if (stream) await finished(stream)
    await rename(part, file)
    return rows
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
