import { collapse, eachElement, holds, rawTextOf } from '../convert/dom/walk.ts'
import { headerOf, type Evidence } from './evidence.ts'

export interface Wall {
  vendor: string
  signal: string
  passable: boolean
}

interface Rule extends Wall {
  status?: readonly number[]
  /** At least this status. */
  statusMin?: number
  header?: readonly [name: string, value: RegExp]
  title?: RegExp
  /** In the source, and not in what the page shows: articles quote what walls contain. */
  source?: RegExp
  /** In the visible text. */
  text?: RegExp
  /** Most visible characters that a page of this wall has. */
  chars?: number
  /** Names that are marks of the wall although a page may show them. */
  shown?: boolean
}

/** No wall shows more than this. */
const wallChars = 4000
const wallSource = 600_000

const rules: readonly Rule[] = [
  { vendor: 'cloudflare', signal: 'cf-mitigated header', passable: true, header: ['cf-mitigated', /challenge/i] },
  { vendor: 'cloudflare', signal: 'challenge script', passable: true, source: /\b_cf_chl_opt\b|cf-chl-widget|id="cf-challenge-running"|id="challenge-error-text"/, chars: 2500 },
  { vendor: 'cloudflare', signal: 'browser check', passable: true, source: /jschl[-_]answer|cf-browser-verification|id="challenge-form"/, chars: 2500 },
  { vendor: 'cloudflare', signal: 'block page', passable: false, title: /^(?:attention required!|access denied|please wait\.\.\.).*cloudflare/i, chars: 3000 },
  { vendor: 'cloudflare', signal: 'error page 10xx', passable: false, statusMin: 400, source: /id="cf-error-details"|class="cf-error-(?:code|details|overview)|cf-wrapper/, text: /\b(?:error(?: code)?:?\s*10(?:05|06|07|08|09|10|12|20)|you have been blocked|has banned|access denied)\b/i, chars: 3500 },
  { vendor: 'akamai', signal: 'access denied page', passable: false, title: /^access denied$/i, text: /you don.t have permission to access\b[\s\S]{0,600}reference\s*#/i, chars: 1500 },
  { vendor: 'akamai', signal: 'bot manager challenge', passable: true, source: /sec-if-cpt-container|\/_sec\/cp_challenge\/|[?&]bm-verify=|id="sec-cpt-if"/, chars: 1500 },
  { vendor: 'datadome', signal: 'captcha page', passable: false, source: /(?:geo|ct|interstitial)\.captcha-delivery\.com\/(?:captcha|c\.js)|'rt'\s*:\s*'c'[\s\S]{0,600}captcha-delivery\.com/, chars: 1500 },
  { vendor: 'datadome', signal: 'device check', passable: true, source: /captcha-delivery\.com/, chars: 1500 },
  { vendor: 'perimeterx', signal: 'press and hold page', passable: false, source: /id=["']px-captcha|_pxBlockedUrl|_pxOnCaptchaSuccess|captcha\.px-(?:cdn|cloud)\.net|"blockScript"\s{0,5}:\s{0,5}"[^"]{0,300}\/captcha\.js/, chars: 2500 },
  { vendor: 'imperva', signal: 'incident page', passable: false, source: /_Incapsula_Resource/, text: /incapsula incident id|request unsuccessful|additional security check is required/i, chars: 2000, shown: true },
  { vendor: 'imperva', signal: 'script challenge', passable: true, source: /_Incapsula_Resource\?(?:SWJIYLWA|SWUDNSAI|CWUDNSAI)/, chars: 200 },
  { vendor: 'imperva', signal: 'interruption page', passable: true, title: /^pardon our interruption/i, chars: 3000 },
  { vendor: 'aws_waf', signal: 'x-amzn-waf-action header', passable: true, header: ['x-amzn-waf-action', /challenge/i] },
  { vendor: 'aws_waf', signal: 'x-amzn-waf-action header', passable: false, header: ['x-amzn-waf-action', /captcha|block/i] },
  { vendor: 'aws_waf', signal: 'captcha page', passable: false, source: /AwsWafCaptcha|CaptchaScript\.renderCaptcha|captcha\.awswaf\.com/, chars: 1500 },
  { vendor: 'aws_waf', signal: 'challenge script', passable: true, source: /\bgokuProps\b|AwsWafIntegration\.(?:getToken|forceRefreshToken|checkForceRefresh)|token\.awswaf\.com[^"']{0,200}\/challenge\.js/, chars: 1000 },
  { vendor: 'cloudfront', signal: 'request blocked page', passable: false, statusMin: 400, text: /the request could not be satisfied[\s\S]{0,200}request blocked/i, chars: 1500 },
  { vendor: 'amazon', signal: 'robot page', passable: false, source: /\/errors\/validateCaptcha|To discuss automated access to Amazon data please contact|opfcaptcha\.amazon/i, chars: 2500 },
  { vendor: 'kasada', signal: 'challenge script', passable: true, source: /\bwindow\.KPSDK\s*=|\/ips\.js\?(?:[^"']{0,300}&)?(?:tkrm_alpekz_s1|KP_)/, chars: 500 },
  { vendor: 'kasada', signal: 'x-kpsdk header', passable: true, status: [403, 429], header: ['x-kpsdk-ct', /./] },
  { vendor: 'sucuri', signal: 'firewall page', passable: false, title: /sucuri (?:website|cloudproxy) (?:website )?firewall|access denied - sucuri/i, chars: 3000 },
  { vendor: 'sucuri', signal: 'redirect script', passable: true, source: /sucuri_cloudproxy_js/, chars: 500 },
  { vendor: 'f5', signal: 'request rejected page', passable: false, text: /requested url was rejected\. please consult with your administrator/i, chars: 800 },
  { vendor: 'f5', signal: 'script challenge', passable: true, source: /\/TSPD\/|\bbobcmn\b/, chars: 400 },
  { vendor: 'radware', signal: 'captcha page', passable: false, source: /validate\.perfdrive\.com|captcha\.perfdrive\.com|ShieldSquare/i, chars: 2500 },
  { vendor: 'reblaze', signal: 'script challenge', passable: true, source: /\bwindow\.rbzns\b|\brbzid=/, chars: 500 },
  { vendor: 'wordfence', signal: 'block page', passable: false, text: /generated by wordfence|access to this (?:site|service) has been (?:temporarily )?limited by the site owner/i, chars: 2500 },
  { vendor: 'siteground', signal: 'captcha redirect', passable: true, source: /\/\.well-known\/(?:sg)?captcha\//, chars: 1000 },
  { vendor: 'imunify360', signal: 'browser check', passable: true, source: /\bwsidchk\b|imunify360/i, chars: 1000 },
  { vendor: 'ddos_guard', signal: 'browser check', passable: true, source: /\/\.well-known\/ddos-guard\//, title: /ddos-guard/i, chars: 1500 },
  { vendor: 'vercel', signal: 'x-vercel-mitigated header', passable: true, header: ['x-vercel-mitigated', /challenge/i] },
  { vendor: 'vercel', signal: 'security checkpoint', passable: true, title: /^vercel security checkpoint/i, chars: 1000 },
  { vendor: 'anubis', signal: 'proof of work', passable: true, source: /id="anubis_challenge"|\/\.within\.website\/x\/cmd\/anubis/, chars: 3000 },
  { vendor: 'fastly', signal: 'client challenge', passable: true, title: /^client challenge$/i, source: /\/_fs-ch-/, chars: 1000 },
  { vendor: 'google', signal: 'unusual traffic page', passable: false, text: /our systems have detected unusual traffic from your computer network/i, source: /id="captcha-form"|\/sorry\/index/, chars: 2500, shown: true },
  { vendor: 'yandex', signal: 'captcha page', passable: false, source: /\/checkcaptcha\?|\/showcaptcha\?|smart-captcha|captcha-api\.yandex/i, chars: 1500 },
  { vendor: 'alibaba', signal: 'slider page', passable: false, source: /_____tmd_____\/punish|\/punish\?x5secdata|"x5secdata"/, chars: 1500 },
  { vendor: 'baidu', signal: 'captcha page', passable: false, title: /百度安全验证/, chars: 1000 },
  { vendor: 'linkedin', signal: 'status 999', passable: false, status: [999] },
  { vendor: 'reddit', signal: 'network security page', passable: false, text: /you.ve been blocked by network security/i, chars: 1500 },
]

/** The wall that this answer is, if it is one. */
export const wallOf = (evidence: Evidence): Wall | undefined => {
  const known = rules.find((rule) => fits(rule, evidence)) ?? generic(evidence)
  return known && { vendor: known.vendor, signal: known.signal, passable: known.passable }
}

const fits = (rule: Rule, evidence: Evidence): boolean => {
  if (rule.status && !rule.status.includes(evidence.status)) return false
  if (rule.statusMin !== undefined && evidence.status < rule.statusMin) return false
  if (rule.header && !rule.header[1].test(headerOf(evidence, rule.header[0]) ?? '')) return false
  const visible = evidence.visible
  const needsBody = rule.chars !== undefined
  if (!needsBody) return true
  if (!visible || visible.length > (rule.chars ?? wallChars) || evidence.source.length > wallSource) return false
  if (rule.title && !rule.title.test(titleOf(evidence))) return false
  if (rule.text && !rule.text.test(visible.sample)) return false
  if (!rule.source) return true
  return rule.source.test(evidence.source) && (rule.shown === true || !evidence.page || !rule.source.test(visible.sample))
}

const titleOf = (evidence: Evidence): string => collapse((evidence.page?.title ?? '').slice(0, 500))

const wallTitle = /^(?:access (?:to this (?:page|site|website) )?(?:has been |is )?(?:denied|blocked|restricted)|you (?:have been|are|were) blocked|blocked|robot check|are you (?:a )?(?:human|robot)\??|human verification|bot (?:verification|detection|check|protection)|security (?:check(?:point)?|verification)|captcha(?: (?:check|challenge|verification))?|(?:please )?verify (?:that )?you(?:'|’)?(?: a)?re (?:a )?(?:human|not a robot)|verifying (?:your browser|you are human).*|checking your browser.*|just a moment.*|one moment,? please.*|ddos protection.*|request (?:blocked|rejected)|unusual (?:traffic|activity)(?: detected)?|automated access (?:denied|detected)|browser (?:check|verification)|making sure you(?:'|’)re not a bot!?)[\s.!…]*$/i
const wallPhrase = /\b(?:verify(?:ing)? (?:that )?you(?:'|’)?(?: a)?re (?:a )?(?:human|not a (?:ro)?bot)|prove (?:that )?you(?:'|’)?(?: a)?re (?:a )?human|confirm (?:that )?you(?:'|’)?(?: a)?re (?:a )?human|are you a (?:ro)?bot|unusual (?:traffic|activity) from|automated (?:requests|queries|access|traffic|tools)|complete the (?:captcha|security check)|solve (?:the|this) captcha|checking your browser|suspicious activity|detected (?:as )?(?:a )?bot|bot (?:activity|traffic)|enable (?:javascript and )?cookies to continue|access (?:to this (?:page|site|resource|website) )?(?:has been|is|was) (?:denied|blocked|restricted)|your (?:ip|request|access)(?: address)? (?:has been|was|is) (?:blocked|denied|banned|flagged))\b/i
const captchaWidget = /(?:google\.com|recaptcha\.net)\/recaptcha\/|hcaptcha\.com\/1\/api|challenges\.cloudflare\.com\/turnstile|geetest\.com|arkoselabs\.com|funcaptcha\.com|friendlycaptcha|class=["'](?:g-recaptcha|h-captcha|cf-turnstile)/i

/** A wall of nobody known: hardly any text, which is about proving to be human. */
const generic = (evidence: Evidence): Wall | undefined => {
  const { page, visible, status } = evidence
  if (!visible || visible.length > 1500 || evidence.source.length > wallSource) return undefined
  const titled = [titleOf(evidence), headingOf(evidence)].some((text) => wallTitle.test(text))
  const phrased = wallPhrase.test(visible.sample)
  const widget = captchaWidget.test(evidence.source)
  const refused = status === 401 || status === 403 || status === 406 || status === 429 || status === 503
  if (page && hasLogin(evidence)) return undefined
  if (widget && (titled || phrased)) return { vendor: 'unknown', signal: 'captcha page', passable: false }
  if (refused && phrased && (titled || visible.length < 800)) return { vendor: 'unknown', signal: 'refusal text', passable: false }
  if (titled && visible.length < 700 && (phrased || refused || isFew(evidence))) return { vendor: 'unknown', signal: 'wall title', passable: false }
  return undefined
}

const headingOf = ({ page }: Evidence): string => {
  const heading = page?.headings[0]
  return heading ? collapse(rawTextOf(heading, 300)) : ''
}

/** A page for people who have an account, whatever guards its form. */
const hasLogin = ({ page }: Evidence): boolean =>
  page !== undefined && holds(page.root, (element) => element.name === 'input' && element.attribs.type === 'password')

/** Walls have no navigation. */
const isFew = ({ page }: Evidence): boolean => {
  let links = 0
  if (page) eachElement(page.root, (element) => {
    if (element.name === 'a' && element.attribs.href !== undefined) links++
    return links <= 8
  })
  return links <= 8
}
