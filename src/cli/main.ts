import { Command, CommanderError } from 'commander'
import { version } from '../version.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { keysCommand } from './keys.ts'
import { labCommand } from './lab.ts'
import { problemOf } from './problem.ts'
import { scrapeCommand } from './scrape.ts'
import { serveCommand } from './serve.ts'
import { workerCommand } from './worker.ts'
import { exportCommand, importCommand } from './transfer.ts'
import { crawlCommand } from './crawl.ts'
import { creditsCommand } from './credits.ts'
import { workspacesCommand } from './workspaces.ts'

/** Runs one command line; sets the exit code and never throws. */
export const main = async (args: string[]): Promise<void> => {
  const program = new Command('lyrebird')
    .description('A self-hosted web-data server: a URL in; clean data, or a failure with a name, out.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
  for (const command of [serveCommand(), workerCommand(), scrapeCommand(), crawlCommand(), keysCommand(), creditsCommand(), workspacesCommand(), explainCommand(), labCommand(), doctorCommand(), exportCommand(), importCommand()]) program.addCommand(command)
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode
      return
    }
    const problem = problemOf(error)
    console.error(problem.text)
    process.exitCode = problem.exitCode
  }
}
