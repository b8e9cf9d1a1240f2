/** Registrable names of advertising and tracking networks. */
const names = new Set([
  'doubleclick.net', 'googlesyndication.com', 'googleadservices.com', 'google-analytics.com', 'googletagmanager.com', 'googletagservices.com',
  'adnxs.com', 'adsrvr.org', 'amazon-adsystem.com', 'criteo.com', 'criteo.net', 'taboola.com', 'outbrain.com', 'pubmatic.com', 'rubiconproject.com',
  'openx.net', 'casalemedia.com', 'indexww.com', 'smartadserver.com', 'adform.net', 'media.net', 'sharethrough.com', 'teads.tv', 'yieldmo.com',
  'moatads.com', 'scorecardresearch.com', 'quantserve.com', 'quantcount.com', 'hotjar.com', 'mouseflow.com', 'fullstory.com', 'clarity.ms',
  'facebook.net', 'ads-twitter.com', 'bat.bing.com', 'mc.yandex.ru', 'chartbeat.com', 'segment.io', 'mixpanel.com', 'amplitude.com',
  'adroll.com', 'bidswitch.net', 'lijit.com', '3lift.com', 'gumgum.com', 'id5-sync.com', 'demdex.net', 'bluekai.com', 'krxd.net', 'tapad.com',
  'zemanta.com', 'revcontent.com', 'mgid.com', 'propellerads.com', 'popads.net', 'onetag-sys.com', 'adsafeprotected.com', 'doubleverify.com',
])

export const isAdHost = (host: string): boolean => {
  const labels = host.toLowerCase().split('.')
  return labels.some((_, i) => names.has(labels.slice(i).join('.'))) || /^(?:ads?|adserver|adservice|pagead\d*)$/.test(labels[0] ?? '')
}
