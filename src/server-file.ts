import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How the command line of this machine finds the running server; readable by its owner alone. */
export interface ServerFile {
  url: string
  secret: string
  pid: number
}

const fileOf = (dataDir: string): string => join(dataDir, 'server.json')

export const writeServerFile = async (dataDir: string, content: ServerFile): Promise<void> => {
  await mkdir(dataDir, { recursive: true })
  await writeFile(fileOf(dataDir), JSON.stringify(content), { mode: 0o600 })
}

export const removeServerFile = async (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true })

/** The running server, or undefined where none runs. */
export const readServerFile = async (dataDir: string): Promise<ServerFile | undefined> => {
  try {
    const content = JSON.parse(await readFile(fileOf(dataDir), 'utf8')) as ServerFile
    process.kill(content.pid, 0)
    return content
  } catch {
    // No file, or the process that wrote it is gone.
    return undefined
  }
}
