import { number, sendJson, type Exchange } from '../exchange.ts'
import { each, page } from '../html.ts'
import { pageOf } from './page.ts'

const perPage = 20

const itemsOf = (at: number): { id: number; text: string }[] =>
  Array.from({ length: perPage }, (_, i) => ({ id: (at - 1) * perPage + i + 1, text: `Found object no. ${(at - 1) * perPage + i + 1}` }))

/** ?pages= says where it ends; endless unless told. */
const script = (x: Exchange): string => `
let at = 1, busy = false
const last = ${number(x, 'pages', 1e6, 1e6, 1)}
const end = document.getElementById('end')
const more = async () => {
  if (busy || at >= last) return
  busy = true
  const items = await (await fetch('/items?page=' + (at + 1))).json()
  at += 1
  document.getElementById('items').insertAdjacentHTML('beforeend', items.map((one) => '<li id="item-' + one.id + '">' + one.text + '</li>').join(''))
  busy = false
  if (at >= last) end.textContent = 'That is all.'
  else if (end.getBoundingClientRect().top < innerHeight + 200) more()
}
new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) more() }, { rootMargin: '200px' }).observe(end)
`

export const infinite = pageOf(
  { name: 'infinite', title: 'Found objects', description: 'A list that grows as it is scrolled: without end, or to ?pages=.' },
  {
    '/': (x) => page({
      title: 'Found objects',
      head: '<style>li{height:60px}</style>\n',
      body: `<main><h1>Found objects</h1><ul id="items">\n${each(itemsOf(1), (one) => `<li id="item-${one.id}">${one.text}</li>`)}\n</ul><p id="end">Loading…</p></main>\n<script>${script(x)}</script>`,
    }),
    '/items': (x) => sendJson(x, itemsOf(number(x, 'page', 1, 1e6, 1))),
    '/button': () => page({
      title: 'Found objects, by button',
      body: `<main><h1>Found objects</h1><ul id="items">\n${each(itemsOf(1), (one) => `<li>${one.text}</li>`)}\n</ul><button id="more">Show more</button></main>
<script>let at = 1; document.getElementById('more').onclick = async (event) => { at += 1; const items = await (await fetch('/items?page=' + at)).json(); document.getElementById('items').insertAdjacentHTML('beforeend', items.map((one) => '<li>' + one.text + '</li>').join('')); if (at === 3) event.target.remove() }</script>`,
    }),
    /** ?height= pixels of page, with a line every hundred. */
    '/tall': (x) => {
      const height = number(x, 'height', 20_000, 1_000_000, 100)
      const lines = Math.min(2000, Math.floor(height / 100))
      return page({ title: 'Tall', head: '<style>body{margin:0}.line{position:absolute;left:1em}</style>\n', body: `<main style="position:relative;height:${height}px;background:linear-gradient(#fde68a,#0b5d5a)">${Array.from({ length: lines }, (_, i) => `<span class="line" style="top:${i * 100}px">${i * 100} px</span>`).join('')}</main>` })
    },
  },
)
