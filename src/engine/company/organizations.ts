import type { ProofSource } from '../../contract/proof.ts'
import { fromMicrodata } from '../extract/nodes.ts'
import { rdfaOf } from '../extract/rdfa.ts'
import { isRecord } from '../extract/schema.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { sameSite } from './site.ts'

type Data = Record<string, unknown>

/** Who structured data says is behind the site. */
export interface Organization {
  data: Data
  types: string[]
  source: ProofSource
  path: string
  /** 0 to 1: how surely it is this site's own. */
  own: number
}

const kinds = /(?:Organization|Corporation|Business|Store|Shop|Agency|Service|Restaurant|Dealer|Repair|Clinic|Hospital|Hotel|Resort|Motel|Hostel|Salon|Spa|Club|Gym|School|University|Museum|Church|Library|Bakery|Brewery|Winery|BarOrPub|Attorney|Dentist|Physician|Pharmacy|Plumber|Electrician|Contractor|RoofingContractor|Locksmith|Notary|Florist|Company|NGO|Airline|Project|Consortium|Cooperative|Brand|TravelAgency|RealEstateAgent|Winery|CafeOrCoffeeShop|FoodEstablishment|Optician|VeterinaryCare|CityHall|GovernmentOffice|SportsTeam)$/
const notOne = new Set(['Service', 'FinancialService', 'ProfessionalService', 'WebSite', 'Person', 'Product'])
/** Where a page names the one behind it. */
const owners = new Set(['publisher', 'sourceOrganization', 'copyrightHolder', 'provider', 'about', 'mainEntity', '@graph', 'isPartOf', 'parentOrganization'])
/** Where it names others. */
const others = new Set(['review', 'reviews', 'author', 'member', 'memberOf', 'hiringOrganization', 'sponsor', 'competitor', 'itemReviewed', 'brand', 'manufacturer', 'seller', 'offers', 'performer', 'worksFor', 'alumniOf', 'affiliation', 'itemListElement', 'subjectOf', 'mentions', 'funder', 'award', 'customer'])

const depthMax = 7
const nodesMax = 2000

export const organizationsOf = ({ page, metadata, resolve, url }: ReadPage): Organization[] => {
  const found: Organization[] = []
  const look = (value: unknown, source: ProofSource, path: string, own: number, depth: number): void => {
    if (depth > depthMax || found.length > nodesMax) return
    if (Array.isArray(value)) {
      value.slice(0, 100).forEach((one: unknown, i) => look(one, source, `${path}[${i}]`, own, depth + 1))
      return
    }
    if (!isRecord(value)) return
    const types = [value['@type']].flat().filter((type) => typeof type === 'string').map((type) => type.replace(/^.*[/:#]/, ''))
    if (types.some((type) => kinds.test(type) && !(notOne.has(type) && value.address === undefined && value.telephone === undefined)) && Object.keys(value).length > 1) {
      found.push({ data: value, types, source, path, own: Math.min(1, own + (isOwn(value, url) ? 0.3 : 0)) })
    }
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner !== 'object' || inner === null) continue
      look(inner, source, `${path}.${name}`, others.has(name) ? own * 0.3 : owners.has(name) ? own : own * 0.6, depth + 1)
    }
  }
  look(metadata.json_ld ?? [], 'json_ld', '', 0.7, 0)
  look(fromMicrodata(metadata.microdata ?? []), 'microdata', '', 0.6, 0)
  look(rdfaOf(page.root, resolve), 'rdfa', '', 0.6, 0)
  return withReferences(found).filter(({ own }) => own >= 0.4).toSorted((a, b) => b.own - a.own || Object.keys(b.data).length - Object.keys(a.data).length).slice(0, 20)
}

const isOwn = (data: Data, url: string): boolean =>
  [data.url, data['@id'], data.email].flat().some((value) => typeof value === 'string' && sameSite(value, url))

/** What several nodes with one id say, is said of one. */
const withReferences = (found: readonly Organization[]): Organization[] => {
  const byId = new Map<string, Organization>()
  const rest: Organization[] = []
  for (const one of found) {
    const id = one.data['@id']
    const known = typeof id === 'string' ? byId.get(id) : undefined
    if (known) {
      known.data = { ...one.data, ...known.data }
      known.own = Math.max(known.own, one.own)
    } else if (typeof id === 'string') byId.set(id, { ...one })
    else rest.push(one)
  }
  return [...byId.values(), ...rest]
}
