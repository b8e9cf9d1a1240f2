import { pino, type Logger } from 'pino'

export type { Logger }

/** JSON lines on standard error; secrets are redacted by path wherever they may appear. */
export const createLogger = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      redact: {
        paths: ['secret', '*.secret', 'headers.authorization', 'headers.cookie', '*.password', 'api_key', '*.api_key'],
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  )
