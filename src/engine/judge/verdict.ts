/** What the final answer of a site amounts to. */
export type Verdict =
  | { kind: 'ok' }
  /** `passable`: a browser may pass the wall by itself. */
  | { kind: 'blocked'; vendor: string; signal: string; passable: boolean }
  | { kind: 'rate_limited'; retryAfterSeconds: number | null }
  | { kind: 'http_error'; status: number }
  | { kind: 'soft_404'; signal: string }
  | { kind: 'empty_shell'; signal: string }
  | { kind: 'empty' }
