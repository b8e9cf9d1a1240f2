import { Command } from 'commander'
import { asOperator } from './operator.ts'

interface Row {
  id: string
  name: string
  monthly_credits: number | null
}

export const workspacesCommand = (): Command => {
  const workspaces = new Command('workspaces').description('Make and list workspaces: each has its own keys, credits and history')
  workspaces.command('create <id>').description('Make a workspace, or keep the one that is there').option('--name <name>', 'what people call it').action((id: string, options: { name?: string }) =>
    asOperator(async (ask) => show((await ask('POST', '/v1/workspaces', { id, name: options.name ?? id })) as Row)))
  workspaces.command('list').description('Every workspace').action(() => asOperator(async (ask) => ((await ask('GET', '/v1/workspaces')) as Row[]).forEach(show)))
  return workspaces
}

const show = (row: Row): void => console.log(`${row.id}  ${row.name}  ${row.monthly_credits === null ? 'unlimited' : `${row.monthly_credits} credits a month`}`)
