/** What becomes of a command of a client. */
export type Verdict =
  | { kind: 'pass'; params: Record<string, unknown> }
  | { kind: 'refuse'; code: number; message: string }

/** True for addresses that a client may send its browser to. */
export type MayOpen = (url: string) => boolean

type Params = Record<string, unknown>
type Rule = (params: Params, mayOpen: MayOpen) => Verdict

/** As the protocol has it for methods that there are not. */
const unknownMethod = -32_601
const invalidParams = -32_602

/** Domains that act inside pages. All others open ports, read files, write to disk or tell of the machine. */
const domains = new Set([
  'Accessibility', 'Animation', 'Audits', 'CacheStorage', 'Console', 'CSS', 'Debugger', 'DeviceOrientation', 'DOM', 'DOMDebugger', 'DOMSnapshot', 'DOMStorage', 'Emulation',
  'EventBreakpoints', 'Fetch', 'HeapProfiler', 'IndexedDB', 'Input', 'Inspector', 'IO', 'LayerTree', 'Log', 'Media', 'Network', 'Overlay', 'Page', 'Performance',
  'PerformanceTimeline', 'Preload', 'Profiler', 'Runtime', 'Schema', 'Security', 'ServiceWorker', 'Storage', 'WebAudio', 'WebAuthn',
])

/** Of domains that reach further than a page, only these. */
const methods = new Set([
  'Browser.getVersion', 'Browser.setDownloadBehavior', 'Browser.cancelDownload', 'Browser.getWindowForTarget', 'Browser.getWindowBounds', 'Browser.setWindowBounds', 'Browser.setContentsSize',
  'Browser.grantPermissions', 'Browser.setPermission', 'Browser.resetPermissions',
  'Target.activateTarget', 'Target.attachToBrowserTarget', 'Target.attachToTarget', 'Target.autoAttachRelated', 'Target.closeTarget', 'Target.createBrowserContext', 'Target.createTarget',
  'Target.detachFromTarget', 'Target.disposeBrowserContext', 'Target.getBrowserContexts', 'Target.getTargetInfo', 'Target.getTargets', 'Target.setAutoAttach', 'Target.setDiscoverTargets',
])

/** Files of this machine. */
const never = new Set(['DOM.setFileInputFiles', 'DOM.getFileInfo', 'Page.handleFileChooser', 'Page.setRPHRegistrationMode', 'Security.setOverrideCertificateErrors'])

const pass = (params: Params): Verdict => ({ kind: 'pass', params })
const refuse = (message: string): Verdict => ({ kind: 'refuse', code: invalidParams, message })

const opens: Rule = (params, mayOpen) => {
  const { url } = params
  return url === undefined || url === '' || (typeof url === 'string' && mayOpen(url)) ? pass(params) : refuse('This address may not be opened from a session')
}

/** Another way out, or pages that count as every site's own. */
const contextRule: Rule = (params) => {
  const named = ['proxyServer', 'proxyBypassList', 'originsWithUniversalNetworkAccess'].find((name) => params[name] !== undefined && params[name] !== '')
  return named === undefined ? pass(params) : refuse(`${named} may not be set: every page of a session goes through the proxy of this server`)
}

/** Messages inside messages would go past this filter. */
const flat: Rule = (params) => (params.flatten === true || params.autoAttach === false ? pass(params) : refuse('Only flat sessions are served: set flatten to true'))

/** Nothing is ever saved here, whatever a client asks for; refusing would fail Playwright's every connection. */
const noDownloads: Rule = ({ downloadPath: _path, ...params }) => pass({ ...params, behavior: 'deny' })

const isLocation = (header: unknown): header is { value: unknown } =>
  typeof header === 'object' && header !== null && String((header as { name?: unknown }).name).toLowerCase() === 'location'

const answers: Rule = (params, mayOpen) => {
  if (params.binaryResponseHeaders !== undefined) return refuse('binaryResponseHeaders is not served: use responseHeaders')
  const headers = Array.isArray(params.responseHeaders) ? params.responseHeaders : []
  const leads = headers.filter(isLocation).every(({ value }) => typeof value === 'string' && (!/^\s*[a-z][a-z\d+.-]*:/i.test(value) || mayOpen(value.trim())))
  return leads ? pass(params) : refuse('A response may not redirect to this address')
}

const drags: Rule = (params) => {
  const files = (params.data as { files?: unknown } | undefined)?.files
  return files === undefined || (Array.isArray(files) && files.length === 0) ? pass(params) : refuse('Files of the server cannot be dropped')
}

const rules: Record<string, Rule> = {
  'Page.navigate': opens,
  'Target.createTarget': opens,
  'Network.loadNetworkResource': opens,
  'Fetch.continueRequest': opens,
  'Fetch.fulfillRequest': answers,
  'Fetch.continueResponse': answers,
  'Target.createBrowserContext': contextRule,
  'Target.attachToTarget': flat,
  'Target.setAutoAttach': flat,
  'Browser.setDownloadBehavior': noDownloads,
  'Page.setDownloadBehavior': noDownloads,
  'Input.dispatchDragEvent': drags,
}

/** Whether a client's command may go to the browser, and in which form. What is not known is refused. */
export const judgeCommand = (method: string, params: Params, mayOpen: MayOpen): Verdict => {
  const known = !never.has(method) && (methods.has(method) || domains.has(method.slice(0, method.indexOf('.'))))
  if (!known) return { kind: 'refuse', code: unknownMethod, message: `Method not allowed: ${method.slice(0, 100)}` }
  return Object.hasOwn(rules, method) ? (rules[method] as Rule)(params, mayOpen) : pass(params)
}

const schemes = new Set(['http:', 'https:', 'about:', 'data:', 'blob:', 'chrome-error:'])

/** False for files of this machine and pages of the browser itself. */
export const isWebUrl = (url: string): boolean => {
  const parsed = URL.parse(url)
  if (parsed === null) return url === '' || url === ':'
  if (parsed.protocol === 'about:') return /^(?:blank|srcdoc)$/.test(parsed.pathname)
  return schemes.has(parsed.protocol)
}
