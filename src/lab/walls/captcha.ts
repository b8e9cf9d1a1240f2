import type { Wall } from './wall.ts'

export const captcha: Wall = {
  vendor: 'captcha',
  about: '403 with nothing but a reCAPTCHA to pass, by no vendor in particular',
  reply: () => ({
    status: 403,
    headers: { server: 'nginx', 'cache-control': 'no-store' },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Are you a robot?</title>
<script src="https://www.google.com/recaptcha/api.js" async defer></script></head>
<body><h1>Please verify you are a human</h1>
<p>We have detected unusual traffic from your network. Complete the check below to continue.</p>
<form method="post" action="/verify"><div class="g-recaptcha" data-sitekey="6LeLabLabLabLabLabLabLabLabLabLabLabLabLa"></div><button>Continue</button></form>
</body></html>
`,
  }),
}
