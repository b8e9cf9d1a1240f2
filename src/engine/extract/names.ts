/** `datePublished`, `date_published` and `Date published:` are one name: its words. */
export const wordsOf = (name: string): string[] => {
  const short = name.slice(0, 200)
  // The common case without the costly classes: lower-case ASCII has no seams inside a word.
  if (/^[a-z\d\s_:.,/()'"-]*$/.test(short)) return short.match(/[a-z\d]+/g) ?? []
  return short
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

export const keyOf = (name: string): string => wordsOf(name).join('')

interface ConceptRow {
  /** Names that people give to the field. */
  names: string
  /** Where schema.org keeps it, dotted, best first. */
  paths: string
  /** Members of lists that stand on a node of their own: `Type.property`. */
  nodes?: string
}

/** What fields mean. Names are written without spaces; a row's own key is a name too. */
const rows = {
  name: { names: 'title headline heading label productname producttitle articletitle recipename eventname eventtitle jobtitle fullname displayname', paths: 'name headline title item.name' },
  description: { names: 'summary abstract about overview desc teaser excerpt snippet shortdescription details', paths: 'description abstract' },
  text: { names: 'body content articlebody reviewbody comment message quote reviewtext', paths: 'text articleBody reviewBody description' },
  author: { names: 'authors writer byline by creator writtenby reviewer postedby username user chef', paths: 'author creator' },
  publisher: { names: 'source outlet', paths: 'publisher sourceOrganization' },
  published: { names: 'datepublished publishedat publishedon publisheddate publicationdate publishdate pubdate releasedate released dateposted postedat posteddate postedon date created createdat reviewdate', paths: 'datePublished datePosted uploadDate dateCreated releaseDate' },
  modified: { names: 'datemodified updatedat updated lastupdated lastmodified modifiedat modifieddate updateddate', paths: 'dateModified' },
  image: { names: 'images imageurl imageurls photo photos picture pictures thumbnail thumbnailurl img gallery mainimage cover coverimage', paths: 'image thumbnailUrl photo image.url contentUrl' },
  logo: { names: 'logourl', paths: 'logo logo.url' },
  url: { names: 'link href uri producturl pageurl permalink detailurl canonical canonicalurl', paths: 'url item.@id item.url item mainEntityOfPage.@id mainEntityOfPage @id' },
  price: { names: 'cost amount currentprice saleprice offerprice pricevalue priceamount finalprice unitprice priceusd priceeur pricenumber ticketprice', paths: 'price offers.price offers.lowPrice offers.priceSpecification.price offers.offers.price priceSpecification.price value' },
  lowprice: { names: 'minprice pricemin pricefrom startingprice', paths: 'lowPrice offers.lowPrice offers.price' },
  highprice: { names: 'maxprice pricemax priceto', paths: 'highPrice offers.highPrice' },
  originalprice: { names: 'listprice oldprice regularprice wasprice strikeprice msrp rrp pricebefore', paths: 'originalPrice listPrice' },
  currency: { names: 'pricecurrency currencycode currencysymbol', paths: 'priceCurrency offers.priceCurrency offers.priceSpecification.priceCurrency offers.offers.priceCurrency currency baseSalary.currency salaryCurrency' },
  availability: { names: 'instock available isavailable stock stockstatus availabilitystatus inventory inventorystatus soldout outofstock', paths: 'availability offers.availability offers.offers.availability' },
  condition: { names: 'itemcondition', paths: 'itemCondition offers.itemCondition' },
  seller: { names: 'soldby merchant vendor shop store', paths: 'seller offers.seller' },
  brand: { names: 'manufacturer make brandname', paths: 'brand manufacturer' },
  sku: { names: 'articlenumber itemnumber productid productcode partnumber modelnumber', paths: 'sku productID mpn model' },
  mpn: { names: 'manufacturerpartnumber', paths: 'mpn' },
  gtin: { names: 'ean upc barcode gtin13 gtin12 gtin8 gtin14', paths: 'gtin13 gtin gtin12 gtin14 gtin8 isbn' },
  isbn: { names: 'isbn13 isbn10', paths: 'isbn' },
  asin: { names: '', paths: 'asin' },
  color: { names: 'colour', paths: 'color' },
  size: { names: 'dimensions', paths: 'size' },
  weight: { names: 'itemweight shippingweight', paths: 'weight' },
  material: { names: 'materials fabric', paths: 'material' },
  rating: { names: 'ratingvalue stars score averagerating avgrating ratingaverage starrating reviewrating ratingscore', paths: 'aggregateRating.ratingValue ratingValue reviewRating.ratingValue starRating.ratingValue' },
  bestrating: { names: 'maxrating ratingmax', paths: 'aggregateRating.bestRating bestRating reviewRating.bestRating' },
  reviewcount: { names: 'numreviews numberofreviews reviewscount totalreviews reviewtotal ratingcount ratingscount numratings numberofratings totalratings votes', paths: 'aggregateRating.reviewCount aggregateRating.ratingCount reviewCount ratingCount' },
  reviews: { names: 'review customerreviews testimonials userreviews', paths: 'review reviews' },
  category: { names: 'categories section articlesection productcategory department topic recipecategory genre genres type', paths: 'category articleSection recipeCategory genre industry occupationalCategory' },
  keywords: { names: 'tags labels topics', paths: 'keywords' },
  language: { names: 'lang inlanguage', paths: 'inLanguage' },
  ingredients: { names: 'ingredient recipeingredient recipeingredients', paths: 'recipeIngredient ingredients' },
  steps: { names: 'instructions directions method recipeinstructions step preparation howto', paths: 'recipeInstructions step itemListElement' },
  preptime: { names: 'preparationtime preptimeminutes', paths: 'prepTime' },
  cooktime: { names: 'cookingtime cooktimeminutes', paths: 'cookTime performTime' },
  totaltime: { names: 'time totaltimeminutes readytime', paths: 'totalTime' },
  duration: { names: 'length runtime', paths: 'duration timeRequired totalTime' },
  servings: { names: 'serves yield recipeyield portions numberofservings', paths: 'recipeYield yield' },
  calories: { names: 'kcal energy', paths: 'nutrition.calories calories' },
  cuisine: { names: 'recipecuisine', paths: 'recipeCuisine servesCuisine' },
  startdate: { names: 'start starts startsat startat starttime begins begin from eventdate when datetime', paths: 'startDate' },
  enddate: { names: 'end ends endsat endat endtime until', paths: 'endDate' },
  location: { names: 'venue place where venuename locationname joblocation', paths: 'location jobLocation' },
  address: { names: 'postaladdress', paths: 'address location.address jobLocation.address' },
  street: { names: 'streetaddress', paths: 'streetAddress address.streetAddress location.address.streetAddress' },
  city: { names: 'town locality addresslocality', paths: 'addressLocality address.addressLocality location.address.addressLocality jobLocation.address.addressLocality' },
  region: { names: 'state province addressregion', paths: 'addressRegion address.addressRegion location.address.addressRegion jobLocation.address.addressRegion' },
  postalcode: { names: 'zip zipcode postcode', paths: 'postalCode address.postalCode location.address.postalCode jobLocation.address.postalCode' },
  country: { names: 'addresscountry countrycode', paths: 'addressCountry address.addressCountry location.address.addressCountry jobLocation.address.addressCountry' },
  latitude: { names: 'lat', paths: 'latitude geo.latitude location.geo.latitude' },
  longitude: { names: 'lng lon long', paths: 'longitude geo.longitude location.geo.longitude' },
  organizer: { names: 'organiser host hostedby', paths: 'organizer' },
  performer: { names: 'performers artist artists speakers speaker lineup actors', paths: 'performer actor' },
  company: { names: 'employer companyname hiringorganization organisation organization', paths: 'hiringOrganization worksFor publisher' },
  salary: { names: 'pay compensation basesalary wage salaryrange', paths: 'baseSalary estimatedSalary baseSalary.value.value baseSalary.value' },
  salarymin: { names: 'minsalary minimumsalary salaryfrom', paths: 'baseSalary.value.minValue baseSalary.minValue minValue' },
  salarymax: { names: 'maxsalary maximumsalary salaryto', paths: 'baseSalary.value.maxValue baseSalary.maxValue maxValue' },
  salarycurrency: { names: '', paths: 'baseSalary.currency salaryCurrency' },
  employmenttype: { names: 'jobtype contracttype worktype', paths: 'employmentType' },
  validuntil: { names: 'validthrough deadline applyby expires expiresat closingdate applicationdeadline', paths: 'validThrough offers.priceValidUntil' },
  faqs: { names: 'faq questions questionsandanswers qa questionanswers', paths: 'mainEntity', nodes: 'FAQPage.mainEntity' },
  question: { names: 'q', paths: 'name text' },
  answer: { names: 'a reply response', paths: 'acceptedAnswer.text suggestedAnswer.text text' },
  breadcrumbs: { names: 'breadcrumb trail crumbs path', paths: 'breadcrumb.itemListElement', nodes: 'BreadcrumbList.itemListElement' },
  offers: { names: 'offer tickets prices variants options', paths: 'offers offers.offers' },
  items: { names: 'results products listings entries list rows cards posts articles jobs events links stories listing records elements data', paths: 'itemListElement', nodes: 'ItemList.itemListElement OfferCatalog.itemListElement' },
  phone: { names: 'telephone phonenumber tel', paths: 'telephone contactPoint.telephone' },
  email: { names: 'mail emailaddress', paths: 'email contactPoint.email' },
  website: { names: 'homepage site', paths: 'url sameAs' },
  social: { names: 'sociallinks socials profiles sameas', paths: 'sameAs' },
  openinghours: { names: 'hours businesshours', paths: 'openingHours openingHoursSpecification' },
  founder: { names: 'founders', paths: 'founder' },
  founded: { names: 'foundingdate foundedin', paths: 'foundingDate' },
  sitename: { names: 'website siteTitle', paths: 'publisher.name isPartOf.name' },
  features: { names: 'highlights bulletpoints bullets keyfeatures', paths: 'featureList' },
  version: { names: 'softwareversion', paths: 'softwareVersion version' },
  os: { names: 'operatingsystem platform', paths: 'operatingSystem' },
  pages: { names: 'numberofpages pagecount', paths: 'numberOfPages' },
  director: { names: 'directors', paths: 'director' },
  video: { names: 'videourl', paths: 'contentUrl embedUrl video.contentUrl video.embedUrl' },
  benefits: { names: '', paths: 'jobBenefits' },
  qualifications: { names: 'requirements', paths: 'qualifications experienceRequirements educationRequirements' },
  responsibilities: { names: 'duties', paths: 'responsibilities' },
  skills: { names: '', paths: 'skills' },
} as const satisfies Record<string, ConceptRow>

export type ConceptName = keyof typeof rows

export interface Concept {
  name: ConceptName
  names: ReadonlySet<string>
  paths: readonly (readonly string[])[]
  nodes: readonly (readonly [type: string, property: string])[]
}

const concepts = new Map<ConceptName, Concept>()
const byName = new Map<string, Concept>()
for (const [name, row] of Object.entries(rows) as [ConceptName, ConceptRow][]) {
  const names = [name, ...row.names.split(' ').filter((one) => one !== '').map((one) => one.toLowerCase())]
  const concept: Concept = {
    name, names: new Set(names),
    paths: row.paths.split(' ').map((path) => path.split('.')),
    nodes: (row.nodes ?? '').split(' ').filter((one) => one !== '').map((one) => one.split('.') as [string, string]),
  }
  concepts.set(name, concept)
  for (const one of names) if (!byName.has(one)) byName.set(one, concept)
}

/** Words that say what a field is of, not what it is. */
const owners = new Set(['product', 'article', 'recipe', 'event', 'job', 'item', 'page', 'post', 'book', 'movie', 'film', 'listing', 'main', 'the', 'company', 'organization', 'business', 'restaurant', 'hotel', 'offer', 'review', 'total', 'meta', 'og', 'document', 'app', 'course', 'shop', 'property'])
const ofAll = new Set([...owners, 'data', 'result', 'info', 'information', 'details', 'entity', 'object', 'metadata', 'record', 'content', 'extract', 'posting', 'jobposting', 'place', 'store', 'person', 'video', 'software', 'general', 'basic', 'basics', 'core'])

/** A field of a schema by its meaning. */
export interface Field {
  name: string
  key: string
  /** The key without the word for what it belongs to: `product_name` → `name`. */
  bare: string
  concept: Concept | undefined
  /** The name of the field is a word for the whole page or one thing on it. */
  isOwner: boolean
}

const fields = new Map<string, Field>()

export const fieldOf = (name: string): Field => {
  const known = fields.get(name)
  if (known) return known
  const words = wordsOf(name)
  const key = words.join('')
  const rest = words.length > 1 && owners.has(words[0] ?? '') ? words.slice(1) : words
  const bare = rest.join('')
  const field = { name, key, bare, concept: byName.get(key) ?? byName.get(bare) ?? byName.get(singular(bare)), isOwner: ofAll.has(key) || words.every((word) => ofAll.has(word)) }
  if (fields.size > 5000) fields.clear()
  fields.set(name, field)
  return field
}

export const conceptOf = (name: ConceptName): Concept => concepts.get(name) as Concept

/** True where a label, an attribute or a class says the same as the field. */
export const names = (field: Field, label: string): boolean => {
  const key = keyOf(label)
  return key !== '' && (key === field.key || key === field.bare || singular(key) === singular(field.bare) || (field.concept?.names.has(key) ?? false))
}

export const singular = (word: string): string => (word.endsWith('ies') ? `${word.slice(0, -3)}y` : /(?:ches|shes|sses|xes)$/.test(word) ? word.slice(0, -2) : /[^s]s$/.test(word) ? word.slice(0, -1) : word)

const listNames = conceptOf('items').names
/** Names that say nothing but that there are several. */
export const isGenericList = (field: Field): boolean => listNames.has(field.key) || listNames.has(field.bare)
