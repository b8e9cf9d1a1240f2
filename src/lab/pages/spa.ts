import { number, pause, send, sendJson, type Exchange } from '../exchange.ts'
import { page } from '../html.ts'
import { pageOf } from './page.ts'

const boats = [
  { id: 1, name: 'Ternen', berth: 'A4', metres: 9.2 },
  { id: 2, name: 'Old Maud', berth: 'B1', metres: 12.5 },
  { id: 3, name: 'Klara II', berth: 'B7', metres: 7.8 },
] as const

/** Fills #root after ?delay= ms; with ?source=fetch from /api/boats.json. Links are handled by history. */
const script = (x: Exchange): string => `
const boats = ${JSON.stringify(boats)}
const draw = (list) => {
  const path = location.pathname
  const boat = list.find((one) => path === '/boat/' + one.id)
  document.title = boat ? boat.name + ' · Berths' : 'Berths of Westmere harbour'
  document.getElementById('root').innerHTML = boat
    ? '<main><h1>' + boat.name + '</h1><dl><dt>Berth</dt><dd>' + boat.berth + '</dd><dt>Length</dt><dd>' + boat.metres + ' m</dd></dl><p><a href="/">All boats</a></p></main>'
    : '<main><h1>Berths of Westmere harbour</h1><p>This list was drawn by a script, after the page had loaded.</p><table><thead><tr><th>Boat</th><th>Berth</th><th>Length</th></tr></thead><tbody>' +
      list.map((one) => '<tr><td><a href="/boat/' + one.id + '">' + one.name + '</a></td><td>' + one.berth + '</td><td>' + one.metres + ' m</td></tr>').join('') + '</tbody></table></main>'
  document.documentElement.dataset.ready = 'true'
}
const load = async () => (${JSON.stringify(x.query.get('source') === 'fetch')} ? (await fetch('/api/boats.json?delay=' + ${number(x, 'api_delay', 100, 60_000)})).json() : boats)
setTimeout(async () => draw(await load()), ${number(x, 'delay', 300, 60_000)})
addEventListener('click', (event) => {
  const link = event.target.closest('a')
  if (!link || link.origin !== location.origin) return
  event.preventDefault()
  history.pushState(null, '', link.href)
  load().then(draw)
})
addEventListener('popstate', () => load().then(draw))
`

const shellOf = (x: Exchange): string =>
  page({
    title: 'Loading…',
    head: `<script>window.__BUILD__ = 'lab'</script>\n`,
    body: `<noscript>You need to enable JavaScript to run this app.</noscript>\n<div id="root"></div>\n<script>${script(x)}</script>`,
  })

export const spa = pageOf(
  { name: 'spa', title: 'Berths of Westmere harbour', description: 'A page that a script draws: ?delay= ms later, inline or with ?source=fetch from an API.' },
  {
    '/': shellOf,
    ...Object.fromEntries(boats.map((boat) => [`/boat/${boat.id}`, shellOf])),
    '/api/boats.json': async (x) => {
      await pause(x, number(x, 'delay', 0, 60_000))
      sendJson(x, boats)
    },
    /** Draws for ever: the document is never still. */
    '/restless': (x) => send(x, page({ title: 'Restless', body: '<main><h1>Restless</h1><p>A clock ticks here and never stops.</p><p id="tick">0</p></main>\n<script>setInterval(() => { document.getElementById("tick").textContent = Math.round(performance.now()) }, 20)</script>' })),
    /** A socket that stays open: the network is never idle. */
    '/never-idle': (x) => send(x, page({ title: 'Never idle', body: '<main><h1>Never idle</h1><p>All is there, and one request never ends.</p></main>\n<script>fetch("/hang").catch(() => {})</script>' })),
    '/late': (x) => send(x, page({ title: 'In three parts', body: `<main><h1>In three parts</h1></main>\n<script>const add = (text) => document.querySelector('main').insertAdjacentHTML('beforeend', '<p>' + text + '</p>')
setTimeout(add, 100, 'The first part.'); setTimeout(add, 500, 'The second part.'); setTimeout(() => { add('The third part.'); document.body.insertAdjacentHTML('beforeend', '<div id="done">Done</div>') }, ${number(x, 'last', 1000, 60_000)})</script>` })),
    '/shadow': (x) => send(x, page({ title: 'In the shadow', body: '<main><h1>In the shadow</h1><lab-card></lab-card></main>\n<script>customElements.define("lab-card", class extends HTMLElement { connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = "<p>This text lives in a shadow root.</p>" } })</script>' })),
    '/crash': (x) => send(x, page({ title: 'Too much', body: '<h1>Too much</h1>\n<script>const hold = []; setTimeout(() => { for (;;) hold.push(new Array(1e6).fill(Math.random())) }, 50)</script>' })),
    '/stuck': (x) => send(x, page({ title: 'Stuck', body: '<h1>Stuck</h1>\n<script>setTimeout(() => { for (;;) {} }, 50)</script>' })),
    '/dialogs': (x) => send(x, page({ title: 'Dialogs', body: '<main><h1>Dialogs</h1><p id="answer">none</p></main>\n<script>setTimeout(() => { alert("Stop"); document.getElementById("answer").textContent = String(confirm("Go on?")) + " " + prompt("Name?"); onbeforeunload = () => "stay" }, 50)</script>' })),
  },
)
