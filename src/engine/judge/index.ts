export { judge, type Evidence } from './judge.ts'
export type { Verdict } from './verdict.ts'
