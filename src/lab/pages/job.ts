import { jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

export const job = pageOf(
  { name: 'job', title: 'Boat builder (all genders)', description: 'A job advertisement: salary, place, duties, wishes, deadline.' },
  {
    '/': () => page({
      title: 'Boat builder (all genders) – Farrow Yard',
      head: jsonLd({
        '@context': 'https://schema.org', '@type': 'JobPosting', title: 'Boat builder', datePosted: '2025-10-20', validThrough: '2026-01-15T23:59', employmentType: ['FULL_TIME', 'PART_TIME'],
        hiringOrganization: { '@type': 'Organization', name: 'Farrow Yard', sameAs: 'https://service.lab.test/' },
        jobLocation: { '@type': 'Place', address: { '@type': 'PostalAddress', addressLocality: 'Farrow', addressRegion: 'Westmere', addressCountry: 'DE' } },
        baseSalary: { '@type': 'MonetaryAmount', currency: 'EUR', value: { '@type': 'QuantitativeValue', minValue: 38000, maxValue: 46000, unitText: 'YEAR' } },
        description: '<p>You build and mend wooden boats up to twelve metres.</p>',
      }),
      body: `<header><a href="/">Farrow Yard</a> <a href="/jobs">All jobs</a></header><main><h1>Boat builder (all genders)</h1><p>Farrow, Westmere · full or part time · €38,000–46,000 a year · apply by <time datetime="2026-01-15">15 January 2026</time></p>
<h2>What you do</h2><ul><li>Build and mend wooden boats up to twelve metres</li><li>Choose timber with us, twice a year</li><li>Teach one apprentice</li></ul>
<h2>What you bring</h2><ul><li>A certificate, or five boats that float</li><li>Patience with varnish</li></ul>
<h2>What we offer</h2><p>Thirty days of leave, a warm shed, and the first sail in every boat.</p><p><a class="button" href="/apply">Apply</a></p></main>`,
    }),
  },
)
