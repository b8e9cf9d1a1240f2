/** One network: whose hosts, and which paths are somebody's own page. */
export interface Network {
  name: string
  /** Registrable names; hosts below them count, apart from `not`. */
  hosts: readonly string[]
  not?: RegExp
  /** Over the path without slashes at its ends; the group `handle` is how the owner is called. */
  path: RegExp
  /** Where the owner's page is: `$1` and the like of `path`. */
  canonical: string
  /** The owner is named by the host's first label: `name.substack.com`. */
  byHost?: boolean
}

const word = String.raw`[\p{L}\p{N}._~-]`
const at = (rest = ''): RegExp => new RegExp(`^@?(?<handle>${word}{1,80})${rest}$`, 'u')

/** In the order in which answers list them. */
export const networks: readonly Network[] = [
  { name: 'linkedin', hosts: ['linkedin.com', 'linkedin.cn'], path: /^(?<kind>company|school|showcase|in|groups|organization|pub)\/(?<handle>[^/]{1,120})(?:\/.*)?$/, canonical: 'https://www.linkedin.com/$<kind>/$<handle>' },
  { name: 'x', hosts: ['twitter.com', 'x.com'], not: /^(?:business|ads|developer|help|about|analytics|platform|pic|t)\./, path: /^@?(?<handle>\w{1,30})$/, canonical: 'https://x.com/$<handle>' },
  { name: 'facebook', hosts: ['facebook.com', 'fb.com', 'fb.me'], not: /^(?:business|developers|about|l|static|connect|graph|apps)\./, path: /^(?:(?<kind>groups|people|pages)\/(?<handle>[^/]{1,120}(?:\/\d+)?)|(?<tail>p\/[^/]{1,120})|(?:pg\/)?(?<name>[\p{L}\p{N}.-]{2,120}))(?:\/(?:about|home|timeline|posts|photos|videos|reviews)?\/?)?$/u, canonical: 'https://www.facebook.com/' },
  { name: 'instagram', hosts: ['instagram.com', 'instagr.am'], path: /^@?(?<handle>[\w.]{1,40})(?:\/(?:profilecard|reels|tagged|feed)?)?$/, canonical: 'https://www.instagram.com/$<handle>' },
  { name: 'youtube', hosts: ['youtube.com'], path: /^(?:(?<kind>channel|c|user)\/)?(?<handle>@?[^/]{2,100})(?:\/(?:videos|featured|about|playlists|streams|shorts|community)?)?$/u, canonical: 'https://www.youtube.com/' },
  { name: 'tiktok', hosts: ['tiktok.com'], not: /^(?:vm|business|ads|newsroom)\./, path: /^@(?<handle>[\w.]{1,40})$/, canonical: 'https://www.tiktok.com/@$<handle>' },
  { name: 'threads', hosts: ['threads.net', 'threads.com'], path: /^@(?<handle>[\w.]{1,40})$/, canonical: 'https://www.threads.com/@$<handle>' },
  { name: 'bluesky', hosts: ['bsky.app'], path: /^profile\/(?<handle>[\w.:-]{3,253})$/, canonical: 'https://bsky.app/profile/$<handle>' },
  { name: 'pinterest', hosts: ['pinterest.com', 'pinterest.co.uk', 'pinterest.de', 'pinterest.fr', 'pinterest.ca', 'pinterest.es', 'pinterest.it', 'pinterest.at', 'pinterest.ch', 'pinterest.com.au', 'pinterest.jp', 'pinterest.pt', 'pinterest.se', 'pinterest.nz'], path: /^(?<handle>\w{2,60})(?:\/(?:_created|_saved|boards|pins)?)?$/, canonical: 'https://www.pinterest.com/$<handle>' },
  { name: 'github', hosts: ['github.com'], not: /^(?:docs|gist|raw|pages|support|status|api)\./, path: /^(?:orgs\/)?(?<handle>[A-Za-z\d-]{1,40})(?:\/(?<repository>[\w.-]{1,100})(?:\/.*)?)?$/, canonical: 'https://github.com/$<handle>' },
  { name: 'gitlab', hosts: ['gitlab.com'], path: /^(?<handle>[\w.-]{2,100})(?:\/.*)?$/, canonical: 'https://gitlab.com/$<handle>' },
  { name: 'discord', hosts: ['discord.gg', 'discord.com', 'discordapp.com'], path: /^(?:invite\/)?(?<code>[\w-]{2,60})$/, canonical: 'https://discord.gg/$<code>' },
  { name: 'slack', hosts: ['slack.com'], path: /^(?:t|join\/.+|shared_invite\/.+)$/, canonical: '' },
  { name: 'telegram', hosts: ['t.me', 'telegram.me'], path: /^(?:s\/)?(?<handle>[A-Za-z]\w{3,40})$/, canonical: 'https://t.me/$<handle>' },
  { name: 'whatsapp', hosts: ['wa.me', 'whatsapp.com'], path: /^(?:(?<number>\d{7,15})|(?<kind>channel)\/(?<code>\w{10,60}))$/, canonical: '' },
  { name: 'reddit', hosts: ['reddit.com'], path: /^(?<kind>r|user|u)\/(?<handle>[\w-]{2,40})$/, canonical: 'https://www.reddit.com/$<kind>/$<handle>' },
  { name: 'medium', hosts: ['medium.com'], path: /^(?<handle>@?[\w.-]{2,60})$/, canonical: 'https://medium.com/$<handle>' },
  { name: 'substack', hosts: ['substack.com'], path: /^(?:@(?<handle>[\w-]{2,60}))?$/, canonical: 'https://substack.com/@$<handle>', byHost: true },
  { name: 'tumblr', hosts: ['tumblr.com'], path: /^(?<handle>[\w-]{2,60})?$/, canonical: 'https://www.tumblr.com/$<handle>', byHost: true },
  { name: 'twitch', hosts: ['twitch.tv'], path: at(), canonical: 'https://www.twitch.tv/$<handle>' },
  { name: 'kick', hosts: ['kick.com'], path: at(), canonical: 'https://kick.com/$<handle>' },
  { name: 'snapchat', hosts: ['snapchat.com'], path: /^(?:add|@)\/?(?<handle>[\w.-]{2,40})$/, canonical: 'https://www.snapchat.com/add/$<handle>' },
  { name: 'vimeo', hosts: ['vimeo.com'], not: /^player\./, path: /^(?<handle>[A-Za-z][\w-]{1,60})(?:\/(?:albums|videos|about)?)?$/, canonical: 'https://vimeo.com/$<handle>' },
  { name: 'dailymotion', hosts: ['dailymotion.com'], path: at(), canonical: 'https://www.dailymotion.com/$<handle>' },
  { name: 'flickr', hosts: ['flickr.com'], path: /^(?:photos|people)\/(?<handle>[\w@-]{2,60})$/, canonical: 'https://www.flickr.com/people/$<handle>' },
  { name: 'dribbble', hosts: ['dribbble.com'], path: at(), canonical: 'https://dribbble.com/$<handle>' },
  { name: 'behance', hosts: ['behance.net'], path: at(), canonical: 'https://www.behance.net/$<handle>' },
  { name: 'spotify', hosts: ['spotify.com'], path: /^(?<kind>user|artist|show)\/(?<handle>[\w.-]{2,60})$/, canonical: 'https://open.spotify.com/$<kind>/$<handle>' },
  { name: 'soundcloud', hosts: ['soundcloud.com'], path: at(), canonical: 'https://soundcloud.com/$<handle>' },
  { name: 'apple_podcasts', hosts: ['podcasts.apple.com'], path: /^(?:\w\w\/)?podcast\/(?:[^/]+\/)?(?<code>id\d+)$/, canonical: 'https://podcasts.apple.com/podcast/$<code>' },
  { name: 'mixcloud', hosts: ['mixcloud.com'], path: at(), canonical: 'https://www.mixcloud.com/$<handle>' },
  { name: 'bandcamp', hosts: ['bandcamp.com'], path: /^$/, canonical: '', byHost: true },
  { name: 'patreon', hosts: ['patreon.com'], path: /^(?:c\/)?(?<handle>[\w-]{2,60})$/, canonical: 'https://www.patreon.com/$<handle>' },
  { name: 'kofi', hosts: ['ko-fi.com'], path: at(), canonical: 'https://ko-fi.com/$<handle>' },
  { name: 'producthunt', hosts: ['producthunt.com'], path: /^(?<kind>products|@)\/?(?<handle>[\w-]{2,80})$/, canonical: 'https://www.producthunt.com/products/$<handle>' },
  { name: 'crunchbase', hosts: ['crunchbase.com'], path: /^(?<kind>organization|person)\/(?<handle>[\w-]{2,100})$/, canonical: 'https://www.crunchbase.com/$<kind>/$<handle>' },
  { name: 'wellfound', hosts: ['wellfound.com', 'angel.co'], path: /^(?:company|l)\/(?<handle>[\w-]{2,80})$/, canonical: 'https://wellfound.com/company/$<handle>' },
  { name: 'glassdoor', hosts: ['glassdoor.com', 'glassdoor.co.uk', 'glassdoor.de'], path: /^(?:Overview|Reviews)\/(?<code>[^/]{3,150})$/, canonical: '' },
  { name: 'trustpilot', hosts: ['trustpilot.com'], path: /^review\/(?<handle>[\w.-]{3,100})$/, canonical: 'https://www.trustpilot.com/review/$<handle>' },
  { name: 'yelp', hosts: ['yelp.com', 'yelp.co.uk', 'yelp.de', 'yelp.ca', 'yelp.fr'], path: /^biz\/(?<handle>[^/]{2,120})$/, canonical: 'https://www.yelp.com/biz/$<handle>' },
  { name: 'tripadvisor', hosts: ['tripadvisor.com', 'tripadvisor.co.uk', 'tripadvisor.de', 'tripadvisor.fr'], path: /^(?<code>(?:Hotel|Restaurant|Attraction)_Review-[\w-]{5,200}\.html)$/, canonical: 'https://www.tripadvisor.com/$<code>' },
  { name: 'xing', hosts: ['xing.com'], path: /^(?<kind>pages|companies|company|profile)\/(?<handle>[\w.-]{2,100})$/, canonical: 'https://www.xing.com/$<kind>/$<handle>' },
  { name: 'kununu', hosts: ['kununu.com'], path: /^(?:\w\w\/)?(?<handle>[\w-]{3,100})$/, canonical: 'https://www.kununu.com/$<handle>' },
  { name: 'vk', hosts: ['vk.com', 'vk.ru'], path: at(), canonical: 'https://vk.com/$<handle>' },
  { name: 'ok', hosts: ['ok.ru'], path: /^(?:group\/)?(?<handle>[\w.]{2,60})$/, canonical: 'https://ok.ru/$<handle>' },
  { name: 'weibo', hosts: ['weibo.com'], path: /^(?:u\/)?(?<handle>\w{2,60})$/, canonical: 'https://weibo.com/$<handle>' },
  { name: 'bilibili', hosts: ['bilibili.com'], path: /^(?<code>\d{1,20})$/, canonical: 'https://space.bilibili.com/$<code>' },
  { name: 'xiaohongshu', hosts: ['xiaohongshu.com'], path: /^user\/profile\/(?<code>\w{10,40})$/, canonical: 'https://www.xiaohongshu.com/user/profile/$<code>' },
  { name: 'zhihu', hosts: ['zhihu.com'], path: /^(?<kind>org|people)\/(?<handle>[\w-]{2,80})$/, canonical: 'https://www.zhihu.com/$<kind>/$<handle>' },
  { name: 'line', hosts: ['line.me', 'lin.ee'], path: /^(?:R\/ti\/p\/)?(?<code>(?:@|%40)?[\w.-]{3,60})$/, canonical: '' },
  { name: 'kakao', hosts: ['pf.kakao.com'], path: /^(?<code>\w{3,40})$/, canonical: 'https://pf.kakao.com/$<code>' },
  { name: 'naver_blog', hosts: ['blog.naver.com'], path: at(), canonical: 'https://blog.naver.com/$<handle>' },
  { name: 'note', hosts: ['note.com'], path: at(), canonical: 'https://note.com/$<handle>' },
  { name: 'quora', hosts: ['quora.com'], path: /^(?<kind>profile)\/(?<handle>[\w-]{3,80})$/, canonical: 'https://www.quora.com/$<kind>/$<handle>' },
  { name: 'stackoverflow', hosts: ['stackoverflow.com'], path: /^(?<code>(?:users|c)\/[\w/-]{2,80})$/, canonical: 'https://stackoverflow.com/$<code>' },
  { name: 'huggingface', hosts: ['huggingface.co'], path: at(), canonical: 'https://huggingface.co/$<handle>' },
  { name: 'strava', hosts: ['strava.com'], path: /^(?<code>(?:clubs|athletes)\/[\w-]{2,60})$/, canonical: 'https://www.strava.com/$<code>' },
  { name: 'meetup', hosts: ['meetup.com'], path: at(), canonical: 'https://www.meetup.com/$<handle>' },
  { name: 'goodreads', hosts: ['goodreads.com'], path: /^(?<code>(?:author\/show|user\/show)\/[\w.-]{2,80})$/, canonical: 'https://www.goodreads.com/$<code>' },
  { name: 'linktree', hosts: ['linktr.ee'], path: at(), canonical: 'https://linktr.ee/$<handle>' },
]

