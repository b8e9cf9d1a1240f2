/** What a thread of the embedded engine is started with; without a folder it keeps everything in memory. */
export interface EngineData {
  dataDir?: string
  template?: Blob
}

/** One thing that the thread is to do. */
export type Call = { id: number } & (
  | { kind: 'open' | 'dump' | 'close' }
  | { kind: 'exec'; sql: string }
  | { kind: 'query'; sql: string; parameters: unknown[] }
)

export interface Answer {
  id: number
  rows?: object[]
  affectedRows?: number
  dump?: Blob
  /** Fields of the error that was thrown. */
  error?: Record<string, unknown>
}
