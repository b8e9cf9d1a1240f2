import type { Wall } from './wall.ts'

export const imperva: Wall = {
  vendor: 'imperva',
  about: '200 with an Incapsula resource frame and its incident id: a wall under a status of success',
  reply: () => ({
    status: 200,
    headers: { 'x-iinfo': '14-12345678-0 0NNN RT(1763629200123 0) q(0 -1 -1 0) r(0 -1) B15(11,110305,0) U18', 'x-cdn': 'Imperva', 'set-cookie': ['visid_incap_1234567=lab; path=/', 'incap_ses_123_1234567=lab; path=/'] },
    body: `<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"><meta name="format-detection" content="telephone=no"><meta name="viewport" content="initial-scale=1.0"><script type="text/javascript" src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script></head><body style="margin:0px;height:100%"><iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=14-12345678-0%200NNN&incident_id=1234000560028367-9876543210&edet=15&cinfo=0e000000" frameborder=0 width="100%" height="100%" marginheight="0px" marginwidth="0px">Request unsuccessful. Incapsula incident ID: 1234000560028367-9876543210</iframe></body></html>
`,
  }),
}
