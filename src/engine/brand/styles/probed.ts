import { z } from 'zod'
import type { Seen } from '../logos/seen.ts'
import { colorPlaces, type Styles } from './styles.ts'

const text = (max: number) => z.string().transform((value) => value.slice(0, max)).catch('')
const number = z.number().finite().catch(0)
const list = <T extends z.ZodType>(item: T, max: number) => z.array(z.unknown()).catch([]).transform((values) => values.slice(0, max).flatMap((value) => {
  const parsed = item.safeParse(value)
  return parsed.success ? [parsed.data] : []
}))
const record = <T extends z.ZodType>(item: T, max: number) => z.record(z.string().max(100), z.unknown()).catch({}).transform((values) =>
  Object.fromEntries(Object.entries(values).slice(0, max).flatMap(([key, value]) => {
    const parsed = item.safeParse(value)
    return parsed.success ? [[key, parsed.data] as const] : []
  })))
const sum = z.tuple([z.string().max(600), z.number().nonnegative()])

const seen = z.object({
  kind: z.enum(['img', 'svg', 'background']),
  url: z.string().max(20_000).optional(),
  markup: z.string().max(60_000).optional(),
  alt: text(200), words: text(600), link: text(500), behind: text(100),
  header: z.boolean(), footer: z.boolean(), nav: z.boolean(), home: z.boolean(),
  box: z.array(z.number()).length(4).optional(),
  natural: z.array(z.number()).length(2).optional(),
})

const shape = z.object({
  colors: list(sum, 150), stacks: list(sum, 60), radii: list(sum, 20),
  gaps: list(z.tuple([z.number(), z.number()]), 30),
  buttons: list(z.object({ text: text(80), background: text(100), color: text(100), border: text(100), radius: text(40), shadow: text(200), padding: text(60), area: number, y: number, words: text(300), header: z.boolean(), behind: text(100) }), 40),
  inputs: list(z.object({ background: text(100), color: text(100), border: text(100), radius: text(40) }), 6),
  typography: record(z.object({ size: number, weight: number, line: text(40), stack: text(400) }), 10),
  seen: list(seen, 80),
  variables: record(z.string().max(100), 400),
  faces: list(z.object({ family: text(120), source: text(300), weight: text(20), base: text(2000) }), 120),
  loaded: list(z.object({ family: text(120), weight: text(20) }), 120),
  globals: list(z.string().max(40), 40),
  scheme: text(60),
  page: z.object({ body: text(100), root: text(100), color: text(100) }),
})

/** What a page's own script environment answered, as far as it has the form that was asked for; undefined for anything else. */
export const readProbe = (probe: unknown): { styles: Styles; seen: Seen[] } | undefined => {
  const parsed = shape.safeParse(probe)
  if (!parsed.success) return undefined
  const { colors, stacks, seen: pictures, ...rest } = parsed.data
  return {
    seen: pictures as Seen[],
    styles: {
      ...rest,
      kind: 'computed',
      radii: rest.radii,
      colors: colors.flatMap(([key, amount]) => {
        const [place = '', ...color] = key.split(' ')
        const known = colorPlaces.find((one) => one === place)
        return known ? [{ place: known, color: color.join(' '), amount }] : []
      }),
      stacks: stacks.flatMap(([key, chars]) => {
        const [role = '', weight = '', ...stack] = key.split(' ')
        return role === 'heading' || role === 'body' || role === 'button' || role === 'code' ? [{ role, weight: Number(weight) || 400, stack: stack.join(' '), chars }] : []
      }),
    },
  }
}
