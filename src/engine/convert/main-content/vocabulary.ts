/** Groups of words found in class and id attributes; the position of a group is its bit in a mask. */
const markupGroups: Record<string, string> = {
  nav: 'nav navbar navigation menu menus submenu megamenu dropdown topbar offcanvas drawer hamburger toolbar sitemap links linklist',
  footer: 'footer foot bottom colophon copyright legal',
  header: 'header masthead head banner topnav logo branding',
  sidebar: 'sidebar side aside rail secondary complementary sidenav leftnav rightcol leftcol left right',
  comment: 'comment comments disqus respond commentlist discussion replies thread threads',
  share: 'share sharing social sharethis addtoany addthis follow facebook twitter pinterest linkedin whatsapp',
  related: 'related recommend recommended recommendation recommendations recs similar upsell upsells crosssell crosssells recently recent popular trending more readmore suggested suggestions also',
  promo: 'ad ads advert advertisement adsense sponsor sponsored promo promotion promotions banner outbrain taboola dfp gpt affiliate announcement alert notice offer',
  consent: 'cookie cookies consent gdpr privacy cmp geolocation country language locale currency region',
  overlay: 'modal popup overlay dialog lightbox toast flyout popover tooltip drawer offcanvas quickview',
  pagination: 'breadcrumb breadcrumbs crumb crumbs pagination pager pagenav paging prev previous next paginate pagenumbers loadmore',
  byline: 'byline author meta date dateline time timestamp published posted postmeta info avatar profile user username userinfo member bio',
  article: 'article post entry story blog blogpost hentry news single posts',
  body: 'content body text main rte richtext richeditor prose markdown wysiwyg copy paragraph description desc longdescription maincontent primary document articlebody bodytext message messagetext postbody postcontent cooked',
  product: 'product products pdp sku item woocommerce variant variants buy price pricing',
  details: 'details detail specification specifications specs spec features feature attributes attribute ingredients overview summary highlights additional',
  tabs: 'tab tabs tabpanel tabcontent accordion collapse collapsible panel toggle expand expandable faq faqs question answer',
  card: 'card cards tile tiles grid item items list listing listings teaser result results collection catalog gallery row cell',
  hidden: 'hidden hide visually sr srr screenreader invisible offscreen noscript skip skiplink dnone',
  search: 'search searchbar searchform filter filters facet facets sort sorting refine refinement refinements',
  login: 'login signin signup register account auth password cart basket minicart wishlist checkout bag',
  newsletter: 'newsletter subscribe subscription signup mailchimp klaviyo email optin form forms field input hubspot',
  button: 'button buttons btn cta action actions link control controls',
  hero: 'hero jumbotron intro lead lede subtitle subheading tagline headline title heading',
  toc: 'toc tableofcontents contents onthispage index outline anchor anchors permalink headerlink edit editsection',
  tags: 'tag tags tagcloud category categories taxonomy topic topics label labels badge badges chip',
  post: 'post posts reply replies message messages topicpost thread question answer answers cooked bbp commentbody postcontent lia',
  signature: 'signature sig quote quoted blockquote signaturecontainer rank badge badges reputation karma reactions reaction likes like vote votes votecell',
  review: 'review reviews rating ratings star stars testimonial testimonials bazaarvoice yotpo trustpilot feedback',
  carousel: 'carousel slider slick swiper slide slides slideshow marquee owl glide thumbnail thumbnails media image images caption',
  code: 'code highlight codehilite prism sourcecode example snippet syntax hljs pre signature admonition',
}

export const markupNames = Object.keys(markupGroups)

const bitsByWord = new Map<string, number>()
markupNames.forEach((name, bit) => {
  for (const word of (markupGroups[name] ?? '').split(' ')) bitsByWord.set(word, (bitsByWord.get(word) ?? 0) | (1 << bit))
})

/** The tools that ask for consent: what they put on a page is never its content. */
const consentTools = /onetrust|optanon|\bot-(?:sdk|pc|floating|grp)|cybotcookiebot|didomi|usercentrics|\bcky-|truste?arc|truste-|osano|iubenda|termly|\bklaro\b|\bcmplz|borlabs|sp_message|qc-cmp|cookie-?law-?info|cookie-?(?:notice|consent|banner|popup|bar|modal|disclaimer|overlay)|gdpr-?(?:banner|cookie|popup|modal)|evidon|cmpbox|moove_gdpr|\bwt-cli|hs-eu-cookie|fc-consent|\bcc-window|consent-?(?:banner|manager|modal|popup)/i
export const consentBit = 1 << 31

/** The mask of one class or id attribute: its words, and pairs of neighbouring words run together. */
const maskOf = (value: string): number => {
  let mask = consentTools.test(value) ? consentBit : 0
  let before = ''
  for (const part of value.slice(0, 300).replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z]+/)) {
    if (part === '') continue
    mask |= (bitsByWord.get(part) ?? 0) | (before === '' ? 0 : bitsByWord.get(before + part) ?? 0)
    before = part
  }
  return mask
}

/** Remembers the values of one page, which repeat; bounded because a hostile page never repeats. */
export const markupReader = (): ((value: string | undefined) => number) => {
  const seen = new Map<string, number>()
  return (value) => {
    if (value === undefined || value === '') return 0
    const known = seen.get(value)
    if (known !== undefined) return known
    const mask = maskOf(value)
    if (seen.size < 20_000) seen.set(value, mask)
    return mask
  }
}

