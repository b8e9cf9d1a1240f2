import { number } from '../exchange.ts'
import { each, jsonLd, page } from '../html.ts'
import { pageOf, type Render } from './page.ts'

const kinds = ['Armchair', 'Bookcase', 'Chest of drawers', 'Desk lamp', 'Dining table', 'Footstool', 'Mirror', 'Sideboard', 'Stool', 'Wardrobe'] as const
const woods = ['oak', 'beech', 'walnut', 'elm', 'pine', 'ash'] as const
const years = [1928, 1936, 1951, 1958, 1964, 1972] as const
const perPage = 12

interface Item {
  id: number
  name: string
  price: number
  year: number
  place: string
  sold: boolean
}

/** 57 pieces of furniture, the same at every start. */
const items: readonly Item[] = Array.from({ length: 57 }, (_, i) => ({
  id: 1001 + i,
  name: `${kinds[(i * 7) % kinds.length]} in ${woods[(i * 5) % woods.length]}`,
  price: 40 + ((i * 137) % 860),
  year: years[(i * 3) % years.length] ?? 1951,
  place: ['Westmere', 'Skerry', 'Farrow', 'Oldbridge'][(i * 11) % 4] ?? 'Westmere',
  sold: i % 9 === 4,
}))

const pageCount = Math.ceil(items.length / perPage)

const listPage: Render = (x) => {
  const at = number(x, 'page', 1, pageCount, 1)
  const shown = items.slice((at - 1) * perPage, at * perPage)
  const link = (to: number) => (to === 1 ? '/' : `/?page=${to}`)
  return page({
    title: `Second-hand furniture${at === 1 ? '' : `, page ${at}`} | Oakline`,
    description: `${items.length} pieces of second-hand furniture near you.`,
    head: `${at > 1 ? `<link rel="prev" href="${x.origin}${link(at - 1)}">\n` : ''}${at < pageCount ? `<link rel="next" href="${x.origin}${link(at + 1)}">\n` : ''}${jsonLd({
      '@context': 'https://schema.org', '@type': 'ItemList', numberOfItems: items.length,
      itemListElement: shown.map((item, i) => ({ '@type': 'ListItem', position: (at - 1) * perPage + i + 1, url: `${x.origin}/item/${item.id}`, name: item.name })),
    })}`,
    body: `<header><a href="/">Oakline</a> <nav><a href="/">Furniture</a> <a href="/sell">Sell</a> <a href="/login">Log in</a></nav></header>
<aside class="filters"><h2>Filter</h2><form><fieldset><legend>Wood</legend>${woods.map((wood) => `<label><input type="checkbox" name="wood" value="${wood}"> ${wood}</label>`).join(' ')}</fieldset><label>Up to <input type="range" name="max" min="40" max="900"></label></form></aside>
<main><h1>Second-hand furniture</h1>
<p class="count">${(at - 1) * perPage + 1}–${(at - 1) * perPage + shown.length} of ${items.length} results</p>
<p class="sort">Sort by <a href="/?sort=new">newest</a> · <a href="/?sort=price">price</a></p>
<ul class="grid">
${each(shown, (item) => `<li class="card" data-id="${item.id}"><a href="/item/${item.id}"><img src="/img/furniture-${item.id}-320x240.png" alt="${item.name}" loading="lazy"></a>
<h2 class="card-title"><a href="/item/${item.id}">${item.name}</a></h2><p class="card-price">€${item.price}</p><p class="card-meta">${item.year} · ${item.place}</p>${item.sold ? '<span class="badge">Sold</span>' : '<button>Watch</button>'}</li>`)}
</ul>
<nav class="pagination" aria-label="Pages">${Array.from({ length: pageCount }, (_, i) => (i + 1 === at ? `<span aria-current="page">${at}</span>` : `<a href="${link(i + 1)}">${i + 1}</a>`)).join(' ')}${at < pageCount ? ` <a rel="next" href="${link(at + 1)}">Next</a>` : ''}</nav>
</main>
<footer><a href="/about">About Oakline</a> · <a href="/terms">Terms</a></footer>`,
  })
}

const itemPages = Object.fromEntries(items.map((item): [string, Render] => [`/item/${item.id}`, () => page({
  title: `${item.name} | Oakline`,
  body: `<nav><a href="/">All furniture</a></nav>\n<main><h1>${item.name}</h1><img src="/img/furniture-${item.id}-640x480.png" alt="${item.name}"><p class="price">€${item.price}</p><dl><dt>Year</dt><dd>${item.year}</dd><dt>Place</dt><dd>${item.place}</dd><dt>State</dt><dd>${item.sold ? 'Sold' : 'Available'}</dd></dl><p>Collected in person, looked over by our workshop, and waxed once before it leaves.</p></main>`,
})]))

export const listing = pageOf(
  { name: 'listing', title: 'Second-hand furniture', description: 'A grid of cards with filters and five pages, and a page for each card.' },
  { '/': listPage, ...itemPages },
)
