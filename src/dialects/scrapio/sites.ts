import { z } from 'zod'
import type { Route } from '../dialect.ts'
import { body, day, digits, httpUrl, open, text } from './fields.ts'
import { unavailable } from './unavailable.ts'

/** Every route that reads one named site: path below `/v1/`, then what has to be sent; of `a|b` one is enough. GET unless it says POST. */
const sites: Record<string, readonly string[]> = {
  'Amazon pricing': ['amazon/pricing asin'],
  Walmart: ['walmart/product product_id', 'walmart/search search|query', 'walmart/search/crawl search|query end_page'],
  Target: ['target/product product_id', 'target/search search'],
  YouTube: ['youtube/search search|query', 'youtube/videos/:video_id', 'youtube/subtitles video_id', 'youtube/channel handle', 'POST youtube/search/crawl search|query'],
  'Booking.com': ['booking/search location check_in check_out', 'booking/search/crawl location check_in check_out end_page', 'booking/property property_id|url check_in check_out', 'booking/reviews property_id|url'],
  Agoda: ['agoda/search location check_in check_out', 'agoda/search/crawl location check_in check_out end_page', 'agoda/property property_id|url check_in check_out', 'agoda/reviews property_id|url', 'agoda/reviews/crawl property_id|url'],
  Airbnb: ['airbnb/search location', 'airbnb/listing listing_id'],
  AutoTrader: ['autotrader/search postcode', 'autotrader/listing listing_id'],
  ChatGPT: ['chatgpt/prompt prompt'],
  Perplexity: ['perplexity/prompt prompt'],
  Gemini: ['gemini/prompt prompt'],
  Bing: ['bing/search search'],
  'Google Ads': ['google/ad-library/search', 'google/ad-library/ad ad_id'],
  Reddit: ['reddit/post url', 'reddit/subreddit subreddit|url', 'reddit/user username|url'],
  Instagram: [
    ...['profile', 'posts', 'highlights', 'tagged', 'reels'].map((name) => `instagram/${name} username|url`),
    ...['search', 'profile-search', 'popular-search', 'hashtag-search', 'reels-search'].map((name) => `instagram/${name} query`),
    'instagram/post url', 'instagram/highlight id', 'instagram/comments media_id', 'instagram/comment-replies media_id comment_id', 'instagram/basic-profile user_id',
    'instagram/hashtag-posts hashtag', 'instagram/reels-by-audio audio_id', 'instagram/trending-reels',
  ],
  X: ['twitter/profile username|url', 'twitter/tweets username|url', 'twitter/tweet url', 'twitter/community url', 'twitter/community/tweets url', 'twitter/search query'],
  'Hacker News': ['hacker-news/item id', 'hacker-news/user username', 'hacker-news/search query', 'hacker-news/stories type'],
  GitHub: ['github/user username', 'github/repos username', 'github/repo owner repo'],
  'Product Hunt': ['product-hunt/leaderboard', 'product-hunt/leaderboard/crawl', 'product-hunt/product slug|url', 'product-hunt/maker username|url'],
  TikTok: ['tiktok/post url', 'tiktok/shop/search query', 'tiktok/shop/product product_id|url', 'tiktok/ad-library/search', 'tiktok/ad-library/ad ad_id'],
  'Apple App Store': ['apple-app-store/app url'],
  Glassdoor: ['glassdoor/jobs query', 'glassdoor/job job_id'],
  Trustpilot: ['trustpilot/reviews domain'],
  ZipRecruiter: ['ziprecruiter/jobs query'],
  Dice: ['dice/jobs query', 'dice/job job_id'],
  SimplyHired: ['simplyhired/jobs query', 'simplyhired/job job_id'],
  'Built In': ['builtin/jobs query', 'builtin/job url'],
  Wellfound: ['wellfound/jobs role'],
  Facebook: [
    ...['page', 'posts', 'photos', 'reels'].map((name) => `facebook/${name} username|url`),
    ...['group', 'group/posts', 'event', 'marketplace/item'].map((name) => `facebook/${name} id|url`),
    'facebook/post url', 'facebook/events/search query', 'facebook/marketplace/search query lat lng',
    'facebook/adLibrary/ad id', 'facebook/adLibrary/search/ads query', 'facebook/adLibrary/company/ads pageId',
  ],
  Threads: ['threads/profile username|url', 'threads/posts username|url', 'threads/post url'],
  Telegram: ['telegram/channel handle', 'telegram/channel/posts handle'],
  Rumble: ['rumble/search query', 'rumble/channel/videos handle|url', 'rumble/video url'],
  'Truth Social': ['truthsocial/profile handle', 'truthsocial/user/posts handle', 'truthsocial/post url'],
  Bluesky: ['bluesky/profile handle|user_id', 'bluesky/user/posts handle|user_id', 'bluesky/post url'],
  Twitch: ['twitch/profile handle', 'twitch/user/videos handle', 'twitch/user/schedule handle', 'twitch/clip url'],
  'Apple Music': [...['artist', 'album', 'track'].map((name) => `apple-music/${name} id|url`), 'apple-music/search query'],
  Spotify: [...['artist', 'track', 'album', 'podcast', 'playlist'].map((name) => `spotify/${name} id|url`), 'spotify/search query'],
  SoundCloud: ['soundcloud/artist handle|url', 'soundcloud/artist/tracks handle|url', 'soundcloud/track url'],
  Kwai: ['kwai/profile handle|url', 'kwai/user/posts handle|url', 'kwai/post url'],
  Kick: ['kick/clip url'],
  Snapchat: ['snapchat/profile handle', 'snapchat/spotlight url'],
  Pinterest: ['pinterest/profile username|url', 'pinterest/pins username|url', 'pinterest/pin url', 'pinterest/search query'],
  LinkedIn: ['linkedin/company vanity_name|url', 'linkedin/company/posts vanity_name|url', 'linkedin/post url', 'linkedin/ad-library/search', 'linkedin/ad-library/ad ad_id'],
  'Link in bio': ['link-in-bio/:provider username|url'],
}

/** Names that have a form of their own, wherever they stand; numbers in a JSON body are numbers. */
const forms: Record<string, z.ZodType> = { url: httpUrl, check_in: day, check_out: day, end_page: digits, listing_id: digits }
const formOf = (name: string): z.ZodType => forms[name] ?? text(8000)

const inputOf = (needs: readonly string[]) => {
  const groups = needs.map((need) => need.split('|'))
  const shape = Object.fromEntries(groups.flatMap((names) => names.map((name) => [name, names.length === 1 ? formOf(name) : formOf(name).optional()])))
  const alternatives = groups.filter((names) => names.length > 1)
  return open(shape).check(z.superRefine((value, ctx) => {
    for (const names of alternatives) {
      if (names.every((name) => value[name] === undefined)) ctx.addIssue({ code: 'custom', path: [names.join(' or ')], message: 'is required', input: value })
    }
  }))
}

const rowOf = (site: string, line: string): Route => {
  const [first = '', ...rest] = line.split(' ')
  const posts = first === 'POST'
  const [path = '', ...needs] = posts ? rest : [first, ...rest]
  const summary = `${site}: ${path.slice(path.indexOf('/') + 1)}`
  return unavailable(site, posts ? { method: 'POST', path: `/v1/${path}`, summary, body: body(inputOf(needs)) } : { method: 'GET', path: `/v1/${path}`, summary, query: inputOf(needs) })
}

export const siteRoutes: Route[] = Object.entries(sites).flatMap(([site, lines]) => lines.map((line) => rowOf(site, line)))
