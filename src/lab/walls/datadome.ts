import type { Wall } from './wall.ts'

export const datadome: Wall = {
  vendor: 'datadome',
  about: '403 with x-datadome, datadome cookie and the captcha-delivery script',
  reply: () => ({
    status: 403,
    headers: {
      server: 'DataDome',
      'x-datadome': 'protected',
      'x-dd-b': '1',
      'x-datadome-cid': 'AHrlqAAAAAMAlab',
      'cache-control': 'max-age=0, private, no-cache, no-store, must-revalidate',
      'set-cookie': ['datadome=labLabLab~; Max-Age=31536000; Path=/; Secure; SameSite=Lax'],
    },
    body: `<html lang="en"><head><title>lab.test</title><style>#cmsg{animation: A 1.5s;}@keyframes A{0%{opacity:0;}99%{opacity:0;}100%{opacity:1;}}</style></head>
<body style="margin:0"><p id="cmsg">Please enable JS and disable any ad blocker</p>
<script data-cfasync="false">var dd={'rt':'c','cid':'AHrlqAAAAAMAlab','hsh':'0123456789ABCDEF','t':'bv','qp':'','s':45000,'e':'lab','host':'geo.captcha-delivery.com'}</script>
<script data-cfasync="false" src="https://ct.captcha-delivery.com/c.js"></script></body></html>
`,
  }),
}
