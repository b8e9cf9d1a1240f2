import type { Wall } from './wall.ts'

export const amazon: Wall = {
  vendor: 'amazon',
  about: "Amazon's own robot check: 200 or 503 with a form to validateCaptcha",
  reply: (x) => ({
    status: x.query.get('status') === '503' ? 503 : 200,
    headers: { server: 'Server', 'x-amz-rid': 'LAB0RID0000000000000', vary: 'Content-Type,Accept-Encoding,User-Agent' },
    body: `<!DOCTYPE html>
<!--[if lt IE 7]> <html lang="en-us" class="a-no-js a-lt-ie9"> <![endif]-->
<html class="a-no-js" lang="en-us"><head><meta http-equiv="content-type" content="text/html; charset=UTF-8">
<title dir="ltr">Robot Check</title><meta name="viewport" content="width=device-width"></head>
<body><!-- To discuss automated access to Amazon data please contact api-services-support@amazon.com. -->
<div class="a-container a-padding-double-large"><div class="a-box a-alert a-alert-info"><div class="a-box-inner">
<h4>Enter the characters you see below</h4>
<p class="a-last">Sorry, we just need to make sure you're not a robot. For best results, please make sure your browser is accepting cookies.</p></div></div>
<form method="get" action="/errors/validateCaptcha" name=""><input type="hidden" name="amzn" value="lab=="><input type="hidden" name="amzn-r" value="&#047;">
<div class="a-row a-text-center"><img src="/captcha/lab/Captcha_lab.jpg" alt=""></div>
<input autocomplete="off" spellcheck="false" id="captchacharacters" name="field-keywords" class="a-span12" type="text">
<button type="submit" class="a-button-text">Continue shopping</button></form></div></body></html>
`,
  }),
}
