import { page } from '../html.ts'
import { pageOf } from './page.ts'

/** What a client-rendered site sends when nobody runs its script. */
export const emptyShell = (): string =>
  page({
    title: 'Tidewatch',
    head: '<link rel="stylesheet" href="/assets/main.4f2a1c.css">\n<script type="module" crossorigin src="/assets/main.9be01d.js"></script>\n',
    body: '<noscript>You need to enable JavaScript to run this app.</noscript>\n<div id="root"></div>',
  })

export const shell = pageOf(
  { name: 'shell', title: 'Empty shell', description: 'A document with an empty root and a script that never fills it.' },
  {
    '/': emptyShell,
    '/app': () => page({ title: 'App', body: '<div id="app"></div>\n<script src="/static/js/bundle.js"></script>' }),
    '/next': () => page({ title: '', body: '<div id="__next"></div>\n<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{}},"page":"/","buildId":"lab"}</script>\n<script src="/_next/static/chunks/main.js" defer></script>' }),
    '/spinner': () => page({ title: 'Loading…', body: '<div id="root"><div class="spinner" role="status" aria-busy="true">Loading...</div></div>\n<script src="/assets/main.9be01d.js" defer></script>' }),
  },
)
