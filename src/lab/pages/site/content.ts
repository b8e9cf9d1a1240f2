/** The pages of the allotment society: path, title and what stands in the middle. Links here are written in every way that a crawler must understand. */
export interface SitePage {
  readonly path: string
  readonly title: string
  readonly html: string
  readonly modified: string
  readonly head?: string
}

const guide = (slug: string, title: string, html: string): SitePage => ({ path: `/guides/${slug}`, title, html, modified: '2025-03-12' })
const news = (slug: string, title: string, date: string, html: string): SitePage => ({ path: `/news/${slug}`, title, html, modified: date })

const guides: readonly SitePage[] = [
  guide('compost', 'Compost that does not smell', '<p>Two parts brown to one part green, and air. If it smells, it is wet: turn it and add straw.</p><p>See also <a href="watering">watering</a> and <a href="./slugs">slugs</a>.</p>'),
  guide('pruning', 'Pruning apple trees', '<p>Prune in winter for growth, in summer for fruit. Take the dead, the crossing and the crowded, in that order.</p><p><a href="../guides/tools#saws">Which saw?</a></p>'),
  guide('seeds', 'Keeping your own seeds', '<p>Beans, peas, lettuce and tomatoes come true; cabbages cross with everything in the parish.</p><p><a href="/guides/beans?utm_source=newsletter&amp;utm_medium=email">More about beans</a></p>'),
  guide('watering', 'Watering in a dry summer', '<p>Once a week, deeply, in the evening. A litre at the root is worth ten on the leaf.</p><p><a href="/contact?topic=water">Report a dripping tap</a></p>'),
  guide('slugs', 'Slugs: a truce', '<p>Water in the morning, keep a plank as a trap, and plant lettuce where the toads live.</p>'),
  guide('tools', 'Tools to share', '<h2 id="saws">Saws</h2><p>Two pruning saws hang in the shed.</p><h2 id="barrows">Barrows</h2><p>Four, of which three roll.</p><p><a href="HTTPS://SITE.LAB.TEST/plots/../plots/3">Plot 3</a> keeps the key.</p>'),
  guide('beans', 'Runner beans on strings', '<p>Sow in May, two to a string. Pinch out at the top. Pick every other day or they stop.</p>'),
  guide('winter', 'The plot in winter', '<p>Cover bare soil, clean the tools, read the catalogues. Nothing else is urgent.</p><p><a href="/guides/compost#turning">Turning the heap</a></p>'),
]

const newsItems: readonly SitePage[] = [
  news('2025/spring-fair', 'Spring fair on the green', '2025-04-02', '<p>Plants, cake and the tombola. From ten o\'clock; helpers from eight.</p>'),
  news('2025/water-rates', 'Water rates for 2025', '2025-01-15', '<p>The rate per plot is €21, the same as last year.</p><p><a href="/plots">All plots</a></p>'),
  news('2025/gate-code', 'New code for the lower gate', '2025-02-20', '<p>Members find the new code in their letter. It is not printed here.</p>'),
  news('2025/harvest', 'Harvest table', '2025-09-18', '<p>Bring what you have too much of. The longest courgette wins nothing, as always.</p>'),
  news('2025/new-shed', 'The new shed is up', '2025-06-30', '<p>After two years of meetings and one weekend of work.</p><img src="/img/shed-640x400.png" alt="The shed">'),
  news('2024/frost', 'Late frost', '2024-05-03', '<p>Half of the blossom is gone. Fleece helps down to minus two.</p>'),
  news('2024/bees', 'Bees on plot 7', '2024-06-11', '<p>A swarm has moved in. It is being looked after: please keep ten steps away.</p>'),
]

const plots: readonly SitePage[] = Array.from({ length: 8 }, (_, i) => ({
  path: `/plots/${i + 1}`,
  title: `Plot ${i + 1}`,
  html: `<dl><dt>Size</dt><dd>${120 + i * 15} m²</dd><dt>State</dt><dd>${i % 3 === 2 ? 'free' : 'let'}</dd><dt>Soil</dt><dd>${i % 2 === 0 ? 'clay' : 'loam'}</dd></dl><p>${i < 7 ? `Next: <a href="${i + 2}">plot ${i + 2}</a>.` : 'The last plot, by the brook.'} Back to <a href="../plots">all plots</a>.</p>`,
  modified: '2025-05-01',
}))

const index = (title: string, path: string, list: readonly SitePage[], more = ''): SitePage => ({
  path, title, modified: '2025-09-18',
  html: `<ul>${list.map((one) => `<li><a href="${one.path}">${one.title}</a></li>`).join('')}</ul>${more}`,
})

