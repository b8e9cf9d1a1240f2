import type { Wall } from './wall.ts'

export const awswaf: Wall = {
  vendor: 'awswaf',
  about: '202 with x-amzn-waf-action: challenge and the token script',
  reply: () => ({
    status: 202,
    headers: { server: 'CloudFront', 'x-amzn-waf-action': 'challenge', 'x-cache': 'Error from cloudfront', 'cache-control': 'no-store, max-age=0' },
    body: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title></title>
<script type="text/javascript">window.awsWafCookieDomainList = [];
window.gokuProps = {"key":"AQIDAHlab==","iv":"A6x4AQlab","context":"lab=="};</script>
<script src="https://a1b2c3d4e5f6.edge.sdk.awswaf.com/a1b2c3d4e5f6/0123456789ab/challenge.js"></script></head>
<body><div id="challenge-container"></div><script type="text/javascript">AwsWafIntegration.saveReferrer();
AwsWafIntegration.checkForceRefresh().then((forceRefresh) => { AwsWafIntegration.getToken().then(() => { window.location.reload(true); }); });</script>
<noscript><h1>JavaScript is disabled</h1>In order to continue, we need to verify that you're not a robot. This requires JavaScript. Enable JavaScript and then reload the page.</noscript>
</body></html>
`,
  }),
}
