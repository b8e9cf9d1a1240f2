import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isFailure } from '../failure/failure.ts'
import { startLab, type Lab } from '../lab/index.ts'
import { Deadline } from '../lib/deadline.ts'
import { findChromium } from './chromium.ts'
import { openBed, type Bed } from './bed.testing.ts'

let lab: Lab
let bed: Bed

beforeAll(async () => {
  lab = await startLab()
  bed = openBed(lab)
})
afterAll(async () => {
  await bed.close()
  await lab.close()
})

const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work
  } catch (error) {
    return isFailure(error) ? error.code : error
  }
  return 'no failure'
}

describe('a page', () => {
  it('is taken when its scripts have drawn it', async () => {
    const page = await bed.open('https://spa.lab.test/?delay=400')
    expect(page).toMatchObject({ status: 200, url: 'https://spa.lab.test/' .concat('?delay=400') })
    expect(page.html).toContain('Klara II')
    expect(page.html).not.toContain('<noscript')
  })

  it('is waited for while it fetches what it shows', async () => {
    expect((await bed.open('https://spa.lab.test/?source=fetch&api_delay=1500')).html).toContain('Old Maud')
  })

  it('is taken although a request never ends', async () => {
    expect((await bed.open('https://spa.lab.test/never-idle')).html).toContain('All is there')
  })

  it('is taken although it never is still', async () => {
    expect((await bed.open('https://spa.lab.test/restless')).html).toContain('never stops')
  })

  it('holds what comes in parts', async () => {
    expect((await bed.open('https://spa.lab.test/late')).html).toContain('The third part.')
  })

  it('has its open shadow roots laid out', async () => {
    expect((await bed.open('https://spa.lab.test/shadow')).html).toMatch(/<lab-card><p>This text lives in a shadow root\.<\/p><\/lab-card>/)
  })

  it('gets no answer from its dialogs, and goes on', async () => {
    expect((await bed.open('https://spa.lab.test/dialogs')).html).toContain('false null')
  })

  it('behind a challenge comes when the browser has passed it', async () => {
    const looks: number[] = []
    const page = await bed.open('https://challenge.lab.test/', {}, { look: async ({ status }) => { looks.push(status); return status === 403 ? 15_000 : 0 } })
    expect(page).toMatchObject({ status: 200 })
    expect(page.html).toContain('You have passed.')
  })

  it('comes over plain HTTP as well', async () => {
    expect((await bed.open('http://article.lab.test/')).html).toContain('<h1')
  })

  it('keeps the status of an error', async () => {
    expect((await bed.open('https://any.lab.test/status/404')).status).toBe(404)
  })
})

describe('what is asked to wait for', () => {
  it('may be a selector, a text or an address', async () => {
    expect((await bed.open('https://spa.lab.test/late?last=2500', { waitFor: { selector: '#done' } })).html).toContain('id="done"')
    expect((await bed.open('https://spa.lab.test/late?last=2500', { waitFor: { text: 'The third part.' } })).html).toContain('The third part.')
    expect((await bed.open('https://challenge.lab.test/', { waitFor: { text: 'You have passed', url: 'https://challenge.lab.test/*' } })).status).toBe(200)
  })

  it('ends at the deadline with the stage that waited', async () => {
    const deadline = new Deadline(8000)
    const failing = bed.open('https://article.lab.test/', { waitFor: { selector: '#never' } }, { deadline })
    await expect(failing).rejects.toMatchObject({ code: 'target.timeout', facts: { stage: 'wait_for', afterMs: 8000 } })
  })

  it('must be a selector that a browser understands', async () => {
    expect(await codeOf(bed.open('https://article.lab.test/', { waitFor: { selector: 'p[' } }))).toBe('caller.invalid_request')
  })

  it('may be the end of a list that grows as it is scrolled', async () => {
    const [once, thrice] = [await bed.open('https://infinite.lab.test/?pages=5'), await bed.open('https://infinite.lab.test/?pages=5', { scrolls: 6 })]
    expect(once.html).not.toContain('item-100"')
    expect(thrice.html).toContain('item-100"')
  })
})

