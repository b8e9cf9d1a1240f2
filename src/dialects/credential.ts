/** The token of `Authorization: Bearer …`, or the value of the header; the Authorization header wins. */
export const bearerOrHeader = (headers: Headers, name: string): string | undefined =>
  bearer(headers) ?? (headers.get(name)?.trim() || undefined)

export const bearer = (headers: Headers): string | undefined =>
  /^bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1]
