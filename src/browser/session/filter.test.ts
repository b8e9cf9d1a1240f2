import { describe, expect, it } from 'vitest'
import { isWebUrl, judgeCommand } from './filter.ts'

describe('isWebUrl', () => {
  it.each(['https://a.example/', 'http://127.0.0.1:1/', 'about:blank', 'about:blank#x', 'data:text/html,x', 'blob:https://a.example/1', ''])('takes %s', (url) => expect(isWebUrl(url)).toBe(true))
  it.each(['file:///etc/passwd', 'File:/etc/passwd', '\tfile:///x', 'fi\nle:///x', 'chrome://version', 'devtools://x', 'view-source:https://a.example/', 'about:version', 'about:inspect', 'ftp://a.example/', 'javascript:1', 'x', '/etc/passwd', '\\\\host\\share'])('refuses %j', (url) => expect(isWebUrl(url)).toBe(false))
})

describe('judgeCommand', () => {
  const verdict = (method: string, params: Record<string, unknown> = {}) => judgeCommand(method, params, isWebUrl)

  it('never lets a download through, and keeps what the client needs to hear of it', () => {
    expect(verdict('Browser.setDownloadBehavior', { behavior: 'allowAndName', downloadPath: '/tmp', eventsEnabled: true, browserContextId: 'x' }))
      .toEqual({ kind: 'pass', params: { behavior: 'deny', eventsEnabled: true, browserContextId: 'x' } })
  })

  it.each(['toString', 'constructor', '__proto__', 'Page', '.navigate', 'page.navigate', 'Page.navigate.x'.slice(0, 3)])('knows no method %s', (method) => expect(verdict(method).kind).toBe('refuse'))

  it('lets a response redirect within its site and to the web', () => {
    for (const value of ['/next', 'https://a.example/', '?a:b']) expect(verdict('Fetch.fulfillRequest', { responseHeaders: [{ name: 'location', value }] }).kind).toBe('pass')
  })
})
