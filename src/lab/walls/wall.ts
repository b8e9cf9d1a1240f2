import type { Exchange } from '../exchange.ts'

export interface Wall {
  readonly vendor: string
  readonly about: string
  readonly reply: (x: Exchange) => { status: number; headers: Record<string, string | string[]>; body: string }
}