describe('what the browser is', () => {
  const client = async (options: Parameters<Bed['open']>[1]) => JSON.parse(/<pre id="client">(.*)<\/pre>/.exec((await bed.open('https://actions.lab.test/client', options)).html)?.[1] ?? '{}') as Record<string, unknown>

  it('follows viewport, locale and time zone', async () => {
    expect(await client({ viewport: { width: 700, height: 500, scale: 2 }, locale: 'de-CH', timezone: 'Asia/Tokyo' })).toMatchObject({ viewport: [700, 500], scale: 2, languages: ['de-CH'], timezone: 'Asia/Tokyo' })
  })

  it('may be a telephone', async () => {
    const seen = await client({ device: 'mobile' })
    expect(seen).toMatchObject({ scale: 3, touch: 1 })
    expect(seen.agent).toMatch(/Mobile Safari.* Lyrebird\/0\.1$/)
    expect(seen.agent).not.toContain('Headless')
  })

  it('sends headers and cookies to the origin asked for and to no other', async () => {
    const before = lab.seen.length
    const to = encodeURIComponent('https://echo.lab.test/other-origin')
    await bed.open(`https://any.lab.test/redirect-to?url=${to}`, {}, { headers: { 'X-Secret': 's1', authorization: 'Bearer b1' }, cookies: { session: 'c1' } }).catch(() => {})
    const seen = lab.seen.slice(before)
    const first = seen.find(({ url }) => url.startsWith('/redirect-to'))
    const other = seen.filter(({ host }) => host.startsWith('echo.'))
    expect(first?.headers).toMatchObject({ 'x-secret': 's1', authorization: 'Bearer b1', cookie: 'session=c1' })
    expect(other.length).toBeGreaterThan(0)
    for (const { headers } of other) expect([headers['x-secret'], headers.authorization, headers.cookie]).toEqual([undefined, undefined, undefined])
  })

  it('loads no pictures where they are blocked', async () => {
    const pictures = () => lab.seen.filter(({ headers }) => headers['sec-fetch-dest'] === 'image').length
    const start = pictures()
    await bed.open('https://product.lab.test/', { block: ['images', 'fonts', 'media', 'ads'] })
    expect(pictures()).toBe(start)
    await bed.open('https://product.lab.test/')
    expect(pictures()).toBeGreaterThan(start)
  })
})

describe('failures', () => {
  it.each([
    ['https://expired.tls.lab.test/', 'target.tls_invalid'],
    ['https://self-signed.tls.lab.test/', 'target.tls_invalid'],
    ['https://hostname.tls.lab.test/', 'target.tls_invalid'],
    ['https://protocol.tls.lab.test/', 'target.tls_invalid'],
    ['https://target-dns-failed.fail.test/', 'target.dns_failed'],
    ['https://target-connection-refused.fail.test/', 'target.connection_refused'],
    ['http://target-connection-refused.fail.test/', 'target.connection_refused'],
    ['https://target-connection-reset.fail.test/', 'target.connection_reset'],
    ['https://any.lab.test/redirect/30', 'target.too_many_redirects'],
    ['https://spa.lab.test/crash', 'content.render_failed'],
    ['file:///etc/passwd', 'policy.url_blocked'],
    ['http://127.0.0.1:8080/', 'policy.url_blocked'],
    ['https://[::1]:8080/', 'policy.url_blocked'],
    ['chrome://version/', 'policy.url_blocked'],
    ['data:text/html,<h1>hello there, all of you</h1>', 'policy.url_blocked'],
    ['https://any.lab.test/redirect-to?url=http%3A%2F%2F127.0.0.1%3A8080%2F', 'policy.url_blocked'],
    ['https://any.lab.test/redirect-to?url=https%3A%2F%2F10.0.0.1%2F', 'policy.url_blocked'],
  ])('%s is %s', async (url, code) => {
    expect(await codeOf(bed.open(url))).toBe(code)
  })

  it('name what is wrong with a certificate as plain HTTP does', async () => {
    await expect(bed.open('https://hostname.tls.lab.test/')).rejects.toMatchObject({ facts: { reason: 'hostname' } })
    await expect(bed.open('https://expired.tls.lab.test/')).rejects.toMatchObject({ facts: { reason: 'expired' } })
  })

  it('come at the deadline also from a page that never lets go', async () => {
    await expect(bed.open('https://spa.lab.test/stuck', {}, { deadline: new Deadline(2500) })).rejects.toMatchObject({ code: 'target.timeout', facts: { stage: 'rendering', afterMs: 2500 } })
    expect((await bed.open('https://article.lab.test/')).status).toBe(200)
  })

  it('come at once when the caller hangs up, and the place is free again', async () => {
    const caller = new AbortController()
    const opening = bed.open('https://spa.lab.test/restless', {}, { deadline: new Deadline(20_000, caller.signal) })
    while (bed.renderer.stats.pages === 0) await new Promise((resolve) => { setTimeout(resolve, 5) })
    caller.abort()
    expect(await codeOf(opening)).not.toBe('no failure')
    while (bed.renderer.stats.pages > 0) await new Promise((resolve) => { setTimeout(resolve, 5) })
  })
})

