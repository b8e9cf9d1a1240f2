import { Command } from 'commander'
import { diagnose } from '../diagnose.ts'
import { readConfig } from '../config.ts'

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('Say what works here and how to mend what does not')
    .option('--offline', 'do not look up a public name')
    .action(async ({ offline = false }: { offline?: boolean }) => {
      const config = readConfig({}, { defaults: { logLevel: 'silent' } })
      const findings = await diagnose(config, { offline })
      for (const { state, what, detail, mend } of findings) {
        console.log(`${{ ok: 'ok  ', off: 'off ', bad: 'BAD ' }[state]} ${what}: ${detail}`)
        if (mend !== undefined && state !== 'ok') console.log(`       ${mend}`)
      }
      if (findings.some((finding) => finding.state === 'bad')) process.exitCode = 1
    })
