import { each, page } from '../html.ts'
import { pageOf, type Render } from './page.ts'

interface Doc {
  path: string
  title: string
  content: string
}

const installation: Doc = {
  path: '/guide/installation',
  title: 'Installation',
  content: `<p>Kestrel needs nothing but a folder to write to.</p>
<h2 id="package">From the package</h2>
<pre><code class="language-bash">npm install kestrel
npx kestrel init ./queue
</code></pre>
<h2 id="check">Check that it works</h2>
<pre><code class="language-console">$ npx kestrel doctor
folder   ./queue   ok
clock    monotonic ok
</code></pre>`,
}

const quickstart: Doc = {
  path: '/',
  title: 'Quick start',
  content: `<p>Kestrel is a small, durable task queue. This page takes you from nothing to a worker that survives a power cut, in about five minutes.</p>
<div class="admonition note" role="note"><p class="admonition-title">Note</p><p>Kestrel is made up. It exists so that documentation pages can be tested.</p></div>
<h2 id="first-task">Your first task<a class="headerlink" href="#first-task" title="Link to this heading">¶</a></h2>
<p>A <dfn>task</dfn> is a name and some JSON. Put one into the queue:</p>
<div class="highlight"><button class="copy" aria-label="Copy">Copy</button><pre><code class="language-typescript">import { open } from 'kestrel'

const queue = await open('./queue')
await queue.put('greet', { name: 'Ada' }, {
  retries: 3,      // then it moves to the dead letters
  delayMs: 1_000,
})
</code></pre></div>
<h2 id="worker">A worker<a class="headerlink" href="#worker" title="Link to this heading">¶</a></h2>
<p>A worker is a function per name. It is called <strong>at least once</strong>; see <a href="/concepts/delivery#at-least-once">delivery</a> for what that asks of you.</p>
<pre><code class="language-typescript">await queue.work({
  greet: async ({ name }) =&gt; {
    if (name.length &lt; 1) throw new Error('no name')
    console.log(\`Hello, \${name}\`)
  },
})
</code></pre>
<div class="admonition warning" role="note"><p class="admonition-title">Warning</p><p>A worker that neither returns nor throws keeps its lease until <code>leaseMs</code> has passed.</p></div>
<h2 id="options">Options<a class="headerlink" href="#options" title="Link to this heading">¶</a></h2>
<table><thead><tr><th>Option</th><th>Type</th><th>Default</th><th>Meaning</th></tr></thead><tbody>
<tr><td><code>retries</code></td><td><code>number</code></td><td><code>0</code></td><td>Attempts after the first one.</td></tr>
<tr><td><code>delayMs</code></td><td><code>number</code></td><td><code>0</code></td><td>Earliest start, from now.</td></tr>
<tr><td><code>key</code></td><td><code>string | undefined</code></td><td></td><td>Tasks with equal keys run one after the other.</td></tr>
</tbody></table>
<h3 id="retry-times">Retry times</h3>
<p>The wait before attempt <var>n</var> is <code>min(2^n, 300)</code> seconds. In full:</p>
<dl><dt><code>linear</code></dt><dd>The same wait each time.</dd><dt><code>exponential</code></dt><dd>Twice the last wait, up to five minutes.</dd></dl>
<details><summary>Why not for ever?</summary><p>Because a task that has failed for a week is a decision that nobody has made.</p></details>
<h2 id="next">Next steps<a class="headerlink" href="#next" title="Link to this heading">¶</a></h2>
<ul class="contains-task-list"><li><input type="checkbox" checked disabled> Install</li><li><input type="checkbox" disabled> Read about <a href="/concepts/delivery">delivery</a></li><li><input type="checkbox" disabled> Try the <a href="/reference/api">API reference</a></li></ul>`,
}

const delivery: Doc = {
  path: '/concepts/delivery',
  title: 'Delivery',
  content: `<p>Kestrel writes a task to disk before <code>put</code> returns.</p>
<h2 id="at-least-once">At least once</h2><p>If a worker dies in the middle, its lease runs out and another worker gets the task. Make handlers idempotent:</p>
<ol><li>take the task's <code>id</code>,</li><li>write it beside your own change, in one transaction,</li><li>do nothing if it is already there.</li></ol>
<h2 id="order">Order</h2><p>Tasks with the same <code>key</code> run in the order in which they were put. Others may overtake each other.</p>`,
}

const reference: Doc = {
  path: '/reference/api',
  title: 'API reference',
  content: `<h2 id="open"><code>open(folder, options?)</code></h2>
<p>Opens a queue. Throws <code>LockedError</code> if another process has it open.</p>
<pre><code class="language-typescript">declare function open(folder: string, options?: {
  fsync?: 'always' | 'batch'
}): Promise&lt;Queue&gt;
</code></pre>
<h2 id="put"><code>queue.put(name, data, options?)</code></h2><p>Returns the id of the task.</p>
<h2 id="work"><code>queue.work(handlers)</code></h2><p>Runs until <code>queue.close()</code> is called.</p>`,
}

const docsPages: readonly Doc[] = [quickstart, installation, delivery, reference]

const headingsOf = (content: string): { id: string; text: string }[] =>
  Array.from(content.matchAll(/<h2 id="([^"]+)">(.*?)(?:<a class|<\/h2>)/g), (match) => ({ id: match[1] ?? '', text: match[2] ?? '' }))

const render = (doc: Doc): Render => () => {
  const at = docsPages.indexOf(doc)
  const [before, after] = [docsPages[at - 1], docsPages[at + 1]]
  return page({
    title: `${doc.title} — Kestrel 2.4 documentation`,
    head: '<meta name="generator" content="Lab Docs 1.0">\n<meta name="docsearch:version" content="2.4">\n',
    body: `<header class="navbar"><a href="/">Kestrel</a> <select aria-label="Version"><option>2.4</option><option>1.9</option></select> <input type="search" placeholder="Search docs (press /)"> <a href="https://code.example/kestrel">Source</a></header>
<div class="layout">
<nav class="sidebar" aria-label="Documentation"><ul>
${each(docsPages, (one) => `<li${one === doc ? ' class="current"' : ''}><a href="${one.path}">${one.title}</a></li>`)}
<li><a href="/reference/cli">Command line</a></li><li><a href="/reference/errors">Errors</a></li><li><a href="/changelog">Changelog</a></li>
</ul></nav>
<main class="content" role="main"><nav class="crumbs"><a href="/">Docs</a> / ${doc.title}</nav>
<article class="markdown-body"><h1>${doc.title}</h1>
${doc.content}
</article>
<p class="edit"><a href="https://code.example/kestrel/edit${doc.path}">Edit this page</a> · Last updated <time datetime="2025-08-19">19 August 2025</time></p>
<nav class="pager">${before ? `<a rel="prev" href="${before.path}">← ${before.title}</a>` : ''} ${after ? `<a rel="next" href="${after.path}">${after.title} →</a>` : ''}</nav>
</main>
<aside class="toc" aria-label="On this page"><h2>On this page</h2><ul>
${each(headingsOf(doc.content), (one) => `<li><a href="#${one.id}">${one.text}</a></li>`)}
</ul></aside>
</div>
<footer>Built with care. <a href="/licence">Licence</a></footer>`,
  })
}

export const docs = pageOf(
  { name: 'docs', title: 'Kestrel documentation', description: 'Documentation with a sidebar, code blocks, admonitions, option tables and a pager.' },
  Object.fromEntries(docsPages.map((doc) => [doc.path, render(doc)])),
)
