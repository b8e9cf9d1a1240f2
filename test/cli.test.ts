import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const bin = resolve(import.meta.dirname, '../bin/lyrebird.js')
const timeout = 120_000

interface Ended {
  code: number | null
  out: string
  err: string
}

const start = (args: string[], env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [bin, ...args], { env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })

const run = async (args: string[], env: Record<string, string> = {}): Promise<Ended> => {
  const child = start(args, env)
  const ended: Ended = { code: null, out: '', err: '' }
  child.stdout?.on('data', (chunk) => (ended.out += String(chunk)))
  child.stderr?.on('data', (chunk) => (ended.err += String(chunk)))
  ended.code = await new Promise((done) => child.once('close', done))
  return ended
}

const greeted = async (child: ChildProcess): Promise<string> => {
  let text = ''
  await new Promise<void>((done, fail) => {
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
      if (/Failures: /.test(text)) done()
    })
    child.once('exit', (code) => fail(new Error(`exited with ${code}: ${text}`)))
  })
  return text
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lyrebird-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('lyrebird scrape', () => {
  it('prints a page, several formats, or JSON', async () => {
    expect(await run(['scrape', 'https://article.lab.test/'])).toMatchObject({ code: 0, out: expect.stringMatching(/^# The lighthouse/m) as string })
    const both = await run(['scrape', 'https://article.lab.test/', '--format', 'text,links'])
    expect(both.out).toMatch(/--- text ---[\s\S]*--- links ---/)
    expect(JSON.parse((await run(['scrape', 'https://article.lab.test/', '--json'])).out)).toMatchObject({ status: 200, formats: { markdown: expect.any(String) as string } })
  }, timeout)

  it('gives data by a schema and by selectors from files, and says what is not there', async () => {
    const schema = join(folder, 'schema.json')
    const selectors = join(folder, 'selectors.json')
    const bad = join(folder, 'bad.json')
    await writeFile(schema, JSON.stringify({ type: 'object', properties: { name: { type: 'string' }, price: { type: 'number' }, warranty: { type: 'string' } } }))
    await writeFile(selectors, JSON.stringify({ heading: 'h1', link: { selector: 'main a', attribute: 'href', type: 'url' }, none: '.nope' }))
    await writeFile(bad, JSON.stringify({ heading: 7 }))
    const both = await run(['scrape', 'https://product.lab.test/', '--format', 'json', '--schema', schema, '--selectors', selectors])
    expect(both.code).toBe(0)
    expect(JSON.parse(both.out)).toMatchObject({ name: 'Fernhill Tarn 45 Trekking Pack', price: 149.9, heading: expect.any(String) as string })
    expect(both.err).toMatch(/\/none: \.nope matches nothing[\s\S]*\/warranty: the page does not say/)
    expect(JSON.parse((await run(['scrape', 'https://product.lab.test/', '--schema', schema])).out)).toEqual({ name: 'Fernhill Tarn 45 Trekking Pack', price: 149.9 })
    expect((await run(['scrape', 'https://faq.lab.test/', '--selectors', selectors, '--format', 'text'])).out).toMatch(/--- text ---[\s\S]*--- json ---/)
    const refused = await run(['scrape', 'https://product.lab.test/', '--selectors', bad])
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('heading: must be a CSS selector') as string })
    expect(await run(['scrape', 'https://product.lab.test/', '--schema', join(folder, 'absent.json')])).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read') as string })
  }, timeout)

  it('ends with an exit code by who has to act, and says what was tried', async () => {
    const failed = await run(['scrape', 'https://target-connection-refused.fail.test/'])
    expect(failed).toMatchObject({ code: 5, out: '' })
    expect(failed.err).toMatch(/^target\.connection_refused: .*\n {2}tried http, https:\/\/target-connection-refused/)
    expect((await run(['scrape', 'https://content-empty.fail.test/'])).code).toBe(6)
    expect((await run(['scrape', 'http://127.0.0.1:1/'])).code).toBe(4)
    expect((await run(['scrape', 'https://article.lab.test/', '--format', 'docx'])).code).toBe(2)
  }, timeout)
})

describe('lyrebird serve', () => {
  it('prints keys and lines that work on the first start, and how to make more on the next', async () => {
    const env = { LYREBIRD_DATA_DIR: join(folder, 'first'), LYREBIRD_PORT: '0', LYREBIRD_LOG_LEVEL: 'error' }
    const first = start(['serve'], env)
    const text = await greeted(first)
    const [, url = '', key = '', body = ''] = /curl -s (\S+) -H 'Authorization: Bearer (lb_test_\S+)' .* -d '(.*)'/.exec(text) ?? []
    const reply = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body })
    expect(await reply.json()).toMatchObject({ data: { status: 200 } })

    // The command line finds the running server, for the embedded database belongs to it.
    expect((await stat(join(folder, 'first', 'server.json'))).mode & 0o777).toBe(0o600)
    const made = await run(['keys', 'create', '--name', 'robot', '--test'], env)
    expect(made.out).toMatch(/^lb_test_\S+\n/)
    const explained = await run(['explain', reply.headers.get('x-request-id') ?? ''], env)
    expect(explained.out).toMatch(/POST \/v1\/scrape[\s\S]*nothing was billed[\s\S]*It succeeded\./)
    const second = await run(['serve'], env)
    expect(second.code).toBe(1)
    expect(second.err.trim().split('\n')).toHaveLength(1)
    expect(second.err).toContain(join(folder, 'first'))

    first.kill('SIGTERM')
    expect(await new Promise((done) => first.once('exit', done))).toBe(0)
    await expect(readFile(join(folder, 'first', 'server.json'))).rejects.toThrow('ENOENT')

    const again = start(['serve'], env)
    expect(await greeted(again)).toMatch(/keys create/)
    again.kill('SIGKILL')
    await new Promise((done) => again.once('exit', done))
    // What a killed server leaves behind stops nobody.
    const list = await run(['keys', 'list'], env)
    expect(list.out).toMatch(/robot/)
  }, timeout)

  it('keeps the keys of the bootstrap settings and serves one voice at the root', async () => {
    const env = { LYREBIRD_DATA_DIR: join(folder, 'voice'), LYREBIRD_PORT: '0', LYREBIRD_LOG_LEVEL: 'error', LYREBIRD_BOOTSTRAP_TEST_KEY: 'a-test-key-of-my-own' }
    const server = start(['serve'], env)
    const url = /listens on (\S+)/.exec(await greeted(server))?.[1] ?? ''
    expect((await fetch(`${url}/v1/usage/credits`, { headers: { 'x-api-key': 'a-test-key-of-my-own' } })).status).toBe(200)
    server.kill('SIGTERM')
    await new Promise((done) => server.once('exit', done))
  }, timeout)

  it('refuses settings that it does not know, with the nearest name, and voices that it does not have', async () => {
    const unknown = await run(['serve'], { LYREBIRD_DATA_DIRR: 'x' })
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean LYREBIRD_DATA_DIR?') as string })
    const port = await run(['serve'], { LYREBIRD_PORT: 'eighty' })
    expect(port.err).toMatch(/LYREBIRD_PORT="eighty": must be a whole number/)
    const forms = { LYREBIRD_EGRESS_ALLOW: 'https://x/y', LYREBIRD_EGRESS_PORTS: '99999', LYREBIRD_TRUSTED_PROXIES: 'proxy', LYREBIRD_VOICE_HOSTS: 'reader=a/b' }
    for (const [name, value] of Object.entries(forms)) {
      const refused = await run(['serve'], { LYREBIRD_DATA_DIR: join(folder, 'forms'), [name]: value })
      expect(refused.code, name).toBe(1)
      expect(refused.err.trim().split('\n')).toEqual([expect.stringContaining(name)])
    }
    const voice = await run(['serve', '--voice', 'parrot'], { LYREBIRD_DATA_DIR: join(folder, 'parrot') })
    expect(voice.err).toMatch(/There is no dialect "parrot"/)
  }, timeout)
})

