import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Chromium } from '../chromium.ts'
import { browserArgs } from '../launch.ts'
import { sleep } from '../race.ts'

export interface ProcessOptions {
  /** Where everything goes that the browser opens. */
  proxy: string
  trustedKeys: readonly string[]
  window: { width: number; height: number; scale?: number }
  userAgent?: string | undefined
  locale?: string | undefined
  timezone?: string | undefined
}

/** A message of the DevTools protocol, as far as anybody here reads it. */
export interface CdpMessage {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { code: number; message: string }
  sessionId?: string
}

const messageBytesMax = 256 * 1_048_576
const startMs = 20_000
const closeMs = 3000
const folderPrefix = 'lyrebird-session-'

const quiet = [
  '--headless', '--hide-scrollbars', '--mute-audio', '--incognito',
  '--disable-field-trial-config', '--disable-background-networking', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
  '--disable-breakpad', '--disable-component-update', '--disable-component-extensions-with-background-pages', '--no-default-browser-check', '--disable-default-apps',
  '--disable-dev-shm-usage', '--disable-extensions', '--disable-hang-monitor', '--disable-popup-blocking', '--disable-prompt-on-repost', '--disable-renderer-backgrounding',
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,PaintHolding,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,DestroyProfileOnBrowserClose',
  '--enable-features=SkipListAccountsWithoutGaiaCookies', '--force-color-profile=srgb', '--metrics-recording-only', '--no-first-run', '--password-store=basic', '--no-service-autorun',
  '--disable-search-engine-choice-screen', '--disable-sync', '--disable-stack-profiler', '--enable-unsafe-swiftshader',
]

/** A Chromium of its own that is spoken to over a pipe: it listens nowhere, and ends when this process does. */
export class PipeBrowser {
  onMessage: (message: CdpMessage) => void = () => {}
  readonly gone: Promise<void>
  readonly pid: number
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #calls = new Map<number, PromiseWithResolvers<Record<string, unknown>>>()
  #nextId = 1
  #parts: Buffer[] = []
  #bytes = 0
  #closing: Promise<void> | undefined
  #said = ''

  private constructor(child: ChildProcess, pid: number, folder: string) {
    this.#child = child
    this.#folder = folder
    this.pid = pid
    this.gone = new Promise((resolve) => {
      child.once('exit', () => resolve())
    })
    void this.gone.then(() => {
      for (const { reject } of this.#calls.values()) reject(new Error(`the browser is gone: ${this.#said}`))
      this.#calls.clear()
      void rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
    })
    child.stderr?.on('data', (chunk: Buffer) => { this.#said = (this.#said + chunk.toString()).slice(-2000) })
    // The pipe breaks when the browser dies; `gone` tells.
    this.#input.on('error', () => {})
    this.#output.on('error', () => {})
    this.#output.on('data', (chunk: Buffer) => this.#read(chunk))
  }

  /** Rejects with what the browser said. */
  static async start(found: Chromium, options: ProcessOptions): Promise<PipeBrowser> {
    // Root cannot have Chromium's sandbox; other users can where the kernel lets them make user namespaces.
    if (process.getuid?.() === 0) return PipeBrowser.#open(found, options, false)
    return PipeBrowser.#open(found, options, true).catch(() => PipeBrowser.#open(found, options, false))
  }

  static async #open(found: Chromium, options: ProcessOptions, sandbox: boolean): Promise<PipeBrowser> {
    const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`))
    const child = spawn(found.path, [...argsOf(options, sandbox), `--user-data-dir=${folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder, ...(options.timezone === undefined ? {} : { TZ: options.timezone }), ...found.env },
      // A group of its own, which is killed as one.
      detached: true,
    })
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    failed.catch(() => {})
    let late: NodeJS.Timeout | undefined
    try {
      if (child.pid === undefined) await failed
      const browser = new PipeBrowser(child, child.pid ?? 0, folder)
      // One that does not answer is killed, which fails the call.
      late = setTimeout(() => killGroup(browser.pid), startMs).unref()
      await Promise.race([browser.call('Browser.getVersion'), failed])
      return browser
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => {})
      throw error
    } finally {
      clearTimeout(late)
    }
  }

  get #input(): Writable {
    return this.#child.stdio[3] as Writable
  }

  get #output(): Readable {
    return this.#child.stdio[4] as Readable
  }

  /** Sends under a new id, which is returned. */
  send(message: Omit<CdpMessage, 'id'>): number {
    const id = this.#nextId++
    this.#input.write(`${JSON.stringify({ ...message, id })}\0`)
    return id
  }

  /** A command of our own. */
  call(method: string, params: Record<string, unknown> = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const call = Promise.withResolvers<Record<string, unknown>>()
    // Nobody may be waiting any more when the browser goes.
    call.promise.catch(() => {})
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      call.reject(new Error('the browser is gone'))
      return call.promise
    }
    this.#calls.set(this.send({ method, params, ...(sessionId === undefined ? {} : { sessionId }) }), call)
    return call.promise
  }

  /** Holds back what the browser says, for a client that is slow to take it. */
  pause(): void {
    this.#output.pause()
  }

  resume(): void {
    this.#output.resume()
  }

  /** Asked first, so that it ends its own children; then killed with all of its group. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.resume()
    void this.call('Browser.close')
    await Promise.race([this.gone, sleep(closeMs)])
    killGroup(this.pid)
    await this.gone
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
  }

  #read(chunk: Buffer): void {
    let rest = chunk
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      this.#parts.push(rest.subarray(0, end))
      this.#take(Buffer.concat(this.#parts).toString())
      this.#parts = []
      this.#bytes = 0
      rest = rest.subarray(end + 1)
    }
    if (rest.length === 0) return
    this.#parts.push(rest)
    this.#bytes += rest.length
    if (this.#bytes > messageBytesMax) killGroup(this.pid)
  }

  #take(text: string): void {
    const message = JSON.parse(text) as CdpMessage
    const call = message.id === undefined ? undefined : this.#calls.get(message.id)
    if (!call || message.id === undefined) return this.onMessage(message)
    this.#calls.delete(message.id)
    if (message.error) call.reject(new Error(message.error.message))
    else call.resolve(message.result ?? {})
  }
}

const argsOf = ({ proxy, trustedKeys, window, userAgent, locale }: ProcessOptions, sandbox: boolean): string[] => [
  ...quiet,
  ...browserArgs(trustedKeys).filter((arg) => !sandbox || arg !== '--no-zygote'),
  ...(sandbox ? [] : ['--no-sandbox']),
  '--remote-debugging-pipe',
  `--proxy-server=${proxy}`,
  '--proxy-bypass-list=<-loopback>',
  `--window-size=${window.width},${window.height}`,
  ...(window.scale === undefined ? [] : [`--force-device-scale-factor=${window.scale}`]),
  ...(userAgent === undefined ? [] : [`--user-agent=${userAgent}`]),
  `--lang=${locale ?? 'en-US'}`,
  `--accept-lang=${locale ?? 'en-US'}`,
]

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Folders of processes that died before they could delete them. */
export const sweepFolders = async (): Promise<void> => {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const pid = Number(new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1])
    if (!Number.isInteger(pid) || isAlive(pid)) continue
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {})
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
