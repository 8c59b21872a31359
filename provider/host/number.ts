/** A whole number that a host has told; 0 where it has told none. */
export const toldNumber = (text: string | undefined): number =>
  /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0;
