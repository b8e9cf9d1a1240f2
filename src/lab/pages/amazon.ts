import { number, send, type Exchange } from '../exchange.ts'
import { each, page } from '../html.ts'
import { amazon as wall } from '../walls/amazon.ts'
import { productPage } from './marketplace.ts'
import { pageOf } from './page.ts'

const things = ['Brass Barometer', 'Ship’s Bell', 'Storm Lantern', 'Sextant', 'Signal Flags', 'Deck Chair', 'Log Book', 'Rope, 20 m'] as const
const perPage = 4

/** Of each four the first is an advertisement, the third has no price. */
const result = (name: string, n: number): string =>
  `<div data-component-type="s-search-result" data-asin="B0LAB${String(n).padStart(5, '0')}" class="s-result-item${n % perPage === 0 ? ' AdHolder' : ''}">
<a class="a-link-normal" href="/dp/B0LAB${String(n).padStart(5, '0')}?ref=sr_${n}"><img class="s-image" src="/img/thing-${n}-200x200.png" alt=""></a>
${n % perPage === 0 ? '<span class="puis-sponsored-label-text">Sponsored</span>' : ''}<h2><span>${name}</span></h2>
<i class="a-icon a-icon-star-small"><span class="a-icon-alt">4.${n} out of 5 stars</span></i> <a aria-label="${(n + 1) * 1200} ratings"><span>${(n + 1) * 1200}</span></a>
${n % perPage === 2 ? '' : `<span class="a-price"><span class="a-offscreen">$${10 + n}.50</span></span> <span class="a-price a-text-price" data-a-strike="true"><span class="a-offscreen">$99.00</span></span>`}
${n % 2 === 0 ? '<i class="a-icon a-icon-prime" role="img"></i>' : ''}</div>`

const searchPage = (x: Exchange): string => {
  const first = (number(x, 'page', 1, 1000, 1) - 1) * perPage
  const shown = things.slice(first, first + perPage)
  return page({
    title: 'Search results',
    body: `<header id="navbar"><form id="nav-search"><input id="twotabsearchtextbox" name="field-keywords"></form></header>
<div data-component-type="s-result-info-bar"><h1>${first + 1}-${first + shown.length} of over ${things.length} results for what was asked</h1></div>
<div class="s-main-slot">${each(shown, (name, i) => result(name, first + i))}</div>`,
  })
}

/** Answered as wall.ts says, under the address of a product. */
const walled = (x: Exchange) => {
  const { status, headers, body } = wall.reply(x)
  return send(x, body, { status, headers: { ...headers } })
}

export const amazon = pageOf(
  { name: 'amazon', title: 'Very large shop', description: 'www.amazon.lab.test in the markup of a very large shop: /dp/B0LAB00042, /s?k=…&page=, and its robot check at /dp/B0LABWALL0.' },
  {
    '/': () => page({ title: 'Market', body: '<main><h1>Market</h1><p><a href="/dp/B0LAB00042">Brass barometer</a></p></main>' }),
    '/dp/B0LAB00042': productPage,
    '/dp/B0LABWALL0': walled,
    '/s': (x) => (x.query.get('k') === 'walled' ? walled(x) : searchPage(x)),
  },
)
