import type { Wall } from './wall.ts'

const ray = '8f1c2ab34de56f78'

export const cloudflare: Wall = {
  vendor: 'cloudflare',
  about: 'managed challenge: 403, cf-mitigated, "Just a moment..."',
  reply: (x) => ({
    status: 403,
    headers: {
      server: 'cloudflare',
      'cf-mitigated': 'challenge',
      'cf-ray': `${ray}-FRA`,
      'cache-control': 'private, max-age=0, no-store, no-cache, must-revalidate',
      'set-cookie': [`__cf_bm=lab.${ray}; path=/; HttpOnly; Secure; SameSite=None`],
    },
    body: `<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><meta name="robots" content="noindex,nofollow">
<style>body{font-family:system-ui;margin:8em 2em}</style><meta http-equiv="refresh" content="390"></head>
<body class="no-js"><div class="main-wrapper" role="main"><div class="main-content">
<h1 class="zone-name-title h1">${x.host}</h1>
<p id="challenge-running" class="h2">Verifying you are human. This may take a few seconds.</p>
<noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript>
<div id="challenge-stage"></div></div></div>
<script>(function(){window._cf_chl_opt={cvId:'3',cZone:'${x.host}',cType:'managed',cRay:'${ray}',cUPMDTk:'/?__cf_chl_tk=lab'};
var s=document.createElement('script');s.src='/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=${ray}';document.head.appendChild(s)})();</script>
<div class="footer" role="contentinfo">Ray ID: <code>${ray}</code> · Performance &amp; security by Cloudflare</div></body></html>
`,
  }),
}

export const cloudflareBlock: Wall = {
  vendor: 'cloudflare',
  about: 'block page: 403, error 1020 "Sorry, you have been blocked"',
  reply: (x) => ({
    status: 403,
    headers: { server: 'cloudflare', 'cf-ray': `${ray}-AMS` },
    body: `<!DOCTYPE html>
<html class="no-js" lang="en-US"><head><title>Attention Required! | Cloudflare</title><meta charset="UTF-8">
<link rel="stylesheet" id="cf_styles-css" href="/cdn-cgi/styles/cf.errors.css"></head>
<body><div id="cf-wrapper"><div id="cf-error-details" class="cf-error-details-wrapper">
<h1 data-translate="block_headline">Sorry, you have been blocked</h1>
<h2 class="cf-subheadline"><span data-translate="unable_to_access">You are unable to access</span> ${x.host}</h2>
<p data-translate="blocked_why_detail">This website is using a security service to protect itself from online attacks.</p>
<div class="cf-error-footer">Cloudflare Ray ID: <strong>${ray}</strong></div></div></div></body></html>
`,
  }),
}
