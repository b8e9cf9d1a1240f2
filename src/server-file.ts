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
  // A mode counts only for a file that is made: one that lies there with wider rights goes first.
  await rm(fileOf(dataDir), { force: true })
  await writeFile(fileOf(dataDir), JSON.stringify(content), { mode: 0o600 })
}

/** Removes the file of the server with this secret: another one may have put its own there since. */
export const removeServerFile = async (dataDir: string, secret: string): Promise<void> => {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => '')
  if (text.includes(JSON.stringify(secret))) await rm(fileOf(dataDir), { force: true })
}

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