/** Instances that are no company's own; others are known by `rel="me"`. */
export const mastodonHosts = /(?:^|\.)(?:mastodon\.\w+|mstdn\.\w+|mas\.to|fosstodon\.org|hachyderm\.io|infosec\.exchange|techhub\.social|chaos\.social|indieweb\.social|mastodonapp\.uk|social\.vivaldi\.net|aus\.social)$/

/** Paths of the networks' own: shares, searches, sign-ins, single posts. */
export const reserved = /^(?:share|sharer|sharer\.php|sharearticle|intent|dialog|plugins|home|home\.php|login|login\.php|signup|register|i|search|hashtag|explore|tr|watch|embed|playlist|results|feed|pin|p|reel|reels|tv|stories|status|statuses|about|privacy|terms|legal|policies|policy|help|settings|ads|jobs|features|pricing|topics|trending|marketplace|events|event\.php|profile\.php|photo\.php|permalink\.php|story\.php|oauth|widgets|download|app|apps|web|hc|channels|nitro|safety|company|careers|developers|blog|categories|category|servers|invite|tag|tags|v|shorts|live|music|gaming|premium|creators|business|site|sponsors|readme|security|enterprise|customer-stories|contact|collections|users|discover|channel|user|c|in|r|u|groups|pages|people|profile|www|uas|cws|pulse|learning|redirect|t|ideas|today|source|submit|send|username|website|yourusername|yourpage|yourprofile|yourhandle|companyname|company-name|your-company|your_username|user_name|example|handle|undefined|null)$/i

/** Accounts of site builders, which templates link to. */
export const builders = /^(?:wix|wixcom|squarespace|wordpress|wordpressdotcom|wordpresscom|shopify|webflow|weebly|godaddy|elementor|elegantthemes|themeforest|envato|hubspot|bigcommerce|prestashop|joomla|drupal|ghost|tryghost|framer|duda|jimdo|strikingly|site123|vercel|nextjs)$/i
