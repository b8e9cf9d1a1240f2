import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The Python that `npm test` found a searx in, or none: for `describe.each`. */
export const searxPythons: string[] = process.env.TEST_SEARX_PYTHON ? [process.env.TEST_SEARX_PYTHON] : []

export interface Searx {
  /** For LYREBIRD_SEARXNG_URL. */
  url: string
  close(): Promise<void>
}

const assets = '/usr/share/python3-searx'

/** A real searx whose one engine asks `engineUrl` (with `{query}` and `{pageno}`) for `{hits: [{link, name, text}]}`. */
export const startSearx = async (python: string, engineUrl: string): Promise<Searx> => {
  const folder = await mkdtemp(join(tmpdir(), 'lyrebird-searx-'))
  const port = await freePort()
  const path = join(folder, 'settings.yml')
  // JSON is YAML.
  await writeFile(path, JSON.stringify(settings(port, engineUrl)))
  const child = spawn(python, ['-m', 'searx.webapp'], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, HOME: folder, SEARX_SETTINGS_PATH: path } })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr = (stderr + chunk).slice(-10_000)))
  let ended = false
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve())).then(() => void (ended = true))
  const close = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  const giveUpAt = Date.now() + 45_000
  for (;;) {
    if (await fetch(`${url}/healthz`).then(({ ok }) => ok, () => false)) return { url, close }
    if (ended || Date.now() > giveUpAt) {
      await close()
      throw new Error(`searx did not start: ${stderr}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const settings = (port: number, engineUrl: string) => ({
  general: { debug: false, instance_name: 'test', contact_url: false, enable_stats: false },
  brand: { git_url: '', git_branch: '', issue_url: '', docs_url: '', public_instances: '', wiki_url: '', twitter_url: '' },
  search: { safe_search: 0, autocomplete: '', default_lang: '', ban_time_on_fail: 0, max_ban_time_on_fail: 0 },
  server: { port, bind_address: '127.0.0.1', secret_key: 'of a test', base_url: false, image_proxy: false, http_protocol_version: '1.0', method: 'GET', default_http_headers: {} },
  ui: { static_path: `${assets}/static`, templates_path: `${assets}/templates`, default_theme: 'oscar', default_locale: '', theme_args: { oscar_style: 'logicodev' } },
  outgoing: { request_timeout: 3, useragent_suffix: '' },
  engines: [{
    name: 'harbour', engine: 'json_engine', shortcut: 'hb', categories: 'general,news', enable_http: true, paging: true, time_range_support: true, timeout: 3,
    search_url: engineUrl, results_query: 'hits', url_query: 'link', title_query: 'name', content_query: 'text', content_html_to_text: true,
  }],
  locales: { en: 'English' }, doi_resolvers: { 'oadoi.org': 'https://oadoi.org/' }, default_doi_resolver: 'oadoi.org',
})
