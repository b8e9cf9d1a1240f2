import { page } from '../html.ts'

/** Real content that names every wall and quotes their pages; served through Cloudflare, as half of the web is. */
export const articleAboutWalls = (): string =>
  page({
    title: 'Just a moment... what happens behind a Cloudflare challenge',
    body: `<header><a href="/">Packet Weekly</a></header>
<main><article><h1>&ldquo;Just a moment...&rdquo;: what happens behind a Cloudflare challenge</h1>
<p class="byline">By Sol Ferro · <time datetime="2025-06-01">1 June 2025</time></p>
<p>Everybody has seen the page: <q>Verifying you are human. This may take a few seconds.</q> Behind it, a script measures how your browser draws, how fast it counts and whether it has been here before. Only then does it set a cookie, and the site appears.</p>
<h2>The marks</h2>
<p>A challenge can be recognised by its response header <code>cf-mitigated: challenge</code> and by a script under <code>/cdn-cgi/challenge-platform/</code>. Older block pages say <q>Attention Required! | Cloudflare</q> and <q>Sorry, you have been blocked</q>, with a Ray ID.</p>
<pre><code>HTTP/2 403
server: cloudflare
cf-mitigated: challenge
</code></pre>
<h2>The others</h2>
<ul><li>Akamai answers <q>Access Denied</q> with a reference number.</li><li>DataDome asks to <q>Please enable JS and disable any ad blocker</q> and loads <code>captcha-delivery.com</code>.</li><li>PerimeterX, now HUMAN, wants you to <q>Press &amp; Hold</q>.</li><li>Imperva shows an <q>Incapsula incident ID</q>.</li><li>Kasada serves <code>ips.js</code>.</li></ul>
<p>None of them can be told by words alone: this article holds them all, and you are reading it without having proved anything. What tells a wall is that there is nothing else on the page.</p>
<p>For the owner of a site the choice is a trade. Each wall keeps out some machines, some people with old telephones, and most of those who browse without scripts; how many of each, nobody publishes.</p></article></main>
<script src="/cdn-cgi/scripts/7d0fa10a/cloudflare-static/rocket-loader.min.js" defer></script>`,
  })

/** Asks for a password: a page, not a wall. */
export const loginPage = (): string =>
  page({
    title: 'Log in · Tidewatch',
    body: `<header><a href="/">Tidewatch</a> <nav><a href="/pricing">Pricing</a> <a href="/docs">Docs</a></nav></header>
<main><h1>Log in</h1><form method="post" action="/session"><label>E-mail <input type="email" name="email" autocomplete="username"></label> <label>Password <input type="password" name="password" autocomplete="current-password"></label> <button>Log in</button></form>
<p><a href="/password/reset">Forgot your password?</a> New here? <a href="/signup">Create an account</a>.</p>
<p>Tidewatch tells small harbours when the water is high enough. Customers log in here to see their gauges, the alarms of the last week and their invoices.</p></main>
<footer>© Tidewatch</footer>`,
  })

/** A contact form with a reCAPTCHA in it, on a page with plenty of its own to say. */
export const formWithCaptcha = (): string =>
  page({
    title: 'Contact · Northlight Surveying',
    head: '<script src="https://www.google.com/recaptcha/api.js" async defer></script>\n',
    body: `<header><a href="/">Northlight Surveying</a> <nav><a href="/services">Services</a> <a href="/about">About</a></nav></header>
<main><h1>Contact us</h1><p>We answer within one working day. For urgent matters on a building site, call <a href="tel:+493012345678">+49 30 1234 5678</a> between seven and five.</p>
<h2>Our offices</h2><ul><li>Westmere, Brook Lane 12, ground floor; by bus with line 4 to the corn exchange</li><li>Skerry, Harbour Road 3; there is parking behind the chandlery</li></ul>
<h2>Write to us</h2><form method="post" action="/contact"><label>Name <input name="name"></label> <label>Message <textarea name="message"></textarea></label>
<div class="g-recaptcha" data-sitekey="6LeLabLabLabLabLabLabLabLabLabLabLabLabLa"></div><button>Send</button></form>
<p>This form is protected by reCAPTCHA. Please confirm that you are not a robot before sending.</p>
<h2>What happens next</h2><p>Your message is read by a surveyor, not by a ticket system. If we need plans or access to the plot, we tell you which, and what the survey will cost, before anything is done.</p></main>
<footer><a href="/imprint">Imprint</a></footer>`,
  })
