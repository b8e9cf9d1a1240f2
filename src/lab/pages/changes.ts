import { number, send, sendJson, type Exchange } from '../exchange.ts'
import { each, page } from '../html.ts'
import { pageOf } from './page.ts'

const names = ['Anchor', 'Bollard', 'Cleat', 'Dinghy', 'Ensign', 'Fender', 'Galley', 'Halyard'] as const

/** Offers of edition n: a price moves, one is sold, one is new, each time. */
const offers = (n: number) => names.slice(n % 3, (n % 3) + 5).map((name, i) => ({ name, price: 20 + ((i * 13 + n * 7) % 60), sold: (i + n) % 5 === 0 }))

const render = (n: number, noise = ''): string =>
  page({
    title: `Chandlery, edition ${n}`,
    body: `<main><h1>Chandlery</h1><p id="edition">Edition <b>${n}</b></p>${noise}
<table id="offers"><thead><tr><th>Name</th><th>Price</th><th>State</th></tr></thead><tbody>
${each(offers(n), (one) => `<tr><td>${one.name}</td><td class="price">€${one.price}</td><td>${one.sold ? 'sold' : 'there'}</td></tr>`)}
</tbody></table><section id="fixed"><h2>Opening times</h2><p>Always the same: Monday to Friday, eight to five.</p></section></main>`,
  })

const versionOf = (x: Exchange): number => number(x, 'version', 1, 1e9)

export const changes = pageOf(
  { name: 'changes', title: 'Chandlery', description: 'A page that differs at each visit; /versioned changes with ?version= only; /noise changes in what does not matter; /stable never.' },
  {
    '/': (x) => render(x.visit('changes/')),
    '/versioned': (x) => send(x, render(versionOf(x)), { headers: { etag: `"v${versionOf(x)}"` } }),
    '/versioned.json': (x) => sendJson(x, { edition: versionOf(x), offers: offers(versionOf(x)) }),
    '/noise': (x) => render(1, `<p class="noise">Visit ${x.visit('changes/noise')}, token <code>${crypto.randomUUID()}</code>, at <time>${new Date().toISOString()}</time></p><div class="ad"><a href="https://ads.example/${Math.floor(Math.random() * 1e6)}">Advertisement</a></div>`),
    '/stable': () => render(1),
    '/comes-and-goes': (x) => (x.visit('changes/comes-and-goes') % 2 === 0 ? send(x, page({ title: 'Gone', body: '<h1>Gone</h1>' }), { status: 404 }) : send(x, render(1))),
  },
)
