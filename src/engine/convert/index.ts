export { createConverter } from './pool.ts'
export { isSupportedType, supportedTypes } from './media-type.ts'
export type { Converted, Converter, ConvertInput } from './types.ts'
