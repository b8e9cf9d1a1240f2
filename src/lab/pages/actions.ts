import { bodyOf, cookiesOf } from '../behaviours/echo.ts'
import { send, sendJson, type Exchange } from '../exchange.ts'
import { escapeHtml, page } from '../html.ts'
import { pageOf } from './page.ts'

const form = `<form id="order" method="post" action="/submit">
<label>Name <input id="name" name="name" placeholder="Your name" required></label>
<label>Password <input id="password" name="password" type="password"></label>
<label>Size <select id="size" name="size"><option value="">Choose</option><option value="s">Small</option><option value="m">Medium</option><option value="l">Large</option></select></label>
<label>Toppings <select id="toppings" name="toppings" multiple><option>egg</option><option>leek</option><option>salt</option></select></label>
<label><input id="terms" name="terms" type="checkbox" value="yes"> I agree</label>
<label><input name="pay" type="radio" value="cash" id="cash"> Cash</label> <label><input name="pay" type="radio" value="card" id="card"> Card</label>
<label>Notes <textarea id="notes" name="notes"></textarea></label>
<label>Date <input id="date" name="date" type="date"></label>
<button id="send" type="submit">Send</button> <button type="reset">Reset</button>
</form>`

const script = `
const log = (text) => document.getElementById('log').insertAdjacentHTML('beforeend', '<li>' + text + '</li>')
const on = (id, kind, act) => document.getElementById(id).addEventListener(kind, act)
let clicks = 0
on('counter', 'click', (event) => { clicks += 1; event.target.textContent = 'Clicked ' + clicks; log('counter ' + clicks) })
on('double', 'dblclick', () => log('double'))
on('late', 'click', () => setTimeout(() => document.getElementById('slot').innerHTML = '<p id="arrived">It has arrived.</p>', 400))
on('hover', 'mouseenter', () => { document.getElementById('menu').hidden = false; log('hovered') })
on('keys', 'keydown', (event) => log('key ' + event.key))
on('keys', 'input', (event) => { document.getElementById('mirror').textContent = event.target.value })
on('size', 'change', (event) => log('size ' + event.target.value))
on('terms', 'change', (event) => log('terms ' + event.target.checked))
on('accept', 'click', () => { document.cookie = 'consent=yes; path=/'; document.getElementById('consent').remove(); log('consent') })
on('open', 'click', () => document.getElementById('modal').showModal())
on('tab-2', 'click', () => { document.getElementById('panel-1').hidden = true; document.getElementById('panel-2').hidden = false })
addEventListener('scroll', () => { if (scrollY > 500) document.getElementById('depth').textContent = 'deep' })
if (document.cookie.includes('consent=yes')) document.getElementById('consent').remove()
`

const body = `<div id="consent" style="position:fixed;inset:auto 0 0 0;background:#eee;padding:1em">We use cookies. <button id="accept">Accept</button></div>
<main><h1>Things to act on</h1>
<section><h2>Buttons</h2><button id="counter">Clicked 0</button> <button id="double">Double</button> <button id="late">Bring it</button> <button id="disabled" disabled>Not now</button> <button id="covered" style="position:relative">Covered<span style="position:absolute;inset:0"></span></button><div id="slot"></div></section>
<section><h2>Menu</h2><div id="hover">Hover here</div><ul id="menu" hidden><li><a href="/second">Second page</a></li></ul></section>
<section><h2>Keys</h2><input id="keys" aria-label="Keys"><p id="mirror"></p></section>
<section><h2>Tabs</h2><button id="tab-1">One</button> <button id="tab-2">Two</button><div id="panel-1">First panel</div><div id="panel-2" hidden>Second panel</div></section>
<section><h2>Dialog</h2><button id="open">Open</button><dialog id="modal"><p>Inside the dialog</p><form method="dialog"><button id="close">Close</button></form></dialog></section>
<section><h2>Form</h2>${form}</section>
<section><h2>Links</h2><a id="next" href="/second">Second page</a> <a id="popup" href="/second" target="_blank">In a new window</a></section>
<iframe id="frame" src="/frame" title="Frame" width="300" height="80"></iframe>
<p id="depth">shallow</p><ol id="log"></ol><div style="height:2000px"></div><p id="bottom">The bottom</p></main>
<script>${script}</script>`

const submitted = async (x: Exchange): Promise<void> => {
  const fields = new URLSearchParams(await bodyOf(x))
  const rows = [...fields].map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')
  send(x, page({ title: 'Received', body: `<main><h1>Received</h1><dl>${rows}</dl><p id="method">${x.method}</p></main>` }))
}

export const actions = pageOf(
  { name: 'actions', title: 'Things to act on', description: 'Buttons, inputs, selects, menus, tabs, a dialog, a form, a frame, a cookie banner: everything that browser actions need.' },
  {
    '/': () => page({ title: 'Things to act on', body }),
    '/submit': submitted,
    '/second': () => page({ title: 'Second page', body: '<main><h1>Second page</h1><p><a id="back" href="/">Back</a></p></main>' }),
    '/frame': () => page({ title: 'Frame', body: '<p id="framed">Text in a frame</p>' }),
    '/login': async (x) => {
      const fields = new URLSearchParams(x.method === 'POST' ? await bodyOf(x) : '')
      if (fields.get('user') === 'ada' && fields.get('password') === 'lovelace') return send(x, '', { status: 303, headers: { location: '/account', 'set-cookie': 'session=lab-session-1; Path=/; HttpOnly; SameSite=Lax' } })
      return send(x, page({ title: 'Log in', body: `<main><h1>Log in</h1>${x.method === 'POST' ? '<p id="error">Wrong name or password.</p>' : ''}<form method="post"><input id="user" name="user"><input id="password" name="password" type="password"><button id="login">Log in</button></form><p>Name: ada, password: lovelace</p></main>` }))
    },
    '/account': (x) => (cookiesOf(x).session === 'lab-session-1'
      ? send(x, page({ title: 'Account', body: '<main><h1>Account of Ada</h1><p id="balance">Balance: 42 shells</p></main>' }))
      : send(x, '', { status: 302, headers: { location: '/login' } })),
    '/storage': () => page({ title: 'Storage', body: '<main><h1>Storage</h1><p id="visits"></p></main>\n<script>const n = Number(localStorage.visits ?? 0) + 1; localStorage.visits = n; document.getElementById("visits").textContent = "Visit " + n + " here, cookies: " + document.cookie</script>' }),
    '/client.json': (x) => sendJson(x, { headers: x.req.headers, cookies: cookiesOf(x) }),
    '/client': () => page({ title: 'Client', body: '<main><h1>Client</h1><pre id="client"></pre></main>\n<script>document.getElementById("client").textContent = JSON.stringify({ languages: navigator.languages, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, viewport: [innerWidth, innerHeight], scale: devicePixelRatio, touch: navigator.maxTouchPoints, agent: navigator.userAgent, dark: matchMedia("(prefers-color-scheme: dark)").matches })</script>' }),
  },
)
