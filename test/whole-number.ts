/** A whole number that an option of a command names. @throws Error saying what it must be */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`--${name} is ${text}; it must be a whole number from ${least} to ${most}`);
}
