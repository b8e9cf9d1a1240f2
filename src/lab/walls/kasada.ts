import type { Wall } from './wall.ts'

export const kasada: Wall = {
  vendor: 'kasada',
  about: '429 with x-kpsdk headers and the ips.js script',
  reply: () => ({
    status: 429,
    headers: { 'x-kpsdk-ct': '0lab0000000000000000000000000000', 'x-kpsdk-r': '1-lab', 'cache-control': 'no-store', 'set-cookie': ['KP_UIDz-ssn=0lab; Max-Age=86400; Path=/; HttpOnly'] },
    body: `<!DOCTYPE html><html><head></head><body><script>window.KPSDK={};KPSDK.now=typeof performance!=='undefined'&&performance.now?performance.now.bind(performance):Date.now.bind(Date);KPSDK.start=KPSDK.now();</script><script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39-8ed7-437e-a3be-862e0f06eea3/ips.js?KP_UIDz=0lab"></script></body></html>
`,
  }),
}
