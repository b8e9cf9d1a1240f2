import { each, page } from '../html.ts'
import { pageOf } from './page.ts'

const title = 'Tidewatch Brass Barometer with Thermometer, 15 cm, Wall Mounted, Polished'
const reviews = [
  { name: 'Greta', stars: '5.0', title: 'Falls before the storm does', text: 'Hung it in the hall on Monday, took the washing in on Tuesday.', at: 'Reviewed in Germany on 3 March 2025' },
  { name: 'N. Okoro', stars: '4.0', title: 'Handsome, needs setting', text: 'The screw on the back wants a fine hand.', at: 'Reviewed in the United Kingdom on 11 January 2025' },
] as const

/** A product in the markup of a very large shop. */
export const productPage = (): string =>
  page({
    title: `${title} : Home & Kitchen`,
    body: `<div id="a-page"><header id="navbar"><a href="/">Market</a> <form id="nav-search"><input id="twotabsearchtextbox" name="field-keywords"></form></header>
<div id="wayfinding-breadcrumbs_feature_div"><ul><li><a href="/home">Home &amp; Kitchen</a></li><li><a href="/home/barometers">Barometers</a></li></ul></div>
<div id="dp" data-asin="B0LAB00042"><div id="leftCol"><div id="imgTagWrapperId"><img id="landingImage" src="/img/barometer-400x400.png" data-old-hires="/img/barometer-1500x1500.png" data-a-dynamic-image='{"/img/barometer-1500x1500.png":[1500,1500],"/img/barometer-400x400.png":[400,400]}' alt="Brass barometer"></div>
<div id="altImages"><ul><li class="item"><img src="/img/barometer-side-40x40.png" alt=""></li><li class="item"><img src="/img/barometer-back-40x40.png" alt=""></li></ul></div></div>
<div id="centerCol"><h1 id="title"><span id="productTitle" class="a-size-large">        ${title}       </span></h1>
<a id="bylineInfo" href="/stores/tidewatch">Visit the Tidewatch Store</a>
<div id="averageCustomerReviews"><span id="acrPopover" title="4.6 out of 5 stars"><span class="a-icon-alt">4.6 out of 5 stars</span></span> <a id="acrCustomerReviewLink"><span id="acrCustomerReviewText">1,284 ratings</span></a></div>
<div id="corePriceDisplay_desktop_feature_div"><span class="a-price aok-align-center priceToPay"><span class="a-offscreen">$64.95</span><span aria-hidden="true"><span class="a-price-symbol">$</span><span class="a-price-whole">64<span class="a-price-decimal">.</span></span><span class="a-price-fraction">95</span></span></span> <span class="a-price a-text-price" data-a-strike="true"><span class="a-offscreen">$79.00</span></span></div>
<div id="feature-bullets"><ul class="a-unordered-list"><li><span class="a-list-item">Solid brass, polished and lacquered</span></li><li><span class="a-list-item">Reads from 960 to 1060 hPa</span></li><li><span class="a-list-item">Hangs on one nail</span></li></ul></div>
<table id="productOverview_feature_div"><tr><td>Brand</td><td>Tidewatch</td></tr><tr><td>Material</td><td>Brass</td></tr><tr><td>Item weight</td><td>820 grams</td></tr></table></div>
<div id="rightCol"><div id="availability"><span class="a-color-success">In Stock</span></div><div id="merchant-info">Ships from and sold by Tidewatch.</div><button id="add-to-cart-button">Add to Cart</button></div>
<div id="productDetails_detailBullets_sections1"><table><tr><th>ASIN</th><td>B0LAB00042</td></tr><tr><th>Date First Available</th><td>2 May 2021</td></tr></table></div>
<div id="cm-cr-dp-review-list">
${each(reviews, (one, i) => `<div id="customer_review-${i}" data-hook="review"><span class="a-profile-name">${one.name}</span><i data-hook="review-star-rating"><span class="a-icon-alt">${one.stars} out of 5 stars</span></i><a data-hook="review-title"><span>${one.title}</span></a><span data-hook="review-date">${one.at}</span><span data-hook="review-body"><span>${one.text}</span></span></div>`)}
</div></div></div>`,
  })

export const marketplace = pageOf(
  { name: 'marketplace', title: 'Marketplace product', description: 'A product page in the markup of a very large shop, at /dp/B0LAB00042; its robot check is at walls.lab.test/amazon.' },
  {
    '/': () => page({ title: 'Market', body: '<main><h1>Market</h1><p><a href="/dp/B0LAB00042">Brass barometer</a></p></main>' }),
    '/dp/B0LAB00042': productPage,
    '/dp/B0LAB00043': () => productPage().replace('<span class="a-color-success">In Stock</span>', '<span class="a-color-price">Currently unavailable.</span>').replaceAll('B0LAB00042', 'B0LAB00043').replace(/<div id="corePriceDisplay[^]*?<\/div>/, ''),
  },
)
