import { Command } from 'commander'
import { classOf, rowOf, type FailureClass } from '../failure/catalog.ts'
import { Failure } from '../failure/failure.ts'
import { asOperator } from './operator.ts'

interface Row {
  request_id: string
  at: string
  dialect: string
  method: string
  path: string
  url: string | null
  status: number
  credits: number
  duration_ms: number
  key: { name: string; mode: string }
  failure: unknown
  evidence: { tier: string; url?: string; address?: string; status?: number; bytes?: number; ms: number; outcome: string; signal?: string }[]
}

const whoActs: Record<FailureClass, string> = {
  caller: 'the program that sent the request',
  account: 'the owner of the key, or an administrator of this server',
  policy: 'whoever chose the URL; the operator sets the rules',
  target: 'the site, or whoever chose the URL',
  content: 'whoever wrote the request: the page was reached, what was asked of it could not be had',
  platform: 'the operator of this server',
}

export const explainCommand = (): Command =>
  new Command('explain')
    .description('Say in plain words what happened to a request')
    .argument('<request-id>', 'the X-Request-Id of its reply')
    .action((id: string) => asOperator(async (ask) => console.log(explain((await ask('GET', `/v1/requests/${encodeURIComponent(id)}`)) as Row))))

/** The whole story of a past request. */
export const explain = (row: Row): string => {
  const lines = [`${row.at}  ${row.method} ${row.path} (${row.dialect}), key "${row.key.name}" (${row.key.mode})`]
  if (row.url !== null) lines.push(`URL: ${row.url}`)
  lines.push(`Answered ${row.status} after ${row.duration_ms} ms; ${row.credits === 0 ? 'nothing was billed' : `${row.credits} credits billed`}.`, '')
  if (row.evidence.length > 0) lines.push('What was tried:', ...row.evidence.map(attemptLine), '')
  if (row.failure === null) return [...lines, 'It succeeded.'].join('\n')
  const failure = Failure.fromJSON(row.failure)
  const catalogRow = rowOf(failure.code)
  lines.push(`${failure.code}: ${failure.message}`, catalogRow.meaning, '', `Who has to act: ${whoActs[classOf(failure.code)]}.`, `What to try: ${catalogRow.fix}`, `Trying again: ${retryLine(failure)}`)
  for (const issue of (failure.plainFacts.issues as { path: (string | number)[]; message: string }[] | undefined) ?? []) lines.push(`  ${issue.path.join('.') || 'body'}: ${issue.message}`)
  return lines.join('\n')
}

const attemptLine = (attempt: Row['evidence'][number], index: number): string => {
  const facts = [attempt.url, attempt.address && `at ${attempt.address}`, attempt.status && `HTTP ${attempt.status}`, attempt.bytes !== undefined && `${attempt.bytes} bytes`, `${attempt.ms} ms`].filter(Boolean)
  return `  ${index + 1}. ${attempt.tier}: ${facts.join(', ')}: ${attempt.outcome}${attempt.signal === undefined ? '' : ` (${attempt.signal})`}`
}

const retryLine = (failure: Failure): string => {
  if (failure.retry === 'never') return 'will not help.'
  if (failure.retry === 'after_change') return 'helps only after a change.'
  return failure.retryAfterSeconds === undefined ? 'may help, later.' : `may help, in ${failure.retryAfterSeconds} s.`
}
