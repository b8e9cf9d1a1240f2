import { escapeHtml } from '../html.ts'
import type { Wall } from './wall.ts'

export const akamai: Wall = {
  vendor: 'akamai',
  about: '403 from AkamaiGHost, "Access Denied" with a reference number',
  reply: (x) => ({
    status: 403,
    headers: { server: 'AkamaiGHost', 'mime-version': '1.0', expires: 'Thu, 20 Nov 2025 09:00:00 GMT', 'set-cookie': ['_abck=0A1B~-1~YAAQ~-1~-1~-1; Path=/; Secure', 'ak_bmsc=0A1B2C; Path=/; HttpOnly'] },
    body: `<HTML><HEAD>
<TITLE>Access Denied</TITLE>
</HEAD><BODY>
<H1>Access Denied</H1>

You don't have permission to access "${escapeHtml(x.origin + x.path)}" on this server.<P>
Reference&#32;&#35;18&#46;2d645f68&#46;1763629200&#46;1a2b3c4d
<P>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18&#46;2d645f68&#46;1763629200&#46;1a2b3c4d</P>
</BODY>
</HTML>
`,
  }),
}