describe('callers', () => {
  it('share neither cookies nor storage nor cache', async () => {
    const visits = await Promise.all([1, 2, 3].map(() => bed.open('https://actions.lab.test/storage')))
    for (const { html } of visits) expect(html).toContain('Visit 1 here')
    expect((await bed.open('https://actions.lab.test/storage')).html).toContain('Visit 1 here')
  })
})

/** Browser processes below this one. */
const browserPids = async (): Promise<number[]> => {
  const pids: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const [stat, line] = await Promise.all(['stat', 'cmdline'].map((file) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')))
    if (Number(stat?.split(') ')[1]?.split(' ')[1]) === process.pid && line?.includes('--remote-debugging-pipe')) pids.push(Number(entry))
  }
  return pids
}

describe('a browser that is killed', () => {
  it('takes no page with it: those in flight are tried once more', async () => {
    const opening = Promise.all([1, 2, 3].map(() => bed.render('https://spa.lab.test/?delay=1500')))
    while (bed.renderer.stats.pages < 3) await new Promise((resolve) => { setTimeout(resolve, 5) })
    const pids = await browserPids()
    expect(pids.length).toBeGreaterThan(0)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    for (const { page, attempts } of await opening) {
      expect(page.html).toContain('Klara II')
      expect(attempts.at(-1)).toMatchObject({ outcome: 'ok' })
    }
    expect(bed.renderer.stats.crashes).toBe(1)
  })

  it('leaves no process behind at the end', async () => {
    const own = openBed(lab)
    const before = await browserPids()
    await own.open('https://article.lab.test/')
    const started = (await browserPids()).filter((pid) => !before.includes(pid))
    expect(started).toHaveLength(1)
    await own.close()
    expect((await browserPids()).filter((pid) => started.includes(pid))).toEqual([])
  })
})

describe('a browser that runs elsewhere', () => {
  it('is used by its DevTools address, with a password for the guard', async () => {
    const found = await findChromium(undefined, undefined)
    const profile = await mkdtemp(join(tmpdir(), 'lyrebird-elsewhere-'))
    const elsewhere = spawn(found.path, ['--headless', '--no-sandbox', '--no-zygote', '--remote-debugging-port=0', `--user-data-dir=${profile}`], { env: found.env, stdio: ['ignore', 'ignore', 'pipe'] })
    try {
      const cdpUrl = await new Promise<string>((resolve) => {
        let said = ''
        elsewhere.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString()
          const url = /DevTools listening on (\S+)/.exec(said)?.[1]
          if (url !== undefined) resolve(url)
        })
      })
      const own = openBed(lab, {}, { cdpUrl, proxyHost: '127.0.0.2' })
      expect((await own.open('http://spa.lab.test/')).html).toContain('Klara II')
      expect((await own.open('https://spa.lab.test/', {}, { mode: 'test' })).html).toContain('Klara II')
      expect(await codeOf(own.open('http://127.0.0.1:8080/'))).toBe('policy.url_blocked')
      await own.close()
      expect(elsewhere.exitCode).toBeNull()
    } finally {
      elsewhere.kill('SIGKILL')
      await once(elsewhere, 'close')
      await rm(profile, { recursive: true, force: true })
    }
  })
})