export const sitePages: readonly SitePage[] = [
  {
    path: '/', title: 'Westmere Allotment Society', modified: '2025-09-18',
    html: `<p>Eight plots, one shed, and a waiting list shorter than you think.</p>
<ul>
<li><a href="/about">About us</a>, <a href="about">about us again</a>, <a href="//site.lab.test/about">and again</a>, <a href="/about#people">with a fragment</a>, <a href="/about?utm_source=home">with a tracker</a>, <a href="/about/">with a slash</a></li>
<li><a href="/plots">Plots</a> · <a href="/guides">Guides</a> · <a href="/news">News</a> · <a href="/events">Events</a> · <a href="/contact">Contact</a></li>
<li><a href="/old-plots">The old page of plots</a> (moved) and <a href="/guides/composting">composting</a> (moved twice)</li>
<li><a href="/missing">A page that is not there</a>, <a href="/gone">one that was</a>, <a href="/error">one that fails</a>, <a href="/flaky">one that fails at first</a>, <a href="/slow">one that takes its time</a></li>
<li><a href="/print/about">About us, for printing</a> · <a href="/base/page">A page with a base</a> · <a href="/frames">frames</a></li>
<li><a href="/private/minutes">Minutes</a> (members) · <a href="/search?q=beans">Search</a> · <a rel="nofollow" href="/login">Log in</a></li>
<li><a href="/files/rules.txt">Rules as text</a> · <a href="/files/plan.pdf">Plan as PDF</a> · <a href="/files/tools.csv">Tools as a table</a></li>
<li><a href="https://blog.site.lab.test/">Our blog</a> · <a href="https://article.lab.test/">In the paper</a> · <a href="https://elsewhere.example/">Elsewhere</a></li>
<li><a href="mailto:post@site.lab.test">Write</a> · <a href="tel:+4930123456">Call</a> · <a href="javascript:void(0)">Do nothing</a> · <a href="#top">Top</a> · <a href="">Here</a> · <a>Nowhere</a> · <a href="http://[broken">Broken</a></li>
<li><a href="/loop-a">Round and round</a> · <a href="/maze/a/b">The maze</a></li>
</ul>`,
  },
  { path: '/about', title: 'About us', modified: '2025-01-02', html: '<p>The society was founded in 1911, by people who wanted potatoes.</p><h2 id="people">People</h2><ul><li><a href="about/history">History</a></li><li><a href="/about/team">Committee</a></li></ul>', head: '<link rel="canonical" href="https://site.lab.test/about">\n' },
  { path: '/about/history', title: 'History', modified: '2024-12-01', html: '<p>1911: eleven plots. 1943: thirty. Today: eight, and a car park.</p><p><a href="..">Up</a></p>' },
  { path: '/about/team', title: 'Committee', modified: '2025-01-02', html: '<table><tr><th>Name</th><th>Task</th></tr><tr><td>Grete Holm</td><td>Chair</td></tr><tr><td>Piotr Lis</td><td>Money</td></tr><tr><td>Anna Rook</td><td>Water</td></tr></table>' },
  { path: '/contact', title: 'Contact', modified: '2025-01-02', html: '<address>Westmere Allotment Society<br>Brook Lane 4<br>Westmere<br><a href="mailto:post@site.lab.test">post@site.lab.test</a></address><form method="post" action="/contact"><textarea name="text"></textarea><button>Send</button></form>' },
  index('Plots', '/plots', plots),
  ...plots,
  index('Guides', '/guides', guides, '<p><a href="/guides/?sort=a-z">A to Z</a> · <a href="/guides?b=2&amp;a=1">Two</a> · <a href="/guides?a=1&amp;b=2">The same two</a></p>'),
  ...guides,
  index('News', '/news', newsItems.slice(0, 5), '<p><a rel="next" href="?page=2">Older</a></p>'),
  ...newsItems,
  { path: '/events', title: 'Events', modified: '2025-09-18', html: '<p><a href="/events/calendar?month=2025-10">Calendar</a></p><ul><li>Work day: first Saturday of the month</li></ul>' },
  { path: '/orphan', title: 'Found by the sitemap only', modified: '2025-08-08', html: '<p>No page links here.</p>' },
  { path: '/imprint', title: 'Imprint', modified: '2025-01-02', html: '<p>Westmere Allotment Society, register no. 1911.</p>', head: '<meta name="robots" content="noindex">\n' },
  { path: '/base/page', title: 'A page with a base', modified: '2025-01-02', html: '<p><a href="winter">Winter</a> is a guide, whatever the address bar says.</p>', head: '<base href="/guides/">\n' },
  { path: '/frames', title: 'Frames', modified: '2025-01-02', html: '<iframe src="/about/team" title="Committee"></iframe><map name="plan"><area shape="rect" coords="0,0,9,9" href="/plots/5" alt="Plot 5"></map><link rel="alternate" type="application/atom+xml" href="/feed.xml">' },
]

export const newsOlder = newsItems.slice(5)
export const newsInFeed = newsItems
