const tailBytes = 262_144

const mainParts: readonly [RegExp, string][] = [
  [/^word\/document\d*\.xml$/, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  [/^xl\/workbook\d*\.(?:xml|bin)$/, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  [/^ppt\/presentation\d*\.xml$/, 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  [/^META-INF\/container\.xml$/, 'application/epub+zip'],
]

/** What a ZIP archive is more than that, by its first entry or the names in its directory. */
export const zippedType = (body: Uint8Array): string | undefined => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (bytes.length < 38) return undefined
  // OPC, ODF and EPUB put the type itself first, not compressed.
  if (bytes.toString('latin1', 30, 38) === 'mimetype' && bytes.readUInt16LE(8) === 0) {
    const start = 38 + bytes.readUInt16LE(28)
    const named = /^[\w.+-]{1,100}\/[\w.+-]{1,100}/.exec(bytes.toString('latin1', start, start + Math.min(200, bytes.readUInt32LE(22) || 200)))?.[0]
    if (named !== undefined) return named.replace(/PK$/, '').toLowerCase()
  }
  for (const name of namesIn(bytes)) {
    const type = mainParts.find(([pattern]) => pattern.test(name))?.[1]
    if (type !== undefined) return type
  }
  return undefined
}

/** Names of the central directory, as far as it lies in the last bytes. */
const namesIn = function* (bytes: Buffer): Generator<string> {
  for (let at = bytes.indexOf('PK\x01\x02', Math.max(0, bytes.length - tailBytes), 'latin1'); at >= 0 && at + 46 < bytes.length; at = bytes.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    yield bytes.toString('latin1', at + 46, at + 46 + Math.min(300, bytes.readUInt16LE(at + 28)))
  }
}
