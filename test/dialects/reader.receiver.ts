import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Arrival {
  path: string
  headers: Record<string, string>
  body: string
  payload: Record<string, unknown>
}

/** Somebody who gets webhooks, on a port of this machine. */
export const startReceiver = async () => {
  const arrivals: Arrival[] = []
  /** Statuses by path, used up one by one; 200 where there is none. */
  const answers = new Map<string, number[]>()
  let listeners: (() => void)[] = []
  const server = createServer((req, res) => void receive(req).then((arrival) => {
    arrivals.push(arrival)
    res.writeHead(answers.get(arrival.path)?.shift() ?? 200).end()
    for (const listener of listeners.splice(0)) listener()
  }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    base: `http://127.0.0.1:${port}`,
    arrivals,
    answers,
    /** Waits until so many have come. */
    arrived: async (path: string, count: number): Promise<Arrival[]> => {
      for (;;) {
        const found = arrivals.filter((arrival) => arrival.path === path)
        if (found.length >= count) return found
        await new Promise<void>((resolve) => { listeners = [...listeners, resolve] })
      }
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

const receive = async (req: IncomingMessage): Promise<Arrival> => {
  let body = ''
  for await (const chunk of req) body += String(chunk)
  return { path: req.url ?? '', headers: req.headers as Record<string, string>, body, payload: JSON.parse(body) as Record<string, unknown> }
}
