import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { WebSocket } from 'ws'

export interface CdpReply {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { code: number; message: string }
  sessionId?: string
}

/** A bare DevTools client, for what libraries never say. */
export interface RawClient {
  call(method: string, params?: Record<string, unknown>, sessionId?: string): Promise<CdpReply>
  sendRaw(text: string): void
  readonly events: CdpReply[]
  /** Code and reason of the close frame. */
  readonly closed: Promise<{ code: number; reason: string }>
  close(): void
}

/** Rejects with the HTTP status where the server refuses. */
export const openRaw = async (url: string): Promise<RawClient> => {
  const socket = new WebSocket(url)
  const waiting = new Map<number, (reply: CdpReply) => void>()
  const events: CdpReply[] = []
  let next = 1
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as CdpReply
    if (message.id === undefined) events.push(message)
    else waiting.get(message.id)?.(message)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_, response) => reject(new Error(`status ${response.statusCode}`)))
  })
  socket.on('error', () => {})
  return {
    events,
    closed,
    sendRaw: (text) => socket.send(text),
    call: (method, params = {}, sessionId) => new Promise((resolve, reject) => {
      const id = next++
      waiting.set(id, resolve)
      void closed.then(() => reject(new Error('closed')))
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }))
    }),
    close: () => socket.close(),
  }
}

/** Processes of browsers of sessions that a process (this one) began. */
export const browserPids = async (owner = process.pid): Promise<number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const mark = `lyrebird-session-${owner}-`
  const lines = await Promise.all(pids.map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })))
  return lines.filter(({ line }) => line.includes(mark)).map(({ pid }) => pid)
}

/** Of those, the browsers themselves. */
export const mainPids = async (owner = process.pid): Promise<number[]> => {
  const all = await browserPids(owner)
  const lines = await Promise.all(all.map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '--type=') })))
  return lines.filter(({ line }) => !line.includes('--type=')).map(({ pid }) => pid)
}

export const sessionFolders = async (owner = process.pid): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith(`lyrebird-session-${owner}-`))

export const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => { setTimeout(resolve, 25) })
}
