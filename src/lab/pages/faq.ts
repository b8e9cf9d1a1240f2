import { each, jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

const questions = [
  ['May I bring my dog?', 'Yes, on every crossing, for €2. It has to like boats; we cannot turn round.'],
  ['What happens in fog?', 'We wait. Your ticket stays valid until there is a crossing, and the tea in the hall is on us.'],
  ['Do I have to book?', 'Only with a car. People on foot find a place until five minutes before we leave.'],
  ['Can I get my money back?', 'Up to a day before the crossing, all of it. After that, half. Write to <a href="mailto:tickets@ferry.example">tickets@ferry.example</a>.'],
  ['Where do I leave my bicycle?', 'On the lower deck, left side. Straps hang on the wall; please use two.'],
] as const

export const faq = pageOf(
  { name: 'faq', title: 'Questions about the ferry', description: 'Questions and answers behind details elements, with structured data.' },
  {
    '/': () => page({
      title: 'Questions and answers · Skerry Ferry',
      head: jsonLd({ '@context': 'https://schema.org', '@type': 'FAQPage', mainEntity: questions.map(([question, text]) => ({ '@type': 'Question', name: question, acceptedAnswer: { '@type': 'Answer', text } })) }),
      body: `<header><a href="/">Skerry Ferry</a> <nav><a href="/times">Times</a> <a href="/prices">Prices</a></nav></header><main><h1>Questions and answers</h1>
${each(questions, ([question, text], i) => `<details${i === 0 ? ' open' : ''}><summary>${question}</summary><div><p>${text}</p></div></details>`)}
</main><footer>Skerry Ferry, since 1902</footer>`,
    }),
  },
)
