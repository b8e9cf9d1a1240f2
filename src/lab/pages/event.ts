import { jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

export const event = pageOf(
  { name: 'event', title: 'Night of the Open Sheds', description: 'An event: date with time zone, place, programme, prices.' },
  {
    '/': (x) => page({
      title: 'Night of the Open Sheds · Westmere',
      head: jsonLd({
        '@context': 'https://schema.org', '@type': 'Festival', name: 'Night of the Open Sheds', startDate: '2026-05-30T18:00:00+02:00', endDate: '2026-05-31T01:00:00+02:00',
        eventStatus: 'https://schema.org/EventScheduled', eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
        location: { '@type': 'Place', name: 'Old Rope Works', address: { '@type': 'PostalAddress', streetAddress: 'Quay 7', addressLocality: 'Westmere', postalCode: '10999', addressCountry: 'DE' }, geo: { '@type': 'GeoCoordinates', latitude: 54.321, longitude: 10.123 } },
        organizer: { '@type': 'Organization', name: 'Westmere Workshops', url: `${x.origin}/` },
        performer: [{ '@type': 'MusicGroup', name: 'The Bellows' }],
        offers: [{ '@type': 'Offer', name: 'Evening', price: 12, priceCurrency: 'EUR', availability: 'https://schema.org/InStock' }, { '@type': 'Offer', name: 'Child', price: 0, priceCurrency: 'EUR' }],
      }),
      body: `<main><h1>Night of the Open Sheds</h1><p><time datetime="2026-05-30T18:00:00+02:00">Saturday, 30 May 2026, 18:00</time> to <time datetime="2026-05-31T01:00:00+02:00">01:00</time>, Old Rope Works, Quay 7, Westmere</p>
<p>Twenty-two workshops leave their doors open for one night: boats, bells, bicycles, bread.</p>
<h2>Programme</h2><table><thead><tr><th>Time</th><th>Shed</th><th>What</th></tr></thead><tbody><tr><td rowspan="2">18:00</td><td>3</td><td>Rope making for all</td></tr><tr><td>9</td><td>Casting a bell</td></tr><tr><td>20:30</td><td colspan="2">Parade along the quay</td></tr><tr><td>22:00</td><td>Hall</td><td>The Bellows</td></tr></tbody></table>
<h2>Tickets</h2><dl><dt>Evening</dt><dd>€12</dd><dt>Under 14</dt><dd>free</dd></dl><p><a href="/tickets">Buy tickets</a> · <a href="/event.ics">Add to calendar</a></p></main>`,
    }),
  },
)
