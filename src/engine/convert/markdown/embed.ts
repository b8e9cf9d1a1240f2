import type { Element } from 'domhandler'
import { isElement } from '../dom/walk.ts'
import { isHttp, type Resolve } from '../dom/url.ts'

/** A player in a frame, as the page that a person would open. */
export interface Embed {
  url: string
  label: string
}

const players: readonly [RegExp, (id: string) => string][] = [
  [/^https?:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/([\w-]{6,20})/, (id) => `https://www.youtube.com/watch?v=${id}`],
  [/^https?:\/\/player\.vimeo\.com\/video\/(\d+)/, (id) => `https://vimeo.com/${id}`],
  [/^https?:\/\/(?:www\.)?dailymotion\.com\/embed\/video\/(\w+)/, (id) => `https://www.dailymotion.com/video/${id}`],
  [/^https?:\/\/(?:fast\.)?wistia\.(?:net|com)\/embed\/iframe\/(\w+)/, (id) => `https://fast.wistia.net/embed/iframe/${id}`],
  [/^https?:\/\/www\.loom\.com\/embed\/(\w+)/, (id) => `https://www.loom.com/share/${id}`],
  [/^https?:\/\/player\.twitch\.tv\/\?(?:[^#]*&)?video=v?(\d+)/, (id) => `https://www.twitch.tv/videos/${id}`],
  [/^https?:\/\/open\.spotify\.com\/embed(?:-podcast)?\/(\w+\/\w+)/, (id) => `https://open.spotify.com/${id}`],
]
const otherPlayers = /^https?:\/\/(?:[\w-]+\.)*(?:ted\.com|soundcloud\.com|streamable\.com|rumble\.com|bilibili\.com|vidyard\.com|brightcove\.net|jwplayer\.com|kaltura\.com|codepen\.io|codesandbox\.io|jsfiddle\.net|stackblitz\.com|observablehq\.com|asciinema\.org|slideshare\.net|speakerdeck\.com)\//

export const frameOf = (frame: Element, resolve: Resolve): Embed | undefined => {
  const url = resolve(frame.attribs['data-src'] ?? frame.attribs['data-lazy-src'] ?? frame.attribs.src)
  if (!isHttp(url)) return undefined
  const label = frame.attribs.title?.trim() || 'Video'
  for (const [pattern, page] of players) {
    const id = pattern.exec(url)?.[1]
    if (id) return { url: page(id), label }
  }
  return otherPlayers.test(url) ? { url, label: frame.attribs.title?.trim() || 'Embedded content' } : undefined
}

export const mediaOf = (media: Element, resolve: Resolve): Embed | undefined => {
  const sources = [media.attribs.src, media.attribs['data-src'], ...media.children.map((child) => (isElement(child) && child.name === 'source' ? child.attribs.src : undefined))]
  const url = sources.map((source) => resolve(source)).find(isHttp)
  if (!url) return undefined
  return { url, label: media.attribs.title?.trim() || media.attribs['aria-label']?.trim() || (media.name === 'audio' ? 'Audio' : 'Video') }
}
