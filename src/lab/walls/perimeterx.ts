import type { Wall } from './wall.ts'

export const perimeterx: Wall = {
  vendor: 'perimeterx',
  about: '403 "Access to this page has been denied", press and hold (HUMAN, formerly PerimeterX)',
  reply: () => ({
    status: 403,
    headers: { 'cache-control': 'private, no-store', 'set-cookie': ['_pxhd=lab0123456789; Path=/; Max-Age=31536000'] },
    body: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="description" content="px-captcha">
<title>Access to this page has been denied</title></head>
<body><section class="container"><h1>Before we continue...</h1>
<p>Press &amp; Hold to confirm you are a human (and not a bot).</p>
<div id="px-captcha"></div>
<p>Reference ID <span>1a2b3c4d-0000-11ee-8000-0123456789ab</span></p></section>
<script>window._pxVid='';window._pxUuid='1a2b3c4d-0000-11ee-8000-0123456789ab';window._pxAppId='PXlab0000';window._pxHostUrl='/lab0000/xhr';
var s=document.createElement('script');s.src='//captcha.px-cloud.net/PXlab0000/captcha.js?a=c&m=0';document.head.appendChild(s);</script>
</body></html>
`,
  }),
}
