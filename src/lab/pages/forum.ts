import { each, jsonLd, page } from '../html.ts'
import { pageOf, type Render } from './page.ts'

interface Post {
  author: string
  role: string
  posts: number
  at: string
  html: string
  likes: number
}

const topic = 'Leaking bellows on a 1920s concertina: glue or replace?'

const posts: readonly Post[] = [
  { author: 'reedwarbler', role: 'Member', posts: 41, at: '2025-05-11T19:02:00Z', likes: 3, html: '<p>I was given my grandfather\'s concertina. It plays, but loses air so fast that I cannot hold a note longer than two seconds.</p><p>The folds look sound, the <strong>corners</strong> do not. Is there any point in patching, or do I need new bellows?</p><p><img src="/img/bellows-corner-640x480.png" alt="A worn corner of the bellows"></p>' },
  { author: 'Halvard', role: 'Repairer', posts: 2207, at: '2025-05-11T20:15:00Z', likes: 19, html: '<p>Patch. Worn corners are the normal case at that age and a good evening\'s work:</p><ol><li>Close the bellows and hold them to a lamp in a dark room: mark every point of light.</li><li>Skive goat leather to 0.3 mm.</li><li>Hide glue, <em>never</em> white glue.</li></ol><p>New bellows cost more than most instruments of that kind.</p>' },
  { author: 'tin_ear', role: 'Member', posts: 8, at: '2025-05-12T07:44:00Z', likes: 0, html: '<p>Why not white glue? I used it on mine and it holds.</p>' },
  { author: 'Halvard', role: 'Repairer', posts: 2208, at: '2025-05-12T08:01:00Z', likes: 27, html: '<blockquote><p><cite>tin_ear wrote:</cite> Why not white glue?</p></blockquote><p>Because the next person has to get it off again. Hide glue lets go with warm water.</p>' },
  { author: 'Mrs Ott', role: 'Moderator', posts: 930, at: '2025-05-12T12:30:00Z', likes: 11, html: '<p>There is a <a href="/t/how-to-test-for-leaks/88">guide to finding leaks</a> in the wiki. The short test:</p><pre><code>close, hold the button, hang by one handle\nmore than 20 s to open: fine\nless than 8 s: corners or pads</code></pre>' },
  { author: 'reedwarbler', role: 'Member', posts: 42, at: '2025-05-19T21:50:00Z', likes: 34, html: '<p>Done! Eleven corners, two evenings. It now takes <strong>26 seconds</strong> to open. Thank you all.</p>' },
]

const render: Render = (x) =>
  page({
    title: `${topic} - Repairs - Bench & Bellows`,
    head: `<link rel="canonical" href="${x.origin}/">\n<link rel="next" href="${x.origin}/?page=2">\n${jsonLd({
      '@context': 'https://schema.org',
      '@type': 'DiscussionForumPosting',
      headline: topic,
      url: `${x.origin}/`,
      author: { '@type': 'Person', name: 'reedwarbler' },
      datePublished: posts[0]?.at,
      interactionStatistic: { '@type': 'InteractionCounter', interactionType: 'https://schema.org/CommentAction', userInteractionCount: posts.length - 1 },
    })}`,
    body: `<header><a href="/forums">Bench &amp; Bellows</a> <nav><a href="/forums">Forums</a> <a href="/members">Members</a> <a href="/login">Log in</a> <a href="/register">Register</a></nav></header>
<nav class="crumbs"><a href="/forums">Forums</a> » <a href="/forums/repairs">Repairs</a></nav>
<main><h1>${topic}</h1>
<p class="info">${posts.length} posts · 1,482 views · <a href="/tags/concertina">concertina</a> <a href="/tags/bellows">bellows</a></p>
${each(posts, (post, i) => `<article class="post" id="post-${i + 1}">
<aside class="user"><img class="avatar" src="/img/avatar-${post.author.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-64x64.png" alt=""><a class="username" href="/u/${encodeURIComponent(post.author)}">${post.author}</a><span class="role">${post.role}</span><span>${post.posts} posts</span></aside>
<div class="post-body"><p class="meta"><a href="#post-${i + 1}">#${i + 1}</a> <time datetime="${post.at}">${post.at.slice(0, 10)}</time></p>
<div class="content">${post.html}</div>
<p class="actions"><button>Like</button> <span>${post.likes} likes</span> <a href="/reply?to=${i + 1}">Reply</a> <a href="/report?post=${i + 1}">Report</a></p></div>
</article>`)}
<nav class="pagination" aria-label="Pages"><span>1</span> <a href="/?page=2">2</a> <a rel="next" href="/?page=2">Next</a></nav>
<p><a href="/login">Log in</a> to reply.</p></main>
<aside><h2>Similar topics</h2><ul><li><a href="/t/sticky-buttons/91">Sticky buttons after a wet summer</a> <small>12 replies</small></li><li><a href="/t/tuning-reeds/40">Tuning reeds without a bench</a> <small>58 replies</small></li></ul></aside>
<footer>Bench &amp; Bellows · <a href="/rules">Rules</a> · Powered by nothing in particular</footer>`,
  })

export const forum = pageOf(
  { name: 'forum', title: topic, description: 'A forum thread: posts with authors, times, quotes, likes and signatures.' },
  { '/': render },
)
