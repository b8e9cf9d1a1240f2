import { each, jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

const essays = [
  { slug: 'on-benches', title: 'On benches', author: 'Tove Rand', words: 1900, date: '2025-08-01', blurb: 'A bench says that someone expected you. An inventory of the eleven on the harbour walk.' },
  { slug: 'the-last-typewriter', title: 'The last typewriter', author: 'Amon Reil', words: 3200, date: '2025-07-15', blurb: 'It took four people and a locksmith to find a ribbon.' },
  { slug: 'salt', title: 'Salt', author: 'Ines Aldermoor', words: 2400, date: '2025-06-20', blurb: 'What the sea leaves on windows, and what it leaves in people.' },
  { slug: 'a-map-of-smells', title: 'A map of smells', author: 'Jon Brack', words: 1500, date: '2025-05-30', blurb: 'Bread at six, tar at noon, lilac in the first week of May: a town drawn without a single line.' },
  { slug: 'knots', title: 'Seven knots', author: 'Marta Quill', words: 2800, date: '2025-05-02', blurb: 'You need two. The other five are for company.' },
  { slug: 'counting-sheep', title: 'Counting sheep', author: 'Tove Rand', words: 2100, date: '2025-04-11', blurb: 'Yan, tan, tethera: how shepherds count, and why they stop at twenty.' },
  { slug: 'the-fog-signal', title: 'The fog signal', author: 'Amon Reil', words: 4100, date: '2025-03-23', blurb: 'For ninety years the town slept badly and nobody drowned.' },
  { slug: 'an-honest-clock', title: 'An honest clock', author: 'Lene Park', words: 1700, date: '2025-02-14', blurb: 'It is wrong four times a day, and says so.' },
] as const

export const collection = pageOf(
  { name: 'collection', title: 'Long reads', description: 'The front of a section: teasers of eight essays, each with author, date, length and a few lines.' },
  {
    '/': (x) => page({
      title: 'Long reads | Harbour Gazette',
      description: 'Essays of the Harbour Gazette, newest first.',
      head: jsonLd({ '@context': 'https://schema.org', '@type': 'CollectionPage', name: 'Long reads', hasPart: essays.map((one) => ({ '@type': 'Article', headline: one.title, url: `${x.origin}/essays/${one.slug}`, datePublished: one.date, author: { '@type': 'Person', name: one.author } })) }),
      body: `<header><a href="/">Harbour Gazette</a><nav><a href="/news">News</a> <a href="/essays">Long reads</a></nav></header>
<main><h1>Long reads</h1><p class="intro">One essay every three weeks, for the train, the ferry or the bench.</p>
${each(essays, (one, i) => `<article class="teaser${i === 0 ? ' lead' : ''}"><a href="/essays/${one.slug}"><img src="/img/essay-${one.slug}-480x270.png" alt="" loading="lazy"></a>
<h2><a href="/essays/${one.slug}">${one.title}</a></h2><p>${one.blurb}</p><p class="meta">By ${one.author} · <time datetime="${one.date}">${one.date}</time> · ${Math.ceil(one.words / 230)} min</p></article>`)}
<p><a href="/essays/archive">All essays since 1998</a></p></main>
<aside><h2>The Friday letter</h2><form><input type="email" placeholder="Your e-mail"><button>Sign up</button></form></aside>
<footer>© 2025 Harbour Gazette</footer>`,
    }),
  },
)
