import { describe, expect, it } from 'vitest'
import { ofTwitterCard, profileOf } from './profile.ts'

describe('profiles in their canonical form', () => {
  it.each([
    ['https://twitter.com/Acme?lang=en', 'x', 'https://x.com/Acme', 'Acme'],
    ['https://mobile.twitter.com/@acme/', 'x', 'https://x.com/acme', 'acme'],
    ['http://de.linkedin.com/company/acme-gmbh/about/?x=1', 'linkedin', 'https://www.linkedin.com/company/acme-gmbh', 'acme-gmbh'],
    ['https://www.linkedin.com/in/jane-doe', 'linkedin', 'https://www.linkedin.com/in/jane-doe', 'jane-doe'],
    ['https://fr-fr.facebook.com/acme.shop/', 'facebook', 'https://www.facebook.com/acme.shop', 'acme.shop'],
    ['https://www.facebook.com/pages/Acme/123456', 'facebook', 'https://www.facebook.com/pages/Acme/123456', 'Acme'],
    ['https://www.instagram.com/acme.co/?hl=de', 'instagram', 'https://www.instagram.com/acme.co', 'acme.co'],
    ['https://www.youtube.com/@acme/videos', 'youtube', 'https://www.youtube.com/@acme', 'acme'],
    ['https://youtube.com/channel/UC1234567890', 'youtube', 'https://www.youtube.com/channel/UC1234567890', 'UC1234567890'],
    ['https://www.tiktok.com/@acme?_t=1', 'tiktok', 'https://www.tiktok.com/@acme', 'acme'],
    ['https://www.threads.net/@acme', 'threads', 'https://www.threads.com/@acme', 'acme'],
    ['https://bsky.app/profile/acme.example', 'bluesky', 'https://bsky.app/profile/acme.example', 'acme.example'],
    ['https://www.pinterest.co.uk/acme/_created/', 'pinterest', 'https://www.pinterest.com/acme', 'acme'],
    ['https://github.com/acme', 'github', 'https://github.com/acme', 'acme'],
    ['https://discord.com/invite/aBc123', 'discord', 'https://discord.gg/aBc123', undefined],
    ['https://t.me/acme_news', 'telegram', 'https://t.me/acme_news', 'acme_news'],
    ['https://api.whatsapp.com/send?phone=+49%2030%20123', 'whatsapp', 'https://wa.me/4930123', undefined],
    ['https://acme.substack.com/', 'substack', 'https://acme.substack.com', 'acme'],
    ['https://acme.tumblr.com', 'tumblr', 'https://acme.tumblr.com', 'acme'],
    ['https://www.reddit.com/r/acme/', 'reddit', 'https://www.reddit.com/r/acme', 'acme'],
    ['https://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk', 'spotify', 'https://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk', '4rOoJ6Egrf8K2IrywzwOMk'],
    ['https://hachyderm.io/@acme', 'mastodon', 'https://hachyderm.io/@acme', 'acme@hachyderm.io'],
    ['https://medium.com/@acme', 'medium', 'https://medium.com/@acme', 'acme'],
    ['https://www.xing.com/pages/acme', 'xing', 'https://www.xing.com/pages/acme', 'acme'],
    ['https://www.trustpilot.com/review/acme.example', 'trustpilot', 'https://www.trustpilot.com/review/acme.example', 'acme.example'],
  ])('%s', (address, network, url, handle) => {
    const profile = profileOf(address)
    expect(profile).toMatchObject({ network, url })
    expect(profile?.handle).toBe(handle)
  })
})

describe('what is no profile', () => {
  it.each([
    'https://www.facebook.com/sharer/sharer.php?u=x', 'https://www.facebook.com/', 'https://facebook.com/dialog/feed?x', 'https://www.facebook.com/tr?id=1', 'https://www.facebook.com/CompanyName',
    'https://twitter.com/intent/tweet?text=x', 'https://twitter.com/share', 'https://x.com/acme/status/12345', 'https://twitter.com/hashtag/acme', 'https://twitter.com/search?q=acme',
    'https://www.linkedin.com/shareArticle?url=x', 'https://www.linkedin.com/sharing/share-offsite/?url=x', 'https://www.linkedin.com/feed/',
    'https://www.instagram.com/p/Cabc123/', 'https://www.instagram.com/reel/Cabc/', 'https://www.instagram.com/explore/',
    'https://www.youtube.com/watch?v=abc', 'https://www.youtube.com/embed/abc', 'https://www.youtube.com/playlist?list=x', 'https://youtu.be/abc',
    'https://www.tiktok.com/@acme/video/123', 'https://pinterest.com/pin/create/button/?url=x', 'https://t.me/share/url?url=x', 'https://wa.me/?text=hello', 'https://discord.com/channels/1/2',
    'https://player.vimeo.com/video/1', 'https://github.com/features', 'https://medium.com/tag/x', 'https://acme.example/twitter.com/acme', 'https://nottwitter.com/acme', 'mailto:x@twitter.com', 'nonsense', '',
  ])('%s', (address) => {
    expect(profileOf(address)).toBeUndefined()
  })

  it('reads a Twitter card by name and by address', () => {
    expect(ofTwitterCard('@acme')?.url).toBe('https://x.com/acme')
    expect(ofTwitterCard('@https://x.com/acme')?.url).toBe('https://x.com/acme')
    expect(ofTwitterCard('@')).toBeUndefined()
  })
})
