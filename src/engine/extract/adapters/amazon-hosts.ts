/** The shops of all countries. */
export const amazonHosts = /(?:^|\.)amazon\.(?:com|co\.uk|co\.jp|com\.\w\w|\w\w)$/

const languages: Readonly<Record<string, string>> = { de: 'de', at: 'de', es: 'es', it: 'it', fr: 'fr', nl: 'nl', 'com.br': 'pt', 'com.tr': 'tr', se: 'sv', pl: 'pl' }

/** In which numbers are written there; undefined where as in English. */
export const languageOf = (hostname: string): string | undefined => languages[amazonHosts.exec(hostname)?.[0].replace(/^\.?amazon\./, '') ?? '']
