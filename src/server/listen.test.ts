import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { listen, type Listener } from './listen.ts'
import type { Server } from './server.ts'

const relay: Server['relay'] = { wants: () => false, upgrade: (_, socket) => void socket.destroy(), close: () => {} }
const server: Server = { fetch: () => new Response('ok'), relay, inFlight: 0, drain: () => {}, abort: () => {} }
const open: Listener[] = []
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0)
})

it('says in one line why it cannot listen, and what to set', async () => {
  const listener = await listen(server, { host: '127.0.0.1', port: 0 })
  open.push(listener)
  await expect(listen(server, { host: '127.0.0.1', port: listener.port })).rejects.toThrow(/^Port \d+ on 127\.0\.0\.1 is taken\. Set LYREBIRD_PORT .*$/)
  await expect(listen(server, { host: '203.0.113.9', port: 0 })).rejects.toThrow(/^203\.0\.113\.9 is no address of this machine\. Set LYREBIRD_HOST .*$/)
})

it('ends the connections of the replies that it waits for when it stops', async () => {
  const reply = Promise.withResolvers<Response>()
  const asked = Promise.withResolvers<void>()
  const slow: Server = { ...server, fetch: () => {
    asked.resolve()
    return reply.promise
  } }
  const listener = await listen(slow, { host: '127.0.0.1', port: 0 })
  const answer = fetch(listener.url)
  await asked.promise
  const closed = listener.close(60_000)
  reply.resolve(new Response('done'))
  expect((await answer).headers.get('connection')).toBe('close')
  expect(await (await answer).text()).toBe('done')
  await closed
})

it.each(['GET / HTTP/1.1\r\nhost: a b', 'GET / HTTP/1.1\r\nhost: a@b', 'GET ftp://a/ HTTP/1.1\r\nhost: a', 'OPTIONS * HTTP/1.1\r\nhost: a'])('answers %j, which nobody could route, with a code', async (head) => {
  const listener = await listen(server, { host: '127.0.0.1', port: 0 })
  open.push(listener)
  const socket = connect(listener.port, '127.0.0.1')
  socket.end(`${head}\r\nconnection: close\r\n\r\n`)
  const reply = await text(socket)
  expect(reply).toMatch(/^HTTP\/1\.1 400 [\s\S]*content-type: application\/problem\+json[\s\S]*"code":"caller\.invalid_request"/i)
})
