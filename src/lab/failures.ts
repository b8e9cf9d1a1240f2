import { catalog, type FailureCode } from '../failure/catalog.ts'
import { garbage, resetAt } from './behaviours/broken.ts'
import { notGzip } from './behaviours/encoding.ts'
import { endless } from './behaviours/size.ts'
import { hangAfter } from './behaviours/slow.ts'
import { sendStatus, softNotFound } from './behaviours/status.ts'
import { encryptedPdf } from './documents/pdfs.ts'
import { redirect, send, type Exchange } from './exchange.ts'
import { escapeHtml, page } from './html.ts'
import { codeOfHost } from './names.ts'
import { emptyShell } from './pages/shell.ts'
import { sendWall } from './walls/index.ts'

interface Row {
  readonly produced: 'lab' | 'raised'
  /** What the site answers; the variant is what follows the code in the name. */
  readonly answer: (x: Exchange, variant: string) => unknown
}

const lab = (answer: Row['answer']): Row => ({ produced: 'lab', answer })
const raised: Row = { produced: 'raised', answer: (x) => explain(x) }

/** Codes that a page can cause; the others are raised before or beside any fetch. */
const site: Partial<Record<FailureCode, Row>> = {
  'policy.url_blocked': lab((x, variant) => redirect(x, forbidden[variant] ?? forbidden.private ?? '/')),
  'policy.robots_disallowed': lab((x) =>
    x.path === '/robots.txt'
      ? send(x, 'User-agent: *\nDisallow: /\n', { type: 'text/plain; charset=utf-8' })
      : explain(x)),

  // These two never get here: the name has no address, the port is closed.
  'target.dns_failed': lab((x) => explain(x)),
  'target.connection_refused': lab((x) => explain(x)),
  'target.connection_reset': lab((x, variant) => resetAt(x, variant)),
  'target.unreachable': lab((x) => garbage(x)),
  // Over https the handshake fails; over http there is nothing to fail, so lead there.
  'target.tls_invalid': lab((x) => (x.secure ? explain(x) : redirect(x, `https://${x.host}${x.path}`))),
  'target.timeout': lab((x, variant) => hangAfter(x, variant)),
  'target.too_many_redirects': lab((x) => redirect(x, `/again/${Number(x.path.split('/')[2] ?? 0) + 1}`)),
  'target.http_error': lab((x, variant) => (variant === 'soft' ? send(x, softNotFound()) : sendStatus(x, statusOf(variant)))),
  'target.blocked': lab((x, variant) => sendWall(x, variant === '' ? 'cloudflare' : variant)),
  'target.rate_limited': lab((x, variant) => sendStatus(x, variant === '503' ? 503 : 429, '60')),

  'content.unsupported_type': lab((x) => send(x, videoBytes, { type: 'video/mp4' })),
  'content.encrypted': lab((x) => send(x, encryptedPdf(), { type: 'application/pdf' })),
  'content.too_large': lab((x) => endless(x)),
  'content.empty': lab((x, variant) => send(x, variant === 'shell' ? emptyShell() : '')),
  'content.parse_failed': lab((x) => notGzip(x)),
  // For real once a browser looks at it; raised, so that it does not depend on there being one.
  'content.render_failed': { produced: 'raised', answer: (x) => send(x, neverReady()) },
}

/** How each `*.fail.test` host makes its failure. */
export const rowOf = (code: FailureCode): Row => site[code] ?? raised

const forbidden: Record<string, string> = {
  private: 'http://10.0.0.1/',
  loopback: 'http://127.0.0.1/',
  'link-local': 'http://169.254.10.10/',
  metadata: 'http://169.254.169.254/latest/meta-data/',
  scheme: 'file:///etc/passwd',
  port: 'http://example.com:22/',
  credentials: 'http://user:secret@example.com/',
}

const statusOf = (variant: string): number => (/^[45]\d\d$/.test(variant) ? Number(variant) : 404)

/** The first bytes of an MP4 file. */
const videoBytes = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom\0\0\x02\0isomiso2mp41', 'latin1'), Buffer.alloc(4096)])

const neverReady = (): string =>
  page({ title: 'Loading', body: '<div id="root"></div>\n<script>for (;;) {}</script>' })

const explain = (x: Exchange): void => {
  const code = codeOfHost(x.host) ?? 'platform.internal'
  const row = catalog[code]
  send(x, page({
    title: row.title,
    body: `<main><h1>${escapeHtml(row.title)}</h1>
<p>This page stands for the failure <code>${code}</code>. A site cannot cause it by itself: a request with a test key for
<code>https://${escapeHtml(x.host)}/</code> is answered with that failure.</p>
<h2>What it means</h2>\n<p>${escapeHtml(row.meaning)}</p>
<h2>What to do</h2>\n<p>${escapeHtml(row.fix)}</p></main>`,
  }))
}
