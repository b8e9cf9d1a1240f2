const tag = (id: number, type: number, count: number, value: number): Buffer => {
  const out = Buffer.alloc(12)
  out.writeUInt16BE(id, 0)
  out.writeUInt16BE(type, 2)
  out.writeUInt32BE(count, 4)
  if (type === 3) out.writeUInt16BE(value, 8)
  else out.writeUInt32BE(value, 8)
  return out
}

/** The frame of a JPEG of 640 × 480 pixels that a camera on its side took: sizes and EXIF, no picture. */
export const jpeg = (): Buffer => {
  const texts = ['Lab Optics', 'Lamp 7', 'Marta Quill', '2025:11:02 10:10:00', 'The tide gauge at Skerry Point'].map((text) => Buffer.from(`${text}\0`))
  const ids = [0x010f, 0x0110, 0x013b, 0x0132, 0x010e]
  const count = texts.length + 2
  const exifAt = 8 + 2 + count * 12 + 4
  const dataAt = exifAt + 2 + 12 + 4
  let at = dataAt
  const entries = texts.map((text, i) => {
    const entry = tag(ids[i] ?? 0, 2, text.length, at)
    at += text.length
    return entry
  })
  const taken = Buffer.from('2025:11:02 10:10:00\0')
  const all = [...entries, tag(0x0112, 3, 1, 6), tag(0x8769, 4, 1, exifAt)].toSorted((a, b) => a.readUInt16BE(0) - b.readUInt16BE(0))
  const tiff = Buffer.concat([
    Buffer.from('MM\0*\0\0\0\x08', 'latin1'), Buffer.from([0, count]), ...all, Buffer.alloc(4),
    Buffer.from([0, 1]), tag(0x9003, 2, taken.length, at), Buffer.alloc(4),
    ...texts, taken,
  ])
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
  const segment = (marker: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]), segment(0xe1, exif),
    segment(0xc0, Buffer.from([8, 480 >> 8, 480 & 255, 640 >> 8, 640 & 255, 1, 1, 0x11, 0])),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from([0, 0xff, 0xd9]),
  ])
}
