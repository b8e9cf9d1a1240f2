import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Failure } from '../failure/failure.ts'

export interface Metrics {
  replied(labels: { dialect: string; route: string; status: number }, seconds: number, failure?: Failure): void
  text(): Promise<string>
  readonly contentType: string
  close(): void
}

/** Prometheus metrics of this process; `gauges` is read at each scrape. */
export const createMetrics = (gauges: () => Record<string, number>): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'lyrebird_' })
  const duration = new Histogram({
    name: 'lyrebird_http_request_duration_seconds',
    help: 'Duration of requests by dialect, route and status',
    labelNames: ['dialect', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'lyrebird_failures_total',
    help: 'Failed requests by dialect and catalogue code',
    labelNames: ['dialect', 'code'] as const,
    registers: [registry],
  })
  const state = new Gauge({
    name: 'lyrebird_state',
    help: 'Present sizes of queues, pools and other bounded parts',
    labelNames: ['of'] as const,
    registers: [registry],
    collect() {
      for (const [of, value] of Object.entries(gauges())) this.set({ of }, value)
    },
  })
  void state
  return {
    replied: ({ dialect, route, status }, seconds, failure) => {
      duration.observe({ dialect, route, status }, seconds)
      if (failure) failures.inc({ dialect, code: failure.code })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => registry.clear(),
  }
}
