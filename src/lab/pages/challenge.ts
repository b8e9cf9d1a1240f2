import { createHash } from 'node:crypto'
import { cookiesOf } from '../behaviours/echo.ts'
import { redirect, send, type Exchange } from '../exchange.ts'
import { escapeHtml, page } from '../html.ts'
import { sendImage } from '../images.ts'
import type { LabPage } from './page.ts'

const ray = '8f1c2ab34de56f79'

/** What the script has to work out: nothing that a browser cannot, nothing that a plain fetch does. */
const proofOf = (seed: string): string => createHash('sha256').update(`lab:${seed}`).digest('hex').slice(0, 32)
const seed = '20251120'

const challengePage = (x: Exchange): string => `<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body><div class="main-wrapper" role="main"><h1>${escapeHtml(x.host)}</h1><p id="challenge-running">Checking your browser. This takes a second.</p>
<noscript><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></noscript></div>
<script>window._cf_chl_opt = { cType: 'non-interactive', cRay: '${ray}' }
setTimeout(async () => {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('lab:${seed}'))
  const proof = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('').slice(0, 32)
  const to = location.pathname + location.search
  location.replace('/cdn-cgi/challenge-platform/h/lab?proof=' + proof + '&to=' + encodeURIComponent(to))
}, 300)</script></body></html>
`

export const challenge: LabPage = {
  name: 'challenge',
  title: 'Behind a challenge',
  description: 'Answers 403 and a challenge that a browser passes by itself with a script and a cookie, then the page.',
  answer: (x) => {
    if (x.path === '/cdn-cgi/challenge-platform/h/lab') {
      const to = x.query.get('to') ?? '/'
      if (x.query.get('proof') !== proofOf(seed)) return send(x, challengePage(x), { status: 403, headers: { server: 'cloudflare', 'cf-mitigated': 'challenge', 'cf-ray': `${ray}-FRA` } })
      x.res.setHeader('set-cookie', `cf_clearance=${proofOf('cookie')}; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax`)
      return redirect(x, /^\/(?!\/)[\x21-\x7e]*$/.test(to) ? to : '/')
    }
    const passed = cookiesOf(x).cf_clearance === proofOf('cookie')
    if (!passed) return send(x, challengePage(x), { status: 403, headers: { server: 'cloudflare', 'cf-mitigated': 'challenge', 'cf-ray': `${ray}-FRA`, 'cache-control': 'no-store' } })
    if (x.path !== '/') return sendImage(x)
    return send(x, page({ title: 'Behind the challenge', body: '<main><h1>Behind the challenge</h1><p>You have passed. Here is what was guarded: the times of the ferry, 9:00, 12:30 and 17:45, from the old quay, every day but Monday.</p></main>' }))
  },
}