/** Phrases of interface and boilerplate text. Matched on the lower-cased text of short blocks and headings. */
const phraseSources: Record<string, string> = {
  legal: String.raw`copyright|all rights reserved|©|terms of (use|service)|privacy (policy|notice)|terms (and|&) conditions|trademarks? (of|are)|disclaimer|imprint|impressum|do not sell`,
  consent: String.raw`\bcookies?\b|\bconsent\b|gdpr|\baccept all\b|enable javascript|javascript (is|to be)|your browser|ad ?block`,
  auth: String.raw`\b(log|sign) ?(in|up|out)\b|\bregister(ed)?\b|\bmy account\b|forgot (your )?password|create (an )?account|\bjoin (now|us|the)\b|\bmembers?\b|\banmelden\b`,
  social: String.raw`\bshare\b|\bfollow us\b|\btweet\b|facebook|twitter|instagram|linkedin|pinterest|whatsapp|youtube|copy link|\bprint\b|e-?mail this|\btiktok\b`,
  newsletter: String.raw`newsletter|\bsubscribe\b|sign up (for|to)|your (e-?mail|inbox)|e-?mail address|stay (up to date|informed|connected)|get updates|mailing list|unsubscribe`,
  related: String.raw`\brelated\b|you (may|might) (also )?(like|love|be interested)|recommend|similar (products|items|articles|posts|questions|topics|threads)|also (bought|viewed|like)|recently viewed|\bpopular\b|trending|most read|read (more|next)|more (from|like|in|stories|articles|news|topics|posts)|see also|latest (news|posts|articles|stories)|recent (posts|articles|comments|news)|up next|don.t miss|what.s new|new arrivals|best ?sellers|complete the look|pairs? well|frequently bought|customers|featured|explore|discover|continue reading|other (products|articles|items)|suggested`,
  commerce: String.raw`add to (cart|bag|basket|wish|compare)|buy (it )?now|\bcheckout\b|\bquick (view|shop|buy|add)\b|out of stock|in stock|sold out|free (shipping|delivery|returns)|your (cart|bag|basket)|select (options|size|a size|color|colour)|choose (options|an option)|size (guide|chart)|notify me|wish ?list|\bqty\b|quantity|subtotal|\bsave \$?\d|regular price|sale price|unit price|view cart|afterpay|klarna|shop ?pay|price (match|range)|shipping`,
  navigation: String.raw`skip to|\bmenu\b|\bhome\b|back to|return to|\btop\b|previous|\bnext\b|\bpage \d|show (more|all|less)|view (all|more|details)|load more|see (all|more)|learn more|read more|find out more|click here|\bclose\b|toggle|search|jump to|go to|expand|collapse|contact( us)?|about us|\bfaqs?\b|\bhelp\b|get started|request a (quote|demo)|book (a|now)|download`,
  listing: String.raw`\bsort( by)?\b|\bfilters?\b|\brefine\b|showing \d|\d+ (results|items|products)|results? (found|per page)|\bclear( all)?\b|items? per page|\bcompare\b|\bcategories\b|\bcategory\b|\btags?\b|\bbrands?\b|price(:| range)|\bapply\b|per page`,
  discussion: String.raw`\breply\b|\breplies\b|\bcomments?\b|leave a (comment|reply)|\bquote\b|\breport\b|\blikes?\b|upvote|\bvotes?\b|\bviews?\b|\bposts?\b|\bthread\b|\bjoined\b|moderator|\bfollowers?\b|\bsolved\b|accepted|\bjoin(ed)? date|location:|reputation|\bedited\b|solution|add a comment|\bhelpful\b`,
  byline: String.raw`^by\b|written by|posted (by|on|in)|published|last (updated|modified|edited)|\bupdated\b|\bauthor\b|min(ute)?s? read|\bago\b|reviewed by|photo(graph)?( by|:)|credit:|source:|\bstaff\b`,
  review: String.raw`\breviews?\b|\bratings?\b|\bstars?\b|\bout of 5\b|verified|write a review|testimonial|what (our|people)|\bq ?& ?a\b`,
  editing: String.raw`\bedit\b|improve this|edit (this|on)|on this page|table of contents|\bcontents\b|in this (article|section|page)|was this|feedback|report (an issue|a bug)|view source|github|copy\b|permalink|thank you for`,
  details: String.raw`description|specification|\bdetails?\b|features?|ingredients|overview|materials?|dimensions?|what.s (in|included)|how to|directions|benefits|warranty|\bsku\b|\bmodel\b|weight|about this|fit( & | and |\b)|care\b|composition|key `,
}

export const phraseNames = Object.keys(phraseSources)
const phrases = Object.values(phraseSources).map((source) => new RegExp(source))

/** Bit per phrase group. The text is cut: the groups matter in short texts and in the beginning of longer ones. */
export const phraseMask = (text: string): number => {
  const start = text.length > 160 ? text.slice(0, 160).toLowerCase() : text.toLowerCase()
  let mask = 0
  for (let bit = 0; bit < phrases.length; bit++) if (phrases[bit]?.test(start) === true) mask |= 1 << bit
  return mask
}

export const stopWords = new Set((
  'the a an of to and in is that for it on with as are this was be by at or from have has not but they you we i he she his her its their your our my which will can if would there been were when what so do does all one about more than them these some into only also other who how no any just like may most such then over after where ' +
  'der die das und ist nicht ein eine zu den von mit sich auf für dem des im auch es an als bei oder wird sind wie aus nach werden kann ' +
  'le la les de des et en un une du est que qui dans pour pas au sur il elle ne se ce avec par plus sont aux cette ou ' +
  'el los las y que por con una para es no al lo su del como más pero sus este ya o ' +
  'il di che è e per non sono della con del si una da gli nel alla le ' +
  'o que do da em um para com não uma os no se na por mais as dos como mas foi ao ele das ' +
  'de het een en van in is dat op te zijn met voor niet aan er om ook als maar bij ' +
  'и в не на что с я он как это по но из у за то так же от о для ' +
  'yang dan di untuk dengan pada ini itu dari dalam adalah tidak akan atau').split(' '))
