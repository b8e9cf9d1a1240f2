import { each, jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

const name = 'Fernhill Tarn 45 Trekking Pack'
const sku = 'FH-TARN-45-MOSS'

const specs: readonly (readonly [string, string])[] = [
  ['Volume', '45 litres'], ['Weight', '1.38 kg'], ['Back length', '44–54 cm, adjustable'], ['Material', '210D recycled nylon, PFC-free'],
  ['Rain cover', 'Included'], ['Colour', 'Moss'], ['Country of origin', 'Portugal'],
]

const reviews = [
  { author: 'Ruth N.', date: '2025-09-14', rating: 5, title: 'Carries like half its weight', text: 'Eight days on the coast path with 12 kg and no sore hips. The side pockets hold a litre bottle each.' },
  { author: 'pelle_k', date: '2025-08-30', rating: 4, title: 'Very good, one wish', text: 'Comfortable and dry in two storms. I would like a second loop for poles.' },
  { author: 'Danuta', date: '2025-07-02', rating: 3, title: 'Runs small', text: 'With a long back take the next size. The shop exchanged it within a week.' },
] as const

const structured = (origin: string): string =>
  jsonLd({
    '@context': 'https://schema.org/',
    '@type': 'Product',
    name,
    sku,
    mpn: 'T45-7',
    gtin13: '4006381333931',
    brand: { '@type': 'Brand', name: 'Fernhill' },
    description: 'A 45-litre trekking pack with an adjustable back, a rain cover and room for a week.',
    image: [`${origin}/img/tarn-front-800x800.png`, `${origin}/img/tarn-side-800x800.png`],
    color: 'Moss',
    weight: { '@type': 'QuantitativeValue', value: 1.38, unitCode: 'KGM' },
    offers: {
      '@type': 'Offer', url: `${origin}/`, priceCurrency: 'EUR', price: '149.90', priceValidUntil: '2026-12-31',
      availability: 'https://schema.org/InStock', itemCondition: 'https://schema.org/NewCondition',
      seller: { '@type': 'Organization', name: 'Fernhill Outdoor' },
    },
    aggregateRating: { '@type': 'AggregateRating', ratingValue: 4.4, reviewCount: 87, bestRating: 5 },
    review: reviews.map((one) => ({
      '@type': 'Review', name: one.title, reviewBody: one.text, datePublished: one.date,
      author: { '@type': 'Person', name: one.author }, reviewRating: { '@type': 'Rating', ratingValue: one.rating, bestRating: 5 },
    })),
  }) +
  jsonLd({
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: ['Home', 'Packs', 'Trekking'].map((label, i) => ({ '@type': 'ListItem', position: i + 1, name: label, item: `${origin}/${label === 'Home' ? '' : label.toLowerCase()}` })),
  })

const body = `<header><a href="/" class="logo"><img src="/img/fernhill-logo-160x48.svg" alt="Fernhill Outdoor"></a>
<nav><ul><li><a href="/packs">Packs</a></li><li><a href="/tents">Tents</a></li><li><a href="/sale">Sale</a></li></ul></nav>
<a href="/cart" class="cart">Cart <span class="count">0</span></a></header>
<div class="usp">Free delivery from €60 · 30 days to return · Repairs for life</div>
<nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/packs">Packs</a></li><li><a href="/packs/trekking">Trekking</a></li><li>Tarn 45</li></ol></nav>
<main>
<div class="gallery">
  <img src="/img/tarn-front-800x800.png" alt="Tarn 45 from the front" width="800" height="800">
  <ul class="thumbs">
    <li><a href="/img/tarn-front-800x800.png"><img src="/img/tarn-front-80x80.png" alt="Front"></a></li>
    <li><a href="/img/tarn-side-800x800.png"><img loading="lazy" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" data-src="/img/tarn-side-80x80.png" alt="Side"></a></li>
    <li><a href="/img/tarn-back-800x800.png"><img loading="lazy" src="/img/tarn-back-80x80.png" alt="Back panel"></a></li>
  </ul>
</div>
<section class="buy">
  <p class="brand"><a href="/brands/fernhill">Fernhill</a></p>
  <h1>${name}</h1>
  <p class="rating" aria-label="4.4 of 5 stars">★★★★☆ <a href="#reviews">87 reviews</a></p>
  <p class="price"><del>€179.90</del> <strong>€149.90</strong> <small>including VAT, plus delivery</small></p>
  <p class="availability">In stock: with you in 2–3 working days</p>
  <form action="/cart" method="post">
    <fieldset><legend>Colour</legend><label><input type="radio" name="colour" value="moss" checked> Moss</label> <label><input type="radio" name="colour" value="slate"> Slate</label></fieldset>
    <label>Quantity <input type="number" name="quantity" value="1" min="1" max="9"></label>
    <button type="submit">Add to cart</button> <button type="button" aria-label="Save for later">♡</button>
  </form>
  <ul class="highlights"><li>Back length adjusts in ten seconds, with the pack on</li><li>Opens from the top, the bottom and the front</li><li>Every part can be replaced</li></ul>
</section>
<div class="tabs" role="tablist"><button role="tab" aria-controls="description" aria-selected="true">Description</button><button role="tab" aria-controls="specs">Specifications</button><button role="tab" aria-controls="reviews">Reviews (87)</button></div>
<section id="description" role="tabpanel"><h2>Description</h2>
  <p>The Tarn 45 is the pack that we take ourselves when a week is ahead and the huts are far apart. Its frame is a single hoop of aluminium that bends with you; the belt carries the weight on the hips, where it belongs.</p>
  <p>The fabric is spun from old fishing nets. It is coated on the inside, without PFC, and stays dry for hours even without the <em>included rain cover</em>.</p>
  <h3>In the box</h3><ul><li>Pack</li><li>Rain cover</li><li>Four spare buckles</li></ul>
</section>
<section id="specs" role="tabpanel" hidden><h2>Specifications</h2>
  <table><tbody>
${each(specs, ([label, value]) => `    <tr><th scope="row">${label}</th><td>${value}</td></tr>`)}
  </tbody></table>
</section>
<section id="reviews" role="tabpanel"><h2>Reviews</h2>
${each(reviews, (one) => `  <article class="review"><h3>${one.title}</h3><p class="meta">${'★'.repeat(one.rating)}${'☆'.repeat(5 - one.rating)} by ${one.author}, <time datetime="${one.date}">${one.date}</time></p><p>${one.text}</p></article>`)}
  <p><a href="/reviews?page=2">More reviews</a></p>
</section>
<section class="also"><h2>Others also bought</h2><ul>
  <li><a href="/p/beck-pole"><img src="/img/beck-pole-200x200.png" alt=""> Beck trekking poles</a> <span>€64.00</span></li>
  <li><a href="/p/moor-bottle"><img src="/img/moor-bottle-200x200.png" alt=""> Moor bottle 1 l</a> <span>€18.50</span></li>
  <li><a href="/p/scar-tent"><img src="/img/scar-tent-200x200.png" alt=""> Scar tent 2</a> <span>€389.00</span></li>
</ul></section>
</main>
<footer><nav><a href="/delivery">Delivery</a> <a href="/returns">Returns</a> <a href="/imprint">Imprint</a></nav><p>© Fernhill Outdoor</p></footer>`

export const product = pageOf(
  { name: 'product', title: name, description: 'A shop page: structured data, gallery, price, tabs, specifications and reviews.' },
  {
    '/': (x) => page({
      title: `${name} | Fernhill Outdoor`,
      description: 'A 45-litre trekking pack with an adjustable back, a rain cover and room for a week.',
      head: `<meta property="og:type" content="product">
<meta property="og:title" content="${name}">
<meta property="og:image" content="${x.origin}/img/tarn-front-800x800.png">
<meta property="product:price:amount" content="149.90">
<meta property="product:price:currency" content="EUR">
<link rel="canonical" href="${x.origin}/">
${structured(x.origin)}`,
      body,
    }),
    // The same facts with no JSON-LD: microdata and labelled pairs only.
    '/microdata': () => page({
      title: 'Moor bottle 1 l',
      body: `<main itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Moor bottle 1 l</h1>
<img itemprop="image" src="/img/moor-bottle-400x400.png" alt="Steel bottle">
<p itemprop="description">A steel bottle that keeps tea hot for nine hours.</p>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span itemprop="price" content="18.50">€18.50</span><meta itemprop="priceCurrency" content="EUR"><link itemprop="availability" href="https://schema.org/OutOfStock">Sold out</div>
<dl><dt>Volume</dt><dd>1 litre</dd><dt>Weight</dt><dd>340 g</dd><dt>Article number</dt><dd itemprop="sku">FH-MOOR-1</dd></dl></main>`,
    }),
  },
)
