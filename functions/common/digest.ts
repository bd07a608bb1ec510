import { createHash } from 'node:crypto';

/** Tells one text from another in 16 characters. */
export const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16);
