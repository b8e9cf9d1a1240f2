import { Command } from 'commander'
import { asOperator } from './operator.ts'

interface State {
  unlimited: boolean
  balance: number | null
  used: number
  limit: number | null
  reset_at: string | null
}

export const creditsCommand = (): Command => {
  const credits = new Command('credits').description('Show, add or limit the credits of a workspace').option('--workspace <id>', 'another workspace than the default one')
  const workspace = (): string | undefined => credits.opts<{ workspace?: string }>().workspace
  credits.command('show', { isDefault: true }).description('Balance and use').action(() => asOperator(async (ask) => show((await ask('GET', '/v1/usage/credits')) as State), workspace()))
  credits.command('add <number>').description('Add credits').option('--note <text>', 'kept in the ledger').action((amount: string, options: { note?: string }) =>
    asOperator(async (ask) => show((await ask('POST', '/v1/usage/credits', { credits: Number(amount), ...options })) as State), workspace()))
  credits.command('limit <number>').description('Credits per month; "none" makes the workspace unlimited').action((amount: string) =>
    asOperator(async (ask) => show((await ask('PUT', '/v1/usage/limit', { monthly_credits: amount === 'none' ? null : Number(amount) })) as State), workspace()))
  return credits
}

const show = (state: State): void =>
  console.log(state.unlimited ? `unlimited; ${state.used} used` : `${state.balance} left of ${state.limit}; ${state.used} used; reset at ${state.reset_at}`)
