// Text fields of bodies: bounded, and storable.
import { z } from 'zod'

const noNul = (text: string) => !text.includes('\u0000')

export const words = (most: number) =>
  z.string().max(most).refine(noNul, 'expected text without the character U+0000')

export const name = z
  .string()
  .trim()
  .min(1, 'expected a name')
  .max(200, 'expected at most 200 characters')
  .refine(noNul, 'expected text without the character U+0000')
