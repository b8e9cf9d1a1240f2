import type { CdpClient, CdpUplink } from '../../contract/sessions.ts'
import { judgeCommand, type MayOpen } from './filter.ts'
import type { CdpMessage, PipeBrowser } from './process.ts'

const clientsMax = 5
const pendingMax = 10_000
/** Of what waits for a slow client; above it the browser is held back. */
const bufferedMax = 64 * 1_048_576
const drainEveryMs = 50

/** A client with the session at the browser that stands for its connection. */
interface Peer {
  client: CdpClient
  root: string
  /** Commands whose answers are due, by our number. */
  pending: Map<number, { id: number; sessionId: string | undefined }>
  spoke: number
}

/** Lets several clients speak to one browser over its one pipe. Each has a DevTools session of its own as root, with which all that it attached to ends. */
export class Relay {
  lastUsedAt: number
  readonly #browser: PipeBrowser
  readonly #mayOpen: MayOpen
  readonly #clock: () => number
  readonly #peers = new Set<Peer>()
  readonly #owners = new Map<string, Peer>()
  readonly #waiting = new Map<number, Peer>()
  #draining: NodeJS.Timeout | undefined
  #over = false

  constructor(browser: PipeBrowser, mayOpen: MayOpen, clock: () => number) {
    this.#browser = browser
    this.#mayOpen = mayOpen
    this.#clock = clock
    this.lastUsedAt = clock()
    void browser.gone.then(() => this.dismiss('the session is over'))
  }

  async attach(client: CdpClient): Promise<CdpUplink> {
    if (this.#over || this.#peers.size >= clientsMax) throw new Error('too many clients')
    const peer: Peer = { client, root: '', pending: new Map(), spoke: 0 }
    this.#peers.add(peer)
    try {
      const { sessionId } = await this.#browser.call('Target.attachToBrowserTarget')
      peer.root = String(sessionId)
    } catch (error) {
      this.#peers.delete(peer)
      throw error
    }
    this.#owners.set(peer.root, peer)
    this.lastUsedAt = this.#clock()
    return { receive: (message) => this.#fromClient(peer, message), closed: () => this.#leave(peer) }
  }

  /** An event or an answer to a client, as the browser said it. */
  fromBrowser(message: CdpMessage): void {
    const peer = message.id === undefined ? this.#owners.get(message.sessionId ?? '') : this.#waiting.get(message.id)
    if (!peer) return
    if (message.id !== undefined) return this.#answer(peer, message.id, message)
    this.#follow(peer, message)
    const { sessionId, ...rest } = message
    this.#toClient(peer, sessionId === peer.root ? rest : message)
  }

  #answer(peer: Peer, number: number, { result, error }: CdpMessage): void {
    const asked = peer.pending.get(number)
    this.#waiting.delete(number)
    peer.pending.delete(number)
    if (!asked) return
    if (typeof result?.sessionId === 'string') this.#owners.set(result.sessionId, peer)
    const { id, sessionId } = asked
    this.#toClient(peer, { id, ...(error ? { error } : { result: result ?? {} }), ...(sessionId === undefined ? {} : { sessionId }) })
  }

  /** Sessions belong to whoever attached to them. */
  #follow(peer: Peer, { method, params }: CdpMessage): void {
    const sessionId = params?.sessionId
    if (typeof sessionId !== 'string') return
    if (method === 'Target.attachedToTarget') this.#owners.set(sessionId, peer)
    else if (method === 'Target.detachedFromTarget') this.#owners.delete(sessionId)
  }

  #fromClient(peer: Peer, text: string): void {
    this.lastUsedAt = this.#clock()
    const message = read(text)
    if (!message) return this.#drop(peer, 'not a message of the DevTools protocol')
    const { id, method, params = {}, sessionId } = message
    const reply = (code: number, words: string): void => this.#toClient(peer, { id, error: { code, message: words }, ...(sessionId === undefined ? {} : { sessionId }) })
    if (sessionId !== undefined && this.#owners.get(sessionId) !== peer) return reply(-32_001, 'Session with given id not found.')
    if (peer.pending.size >= pendingMax) return this.#drop(peer, 'too many commands at once')
    const verdict = judgeCommand(method, params, this.#mayOpen)
    if (verdict.kind === 'refuse') return reply(verdict.code, verdict.message)
    const number = this.#browser.send({ method, params: verdict.params, sessionId: sessionId ?? peer.root })
    peer.pending.set(number, { id, sessionId })
    this.#waiting.set(number, peer)
  }

  #toClient(peer: Peer, message: CdpMessage): void {
    peer.client.send(JSON.stringify(message))
    if (peer.client.buffered > bufferedMax && !this.#draining) this.#hold()
  }

  #hold(): void {
    this.#browser.pause()
    this.#draining = setInterval(() => {
      if ([...this.#peers].some(({ client }) => client.buffered > bufferedMax / 2)) return
      clearInterval(this.#draining)
      this.#draining = undefined
      this.#browser.resume()
    }, drainEveryMs).unref()
  }

  #drop(peer: Peer, reason: string): void {
    this.#leave(peer)
    peer.client.close(reason)
  }

  #leave(peer: Peer): void {
    if (!this.#peers.delete(peer)) return
    this.lastUsedAt = this.#clock()
    for (const number of peer.pending.keys()) this.#waiting.delete(number)
    for (const [sessionId, owner] of this.#owners) if (owner === peer) this.#owners.delete(sessionId)
    void this.#browser.call('Target.detachFromTarget', { sessionId: peer.root })
  }

  /** Says goodbye to every client; no other is taken. */
  dismiss(reason: string): void {
    this.#over = true
    clearInterval(this.#draining)
    this.#browser.resume()
    for (const peer of this.#peers) this.#drop(peer, reason)
  }
}

const read = (text: string): { id: number; method: string; params?: Record<string, unknown>; sessionId?: string } | undefined => {
  try {
    const { id, method, params, sessionId } = JSON.parse(text) as Record<string, unknown>
    const isObject = params === undefined || (typeof params === 'object' && params !== null && !Array.isArray(params))
    if (!Number.isSafeInteger(id) || typeof method !== 'string' || !isObject || (sessionId !== undefined && typeof sessionId !== 'string')) return undefined
    return { id: id as number, method, ...(params === undefined ? {} : { params: params as Record<string, unknown> }), ...(sessionId === undefined ? {} : { sessionId }) }
  } catch {
    return undefined
  }
}
