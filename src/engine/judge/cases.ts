import type { Verdict } from './verdict.ts'

export interface JudgeCase {
  name: string
  /** What real page this is written after. */
  after: string
  status: number
  headers?: [string, string][]
  contentType?: string
  body: string
  verdict: Partial<Verdict> & { kind: Verdict['kind'] }
}

const filler = (words: number): string => `<p>${'lorem ipsum dolor sit amet consectetur '.repeat(Math.ceil(words / 6))}</p>`
const article = (title: string, inner: string): string => `<!doctype html><html><head><title>${title}</title></head><body><nav><a href="/a">A</a></nav><main><article><h1>${title}</h1>${inner}${filler(700)}</article></main></body></html>`

/** All bodies were written for this project in November 2026 after the structure of the pages named; none is a copy. */
export const judgeCases: readonly JudgeCase[] = [
  // Walls
  {
    name: 'Cloudflare managed challenge', after: 'Cloudflare "Just a moment..." interstitial, 2024 and later', status: 403, headers: [['cf-mitigated', 'challenge'], ['server', 'cloudflare']],
    body: '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta http-equiv="refresh" content="360"></head><body><div class="main-wrapper"><noscript><div class="h2">Enable JavaScript and cookies to continue</div></noscript></div><script>(function(){window._cf_chl_opt={cvId:"3",cZone:"site.test",cType:"managed"};var a=document.createElement("script");a.src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=1";document.head.appendChild(a)}());</script></body></html>',
    verdict: { kind: 'blocked', vendor: 'cloudflare', passable: true },
  },
  {
    name: 'Cloudflare challenge under a status of success, header lost', after: 'the same behind a proxy that rewrites status and headers', status: 200,
    body: '<html><head><title>Un momento…</title></head><body><script>window._cf_chl_opt={cType:"interactive"}</script><h1>site.test</h1><p>Verificando que usted es un ser humano.</p></body></html>',
    verdict: { kind: 'blocked', vendor: 'cloudflare', passable: true },
  },
  {
    name: 'Cloudflare browser check of old', after: 'Cloudflare "Checking your browser", before 2022', status: 503, headers: [['retry-after', '5']],
    body: '<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before accessing site.test.</h1><form id="challenge-form" action="/cdn-cgi/l/chk_jschl"><input type="hidden" name="jschl-answer"></form></body></html>',
    verdict: { kind: 'blocked', vendor: 'cloudflare', passable: true },
  },
  {
    name: 'Cloudflare block', after: 'Cloudflare "Attention Required!" error 1020', status: 403,
    body: '<html><head><title>Attention Required! | Cloudflare</title></head><body><div id="cf-wrapper"><div id="cf-error-details"><h1>Sorry, you have been blocked</h1><h2>You are unable to access site.test</h2><p>This website is using a security service to protect itself from online attacks.</p></div></div></body></html>',
    verdict: { kind: 'blocked', vendor: 'cloudflare', passable: false },
  },
  {
    name: 'Akamai access denied', after: 'AkamaiGHost "Access Denied" with reference number', status: 403, headers: [['server', 'AkamaiGHost']],
    body: '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;site.test&#47;" on this server.<P>Reference&#32;&#35;18&#46;2d351ab8</P></BODY></HTML>',
    verdict: { kind: 'blocked', vendor: 'akamai', passable: false },
  },
  {
    name: 'Akamai bot manager interstitial', after: 'Akamai "bm-verify" refresh page', status: 200,
    body: '<html><head><meta http-equiv="refresh" content="5; URL=\'/?bm-verify=AAQAAAAJ\'"></head><body><script>var i=1;var j=i+Number("1"+"2");</script></body></html>',
    verdict: { kind: 'blocked', vendor: 'akamai', passable: true },
  },
  {
    name: 'Akamai cryptographic challenge', after: 'Akamai "sec-if-cpt-container" page', status: 428,
    body: '<html><head><title>Challenge Validation</title></head><body><div id="sec-if-cpt-container"></div><script src="/_sec/cp_challenge/ak-challenge-4-3.js"></script></body></html>',
    verdict: { kind: 'blocked', vendor: 'akamai', passable: true },
  },
  {
    name: 'DataDome captcha', after: 'DataDome 403 page with the captcha host in a frame', status: 403, headers: [['x-datadome', 'protected']],
    body: `<html><head><title>site.test</title></head><body style="margin:0"><p id="cmsg">Please enable JS and disable any ad blocker</p><script>var dd={'rt':'c','cid':'AHrl','hsh':'A1','t':'bv','s':1,'host':'geo.captcha-delivery.com'}</script><script src="https://ct.captcha-delivery.com/c.js"></script></body></html>`,
    verdict: { kind: 'blocked', vendor: 'datadome', passable: false },
  },
  {
    name: 'DataDome device check', after: 'DataDome interstitial', status: 403,
    body: `<html><head><title>site.test</title></head><body><script>var dd={'rt':'i','cid':'A','host':'geo.captcha-delivery.com'}</script><script src="https://ct.captcha-delivery.com/i.js"></script></body></html>`,
    verdict: { kind: 'blocked', vendor: 'datadome', passable: true },
  },
  {
    name: 'DataDome as JSON', after: 'DataDome answer to an XHR', status: 403, contentType: 'application/json',
    body: '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AHrl"}',
    verdict: { kind: 'blocked', vendor: 'datadome', passable: false },
  },
  {
    name: 'PerimeterX press and hold', after: 'HUMAN "Access to this page has been denied"', status: 403,
    body: '<html><head><title>Access to this page has been denied</title></head><body><div class="px-captcha-container"><div id="px-captcha"></div><p>Press &amp; Hold to confirm you are a human (and not a bot).</p></div><script>window._pxAppId="PX1";window._pxBlockedUrl="https://site.test/"</script></body></html>',
    verdict: { kind: 'blocked', vendor: 'perimeterx', passable: false },
  },
  {
    name: 'Imperva incident', after: 'Incapsula "Request unsuccessful" page', status: 200,
    body: '<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><body><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=9&xinfo=1">Request unsuccessful. Incapsula incident ID: 123-456</iframe><p>Request unsuccessful. Incapsula incident ID: 123-456</p></body></html>',
    verdict: { kind: 'blocked', vendor: 'imperva', passable: false },
  },
  {
    name: 'Imperva script challenge', after: 'Incapsula page with its script alone', status: 200,
    body: '<html><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"><script src="/_Incapsula_Resource?SWJIYLWA=5074a744e2e3d891814e9a2dace20bd4"></script></head><body></body></html>',
    verdict: { kind: 'blocked', vendor: 'imperva', passable: true },
  },
  {
    name: 'Imperva interruption', after: 'Distil "Pardon Our Interruption"', status: 200,
    body: `<html><head><title>Pardon Our Interruption</title></head><body><h1>Pardon Our Interruption...</h1><p>As you were browsing, something about your browser made us think you might be a bot.</p></body></html>`,
    verdict: { kind: 'blocked', vendor: 'imperva' },
  },
  { name: 'AWS WAF challenge by header', after: 'AWS WAF challenge action', status: 202, headers: [['x-amzn-waf-action', 'challenge']], body: '', verdict: { kind: 'blocked', vendor: 'aws_waf', passable: true } },
  {
    name: 'AWS WAF challenge', after: 'AWS WAF challenge page', status: 202,
    body: '<html><head><title></title></head><body><div id="challenge-container"></div><script>window.gokuProps={"key":"A","iv":"B","context":"C"};</script><script src="https://1.edge.sdk.awswaf.com/1/challenge.js"></script></body></html>',
    verdict: { kind: 'blocked', vendor: 'aws_waf', passable: true },
  },
  {
    name: 'AWS WAF captcha', after: 'AWS WAF "Human Verification"', status: 405, headers: [['x-amzn-waf-action', 'captcha']],
    body: '<html><head><title>Human Verification</title></head><body><div id="captcha-container"></div><script>AwsWafCaptcha.render()</script></body></html>',
    verdict: { kind: 'blocked', vendor: 'aws_waf', passable: false },
  },
  {
    name: 'Amazon robot page', after: 'Amazon "Robot Check" of 2018 and later', status: 200,
    body: '<!doctype html><!-- To discuss automated access to Amazon data please contact api-services-support@amazon.com. --><html><head><title>Robot Check</title></head><body><h4>Enter the characters you see below</h4><p>Sorry, we just need to make sure you\'re not a robot.</p><form method="get" action="/errors/validateCaptcha"><img src="https://images.test/captcha/a.jpg"><input id="captchacharacters"></form></body></html>',
    verdict: { kind: 'blocked', vendor: 'amazon', passable: false },
  },
  {
    name: 'Amazon continue shopping', after: 'Amazon "Click the button below to continue shopping", 2025', status: 200,
    body: '<html><head><title>Amazon.com</title></head><body><h4>Click the button below to continue shopping</h4><form action="/errors/validateCaptcha" method="get"><input type="hidden" name="amzn" value="x"><button>Continue shopping</button></form></body></html>',
    verdict: { kind: 'blocked', vendor: 'amazon' },
  },
  {
    name: 'Kasada', after: 'Kasada ips.js page with 429', status: 429, headers: [['x-kpsdk-ct', '0abc']],
    body: '<!DOCTYPE html><html><head></head><body><script>window.KPSDK={};KPSDK.now=Date.now;</script><script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39-8ed7-437e-a3be-862e0f06eea3/ips.js?tkrm_alpekz_s1.3=0"></script></body></html>',
    verdict: { kind: 'blocked', vendor: 'kasada', passable: true },
  },
  {
    name: 'Sucuri block', after: 'Sucuri "Access Denied" page', status: 403,
    body: '<html><head><title>Sucuri WebSite Firewall - Access Denied</title></head><body><h1>Access Denied - Sucuri Website Firewall</h1><p>If you are the site owner, please whitelist your IP.</p></body></html>',
    verdict: { kind: 'blocked', vendor: 'sucuri', passable: false },
  },
  {
    name: 'Sucuri redirect', after: 'Sucuri "You are being redirected..."', status: 307,
    body: '<html><title>You are being redirected...</title><noscript>Javascript is required. Please enable javascript.</noscript><script>var s={},u,c,U,r,i,l=0,a,e=eval,w=String.fromCharCode,sucuri_cloudproxy_js="",S="cz0n";</script></html>',
    verdict: { kind: 'blocked', vendor: 'sucuri', passable: true },
  },
  { name: 'F5 request rejected', after: 'F5 BIG-IP ASM support ID page', status: 200, body: '<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 1234567890</body></html>', verdict: { kind: 'blocked', vendor: 'f5' } },
  { name: 'Vercel checkpoint', after: 'Vercel Security Checkpoint', status: 429, headers: [['x-vercel-mitigated', 'challenge']], body: '<html><head><title>Vercel Security Checkpoint</title></head><body><p>We\'re verifying your browser</p><script>1</script></body></html>', verdict: { kind: 'blocked', vendor: 'vercel', passable: true } },
  { name: 'Anubis', after: 'Anubis proof-of-work page', status: 200, body: '<html><head><title>Making sure you&#39;re not a bot!</title><script id="anubis_challenge" type="application/json">{}</script></head><body><h1>Making sure you\'re not a bot!</h1><p>You are seeing this because the administrator of this website has set up Anubis.</p></body></html>', verdict: { kind: 'blocked', vendor: 'anubis', passable: true } },
  { name: 'Google unusual traffic', after: 'google.com/sorry', status: 429, body: '<html><head><title>https://www.google.com/search?q=x</title></head><body><form id="captcha-form" action="index" method="post"></form><p>Our systems have detected unusual traffic from your computer network.</p></body></html>', verdict: { kind: 'blocked', vendor: 'google' } },
  { name: 'LinkedIn', after: 'LinkedIn status 999', status: 999, body: '<html><script>window.onload=1</script></html>', verdict: { kind: 'blocked', vendor: 'linkedin' } },
  { name: 'a captcha of nobody known', after: 'self-made reCAPTCHA gates of shops', status: 200, body: '<html><head><title>Security check</title><script src="https://www.google.com/recaptcha/api.js"></script></head><body><p>Please verify you are a human to continue.</p><div class="g-recaptcha" data-sitekey="x"></div></body></html>', verdict: { kind: 'blocked', vendor: 'unknown' } },
  { name: 'a refusal of nobody known', after: 'nginx rules that name automated requests', status: 403, body: '<h1>Access denied</h1><p>Automated requests from your network are not permitted.</p>', verdict: { kind: 'blocked', vendor: 'unknown' } },

  // Not walls
  { name: 'an article about Cloudflare', after: 'blog posts on challenges', status: 200, body: article('Just a moment... how Cloudflare challenges work', '<p>The page sets <code>window._cf_chl_opt</code> and asks to verify you are human. Attention Required! | Cloudflare.</p>'), verdict: { kind: 'ok' } },
  { name: 'a short note that quotes a challenge', after: 'answers on question sites', status: 200, body: '<html><head><title>Detecting challenges</title></head><body><h1>Detecting challenges</h1><pre>&lt;script&gt;window._cf_chl_opt={}&lt;/script&gt;</pre><p>Search for that.</p></body></html>', verdict: { kind: 'ok' } },
  { name: 'a page with Cloudflare\'s own script', after: 'pages with JavaScript detections switched on', status: 200, body: `<html><head><title>Shop</title></head><body><h1>Shop</h1>${filler(60)}<script>window.__CF$cv$params={r:'1'};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script></body></html>`, verdict: { kind: 'ok' } },
  { name: 'a contact page with reCAPTCHA', after: 'contact forms of small businesses', status: 200, body: '<html><head><title>Contact us</title><script src="https://www.google.com/recaptcha/api.js"></script></head><body><h1>Contact us</h1><form><input name="email"><textarea name="message"></textarea><div class="g-recaptcha"></div></form><p>This site is protected by reCAPTCHA. Call us at 555.</p></body></html>', verdict: { kind: 'ok' } },
  { name: 'a login page with a captcha', after: 'login forms with Turnstile', status: 200, body: '<html><head><title>Log in</title><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script></head><body><h1>Log in</h1><form><input name="user"><input type="password" name="p"><div class="cf-turnstile"></div><p>Please verify you are human.</p></form></body></html>', verdict: { kind: 'ok' } },
  { name: 'a page with the sensor of PerimeterX', after: 'shops protected by HUMAN', status: 200, body: `<html><head><title>Shoes</title><script>window._pxAppId='PX1'</script></head><body><h1>Shoes</h1>${filler(60)}</body></html>`, verdict: { kind: 'ok' } },
  { name: 'a page with the script of Incapsula', after: 'sites behind Imperva', status: 200, body: `<html><head><title>Bank</title><script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script></head><body><h1>Bank</h1>${filler(100)}</body></html>`, verdict: { kind: 'ok' } },
  { name: 'an article titled Access denied', after: 'support articles', status: 200, body: article('Access denied', '<p>What to do when access to this page has been denied.</p>'), verdict: { kind: 'ok' } },
  { name: 'a product named Captcha', after: 'vendors of captchas', status: 200, body: `<html><head><title>CAPTCHA</title></head><body><nav>${'<a href="/x">x</a>'.repeat(12)}</nav><h1>CAPTCHA</h1>${filler(90)}</body></html>`, verdict: { kind: 'ok' } },

  // Errors and rates
  { name: 'not found', after: 'any 404', status: 404, body: '<h1>Not found</h1>', verdict: { kind: 'http_error', status: 404 } },
  { name: 'forbidden without any wall', after: 'nginx 403', status: 403, body: '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>', verdict: { kind: 'http_error', status: 403 } },
  { name: 'a server error', after: 'Cloudflare 522', status: 522, body: '<html><head><title>site.test | 522: Connection timed out</title></head><body><div id="cf-wrapper"><div id="cf-error-details"><h1>Connection timed out</h1><span class="cf-error-code">522</span></div></div></body></html>', verdict: { kind: 'http_error', status: 522 } },
  { name: 'too many requests', after: 'nginx limit_req', status: 429, headers: [['Retry-After', '120']], body: '<h1>429 Too Many Requests</h1>', verdict: { kind: 'rate_limited', retryAfterSeconds: 120 } },
  { name: 'too many requests until a date', after: 'API gateways', status: 429, headers: [['retry-after', 'Fri, 20 Nov 2026 10:02:00 GMT'], ['date', 'Fri, 20 Nov 2026 10:00:00 GMT']], body: '', verdict: { kind: 'rate_limited', retryAfterSeconds: 120 } },
  { name: 'too many requests without a time', after: 'many sites', status: 429, body: 'slow down', contentType: 'text/plain', verdict: { kind: 'rate_limited', retryAfterSeconds: null } },
  { name: 'unavailable with a time', after: 'maintenance pages', status: 503, headers: [['retry-after', '60']], body: '<h1>Maintenance</h1>', verdict: { kind: 'rate_limited', retryAfterSeconds: 60 } },
  { name: 'unavailable without a time', after: 'HAProxy 503', status: 503, body: '<html><body><h1>503 Service Unavailable</h1>No server is available to handle this request.</body></html>', verdict: { kind: 'http_error', status: 503 } },
  { name: 'a redirect without a target', after: 'broken servers', status: 302, body: '', verdict: { kind: 'http_error', status: 302 } },

  // Soft 404s
  { name: 'a soft 404', after: 'single-page sites that answer 200', status: 200, body: `<html><head><title>Page not found | Site</title></head><body><nav>${'<a href="/x">Link</a> '.repeat(30)}</nav><h1>Page not found</h1><p>Sorry, we could not find it.</p></body></html>`, verdict: { kind: 'soft_404' } },
  { name: 'a soft 404 by number', after: 'WordPress themes', status: 200, body: '<html><head><title>404 - Site</title></head><body><h1>Oops! That page can’t be found.</h1></body></html>', verdict: { kind: 'soft_404' } },
  { name: 'a soft 404 of a shop', after: 'shops', status: 200, body: '<title>Shop</title><h1>Sorry, this product is no longer available</h1><p>Try another.</p>', verdict: { kind: 'soft_404' } },
  { name: 'a soft 404 in German', after: 'German sites', status: 200, body: '<title>Seite nicht gefunden – Firma</title><h1>Seite nicht gefunden</h1>', verdict: { kind: 'soft_404' } },
  { name: 'a soft 404 in Japanese', after: 'Japanese sites', status: 200, body: '<title>お探しのページ</title><h1>ページが見つかりませんでした</h1>', verdict: { kind: 'soft_404' } },
  { name: 'an article about 404', after: 'web developers\' blogs', status: 200, body: article('404 not found: how to fix it', ''), verdict: { kind: 'ok' } },
  { name: 'an article titled Page not found', after: 'documentation of frameworks', status: 200, body: article('Page not found', filler(900)), verdict: { kind: 'ok' } },
  { name: 'the number 404 as a name', after: 'bands and hotels', status: 200, body: `<title>Room 404 – Hotel</title><h1>Room 404</h1>${filler(50)}`, verdict: { kind: 'ok' } },

  // Shells and nothing
  { name: 'an empty React root', after: 'Create React App', status: 200, body: '<html><head><title>React App</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src="/static/js/main.js"></script></body></html>', verdict: { kind: 'empty_shell' } },
  { name: 'an empty Angular root', after: 'Angular CLI', status: 200, body: '<html><body><app-root></app-root><script src="main.js" type="module"></script></body></html>', verdict: { kind: 'empty_shell' } },
  { name: 'a root that says it loads', after: 'Vue applications', status: 200, body: '<html><body><div id="app"><div class="spinner"></div>Loading...</div><script src="app.js"></script></body></html>', verdict: { kind: 'empty_shell' } },
  { name: 'a script redirect', after: 'tracking links', status: 200, body: '<html><head><script>location.replace("/x")</script></head><body></body></html>', verdict: { kind: 'empty_shell' } },
  { name: 'a plea for JavaScript', after: 'older applications', status: 200, body: '<html><body><p>This site requires JavaScript.</p><script src="a.js"></script></body></html>', verdict: { kind: 'empty_shell' } },
  { name: 'a rendered application with its plea', after: 'server-side rendering', status: 200, body: `<html><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"><h1>News</h1>${filler(120)}</div><script src="a.js"></script></body></html>`, verdict: { kind: 'ok' } },
  { name: 'a short page with scripts', after: 'personal home pages', status: 200, body: '<html><body><h1>Jane Doe</h1><p>I write code. Mail me at jane@site.test.</p><script src="analytics.js"></script></body></html>', verdict: { kind: 'ok' } },
  { name: 'a page of one picture', after: 'image hosts', status: 200, body: '<html><body><img src="/cat.jpg" alt="A cat"><script src="a.js"></script></body></html>', verdict: { kind: 'ok' } },
  { name: 'nothing at all', after: 'broken servers', status: 200, body: '', verdict: { kind: 'empty' } },
  { name: 'a document without content', after: 'parked pages', status: 200, body: '<html><head><title>x</title></head><body></body></html>', verdict: { kind: 'empty' } },
  { name: 'no content by status', after: 'APIs', status: 204, body: '', verdict: { kind: 'empty' } },
  { name: 'a tiny text file', after: 'health endpoints', status: 200, contentType: 'text/plain', body: 'ok', verdict: { kind: 'ok' } },
  { name: 'a tiny page', after: 'health endpoints', status: 200, body: 'ok', verdict: { kind: 'ok' } },
  { name: 'an empty JSON object', after: 'APIs', status: 200, contentType: 'application/json', body: '{}', verdict: { kind: 'ok' } },
]
