import type { ModelUse } from './extract.ts'

/** A task in words, for a model that works the page itself. */
export interface AgentOptions {
  prompt: string
  /** Most steps that are taken. */
  stepsMax: number
}

export const agentTools = ['snapshot', 'act', 'scroll', 'wait', 'get_url', 'read_text', 'list_items'] as const
export type AgentTool = (typeof agentTools)[number]

export interface AgentStep {
  tool: AgentTool
  ok: boolean
  /** ISO 8601; when it began. */
  at: string
  ms: number
  /** Why it failed. One that failed is told to the model, which goes on. */
  reason?: string
}

/** What became of the task. */
export interface AgentReport {
  answer: string
  steps: AgentStep[]
  /** There was no answer when the steps were over. */
  limited: boolean
  model: ModelUse
}

/** Something in the page that can be acted on. */
export interface PagePart {
  /** `e7`: for one look at the page. */
  ref: string
  kind: string
  name: string
  value?: string
}

/** A page as it can be told to a model. */
export interface PageView {
  url: string
  title: string
  text: string
  parts: PagePart[]
}
