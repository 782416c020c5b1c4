/** A setting: what it must be, and what to give where it is not. */
import { z } from 'zod';

export interface Setting {
  schema: z.ZodType;
  fix: string;
}

export function wholeSetting(min: number, max: number, byDefault: number): z.ZodType {
  return z.coerce.number().int().min(min).max(max).default(byDefault);
}

export const filePath = z.string().min(1).optional();

/** A variable that is set to nothing counts as not set. */
export function isBlank(raw: string | undefined): raw is '' | undefined {
  return raw === undefined || raw === '';
}
