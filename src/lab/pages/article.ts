import { jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

const headline = 'The lighthouse keeper who counted every bird'
const summary = 'For thirty-one years Ines Aldermoor wrote down what struck her lantern at night. Her notebooks now redraw the map of autumn migration.'

const head = (origin: string): string => `<meta name="author" content="Marta Quill">
<meta name="keywords" content="birds, migration, lighthouses, citizen science">
<meta property="og:type" content="article">
<meta property="og:title" content="${headline}">
<meta property="og:description" content="${summary}">
<meta property="og:image" content="${origin}/img/lantern-1200x630.png">
<meta property="og:site_name" content="Harbour Gazette">
<meta property="article:published_time" content="2025-10-04T06:30:00+02:00">
<meta property="article:modified_time" content="2025-10-06T18:12:00+02:00">
<meta property="article:section" content="Science">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:creator" content="@harbourgazette">
<link rel="canonical" href="${origin}/">
<link rel="alternate" type="application/rss+xml" title="Harbour Gazette" href="https://feed.lab.test/rss.xml">
<link rel="alternate" hreflang="de" href="${origin}/de">
<style>.skip{position:absolute;left:-9999px}.cookie{position:fixed;bottom:0}</style>
${jsonLd({
  '@context': 'https://schema.org',
  '@type': 'NewsArticle',
  headline,
  description: summary,
  datePublished: '2025-10-04T06:30:00+02:00',
  dateModified: '2025-10-06T18:12:00+02:00',
  author: { '@type': 'Person', name: 'Marta Quill', url: `${origin}/authors/marta-quill` },
  publisher: { '@type': 'Organization', name: 'Harbour Gazette', logo: { '@type': 'ImageObject', url: `${origin}/img/gazette-logo-200x60.svg` } },
  image: [`${origin}/img/lantern-1200x630.png`],
  articleSection: 'Science',
  wordCount: 540,
  isAccessibleForFree: true,
})}`

const body = `<a class="skip" href="#main">Skip to content</a>
<div class="cookie" role="dialog" aria-label="Cookies"><p>We use cookies to count our readers.</p><button>Accept</button> <button>Decline</button></div>
<header class="masthead">
  <a class="logo" href="/"><img src="/img/gazette-logo-200x60.svg" alt="Harbour Gazette" width="200" height="60"></a>
  <nav aria-label="Main"><ul>
    <li><a href="/news">News</a></li><li><a href="/science" aria-current="true">Science</a></li><li><a href="/culture">Culture</a></li>
    <li><a href="/opinion">Opinion</a></li><li><a href="/subscribe">Subscribe</a></li>
  </ul></nav>
  <form role="search" action="/search"><input type="search" name="q" placeholder="Search the Gazette"><button>Search</button></form>
</header>
<nav class="breadcrumb" aria-label="Breadcrumb"><a href="/">Home</a> › <a href="/science">Science</a> › <span>Birds</span></nav>
<main id="main">
<article>
  <header>
    <p class="kicker">Long read</p>
    <h1>${headline}</h1>
    <p class="standfirst">${summary}</p>
    <p class="byline">By <a rel="author" href="/authors/marta-quill">Marta Quill</a>, photographs by Jon Brack · <time datetime="2025-10-04T06:30:00+02:00">4 October 2025</time> · updated <time datetime="2025-10-06T18:12:00+02:00">6 October 2025</time> · 4 min read</p>
    <ul class="share"><li><a href="https://social.example/share?u=gazette">Share</a></li><li><a href="mailto:?subject=Read%20this">E-mail</a></li></ul>
  </header>
  <figure><img src="/img/lantern-800x450.png" srcset="/img/lantern-800x450.png 800w, /img/lantern-1600x900.png 1600w" alt="The lantern room of Skerry Point at dusk" width="800" height="450"><figcaption>The lantern room at Skerry Point, where the first notebook was begun. <cite>Photograph: Jon Brack</cite></figcaption></figure>
  <p>On the night of 9 October 1987, in fog so thick that the beam ended in mid-air, <strong>four hundred and twelve</strong> redwings came to Skerry Point. Ines Aldermoor counted them by torchlight, wrote the number in a school exercise book, and went back to polishing the lens.</p>
  <p>She had no training and no instructions. &ldquo;It seemed rude not to write it down,&rdquo; she says. By the time the light was automated in 2018 there were <a href="/archive/notebooks">sixty-three notebooks</a>, and nobody had read them but her.<sup id="r1"><a href="#fn1">1</a></sup></p>
  <h2 id="the-count">The count</h2>
  <p>What makes the record rare is not its length but its <em>silences</em>: the keeper also wrote down every night on which nothing came. A zero is worth as much as a hundred, because it tells a model where the birds were not.</p>
  <blockquote cite="https://article.lab.test/archive/notebooks/17"><p>2 Nov. Clear, half moon, wind NE 4. Nothing. Oiled the clockwork. Nothing again at three.</p><p>&mdash; Notebook 17, 1994</p></blockquote>
  <p>Three species make up most of what she saw:</p>
  <table>
    <caption>Birds at the lantern, 1987&ndash;2018</caption>
    <thead><tr><th scope="col">Species</th><th scope="col">Nights</th><th scope="col">Birds</th><th scope="col">Peak date</th></tr></thead>
    <tbody>
      <tr><td>Redwing</td><td>1,204</td><td>48,311</td><td>14 October</td></tr>
      <tr><td>Fieldfare</td><td>861</td><td>19,750</td><td>2 November</td></tr>
      <tr><td>Goldcrest | Firecrest</td><td>433</td><td>7,908</td><td>9 October</td></tr>
    </tbody>
  </table>
  <aside class="related"><h3>Related</h3><ul><li><a href="/science/moths">Why moths fly at lamps</a></li><li><a href="/science/radar">Radar sees the birds that we do not</a></li></ul></aside>
  <h2 id="from-paper-to-model">From paper to model</h2>
  <p>Typing it all in took two winters. The group at the fictional University of Westmere then asked a plain question: <q>Does the peak move?</q> The heart of their program fits on a postcard:</p>
  <pre><code class="language-python">def peak(nights):
    """Day of the year with the most birds, smoothed over a week."""
    counts = smooth(nights, window=7)
    return max(counts, key=lambda day: counts[day])

for year in range(1987, 2019):
    print(year, peak(notebooks[year]))
</code></pre>
  <p>The answer is yes: the redwings now arrive <strong>nine days later</strong> than they did in the first notebook. Inside the model, the call to <code>smooth()</code> matters more than it looks:</p>
  <ol>
    <li>A single foggy night can bring half of a year's birds.</li>
    <li>Fog has become rarer, so
      <ul><li>the raw peak jumps about, and</li><li>the smoothed one does not.</li></ul></li>
    <li>Without the zeros, neither could be computed.</li>
  </ol>
  <h3>What it cannot say</h3>
  <p>One lighthouse is not a coast. H<sub>2</sub>O in the air bends the beam, new masts stand on the hill, and the keeper grew older: in the last notebooks she counts <del>every bird</del> <ins>every flock</ins>.</p>
  <hr>
  <p>Ines Aldermoor is eighty-one now. On clear evenings she still walks up to the point, with a notebook, to write down that nothing came.</p>
  <section class="footnotes" aria-label="Footnotes"><ol>
    <li id="fn1">The notebooks are kept at the Westmere archive under the number WA-1187. <a href="#r1" aria-label="Back">↩</a></li>
  </ol></section>
  <p class="tags">Filed under <a rel="tag" href="/tag/birds">Birds</a>, <a rel="tag" href="/tag/lighthouses">Lighthouses</a></p>
</article>
<section id="comments"><h2>2 comments</h2>
  <div class="comment"><b>Osk</b> <time datetime="2025-10-04">4 October</time><p>My aunt kept the light at Farrow Ness and did the same with seals.</p></div>
  <div class="comment"><b>Lene P.</b> <time datetime="2025-10-05">5 October</time><p>Lovely piece. Where can one see the notebooks?</p></div>
</section>
</main>
<aside class="sidebar"><h2>Most read</h2><ol><li><a href="/news/ferry">The ferry is late again</a></li><li><a href="/culture/choir">A choir of one village</a></li><li><a href="/opinion/benches">In praise of benches</a></li></ol>
<div class="ad" aria-label="Advertisement"><a href="https://ads.example/click?id=77"><img src="/img/ad-boots-300x250.png" alt="Boots, now half price"></a></div>
<form class="newsletter" action="/newsletter" method="post"><h2>The Friday letter</h2><input type="email" name="email" placeholder="Your e-mail"><button>Sign up</button></form></aside>
<footer><p>© 2025 Harbour Gazette. <a href="/imprint">Imprint</a> · <a href="/privacy">Privacy</a> · <a href="/contact">Contact</a></p><p hidden>Hidden build mark 8841</p></footer>
<script>window.dataLayer=window.dataLayer||[];dataLayer.push({page:'article'})</script>`

export const article = pageOf(
  { name: 'article', title: headline, description: 'A long newspaper article: headings, quotes, a table, code, footnotes, structured data, and the usual noise around it.' },
  {
    '/': (x) => page({ title: `${headline} | Harbour Gazette`, description: summary, head: head(x.origin), body }),
    '/short': (x) => page({
      title: 'The ferry is late again | Harbour Gazette',
      head: `<link rel="canonical" href="${x.origin}/short">\n`,
      body: '<main><article><h1>The ferry is late again</h1><p class="byline">By Ole Sand · <time datetime="2025-11-02">2 November 2025</time></p><p>The nine o\'clock ferry left at ten past ten on Sunday, the company said, because the tide was in the wrong place.</p></article></main>',
    }),
    '/de': () => page({
      title: 'Die Leuchtturmwärterin, die jeden Vogel zählte',
      lang: 'de',
      body: '<main><article><h1>Die Leuchtturmwärterin, die jeden Vogel zählte</h1><p>Einunddreißig Jahre lang schrieb Ines Aldermoor auf, was nachts gegen ihre Laterne flog. „Es schien mir unhöflich, es nicht zu tun“, sagt sie.</p></article></main>',
    }),
  },
)
