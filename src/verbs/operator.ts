import { timingSafeEqual } from 'node:crypto'
import { scopes, type Actor } from '../contract/actor.ts'

const keyId = 'operator'

/** The command line of this machine, by the secret of this start; `<secret>@<workspace>` acts in another workspace than the default. */
export const operatorOf = (presented: string | undefined, secret: string): Actor | undefined => {
  if (presented === undefined) return undefined
  const at = presented.indexOf('@')
  const bare = at === -1 ? presented : presented.slice(0, at)
  if (!sameSecret(bare, secret)) return undefined
  return {
    workspaceId: at === -1 ? 'default' : presented.slice(at + 1),
    keyId,
    keyName: 'command line',
    mode: 'live',
    scopes,
    limits: { rpm: null, concurrency: null, creditLimit: null, dailyCreditCap: null },
    urlBlocklist: [],
  }
}

/** No key of the database has this id: they are made with a prefix. */
export const isOperator = (actor: Actor): boolean => actor.keyId === keyId

const sameSecret = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
