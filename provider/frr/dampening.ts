/** What is given of BGP's dampening. */
export interface Dampening {
  halfLife?: number | undefined;
  reuse?: number | undefined;
  suppress?: number | undefined;
  maximumSuppressTime?: number | undefined;
}

/** All of it, with FRR's defaults for what is not given. */
export const wholeDampening = ({
  halfLife = 15,
  reuse = 750,
  suppress = 2000,
  maximumSuppressTime = halfLife * 4,
}: Dampening) => ({ halfLife, reuse, suppress, maximumSuppressTime });
