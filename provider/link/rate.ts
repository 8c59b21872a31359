import { z } from 'zod';

const units = { '': 1, K: 1e3, M: 1e6, G: 1e9 } as const;

/** Bits a second, with `K`, `M` or `G` for powers of 1000: `"100M"`, from `"8K"` to `"100G"`. */
export const rateSchema = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,9})?[KMG]?$/, { error: 'accepted are bits a second, such as "100M" or "1.5G"' })
  .refine((text) => bitsOf(text) >= 8e3 && bitsOf(text) <= 100e9, {
    error: 'accepted are 8K to 100G bits a second',
  });

/** In bits a second; whole bytes, as the kernel has it. */
export const bitsOf = (text: string): number => {
  const unit = (/[KMG]$/.exec(text)?.[0] ?? '') as keyof typeof units;
  return Math.round((Number.parseFloat(text) * units[unit]) / 8) * 8;
};

/** The shortest text for it: `"100M"`. */
export const rateText = (bits: number): string => {
  const [unit, factor] = Object.entries(units)
    .reverse()
    .find(([, each]) => bits % each === 0) as [string, number];
  return `${bits / factor}${unit}`;
};