describe('lyrebird doctor', () => {
  it('tries every part and says how to mend what does not work', async () => {
    const report = await run(['doctor', '--offline'], { LYREBIRD_DATA_DIR: join(folder, 'doctor') })
    expect(report.out).toMatch(/ok +database \(embedded\)/)
    expect(report.out).toMatch(/ok +fetch and convert/)
    expect(report.code).toBe(0)
  }, timeout)
})

describe('lyrebird export and import', () => {
  it('moves everything from one database to another', async () => {
    const from = { LYREBIRD_DATA_DIR: join(folder, 'from') }
    const to = { LYREBIRD_DATA_DIR: join(folder, 'to') }
    await run(['keys', 'create', '--name', 'moved'], from)
    const file = join(folder, 'all.ndjson')
    expect((await run(['export', file], from)).code).toBe(0)
    const imported = await run(['import', file], to)
    expect(imported).toMatchObject({ code: 0, err: expect.stringMatching(/rows read/) as string })
    expect((await run(['keys', 'list'], to)).out).toContain('moved')
    expect((await stat(join(folder, 'to', 'db'))).mode & 0o077).toBe(0)

    // What cannot be done leaves what is there as it was, and says so in a line.
    const before = await readFile(file, 'utf8')
    expect((await run(['export', file], { LYREBIRD_DATA_DIR: '/dev/null/no' })).code).toBe(1)
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(await run(['import', join(folder, 'none.ndjson')], to)).toMatchObject({ code: 1, err: expect.stringMatching(/none\.ndjson cannot be read\.\n$/) as string })
  }, timeout)
})
