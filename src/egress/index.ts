export { createEgress } from './egress.ts'
export type {
  Address, Dial, Egress, EgressOptions, EgressRequest, EgressResponse, Protocol, Resolver, RobotsVerdict, Site, StoredCookie, Timings, Trust,
} from './types.ts'
export { createProxies, type Proxies, type ProxyWay } from './proxies.ts'
export { readProxy } from './proxy-address.ts'
export { openBrowserProxy, type BrowserProxy, type BrowserProxyOptions } from './browser-proxy.ts'
