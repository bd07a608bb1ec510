/** Milliseconds without a word after which a service is taken to have hung: under the time that a function has. */
export interface Silence {
  s3: number;
  others: number;
}

export const usual: Silence = { s3: 30_000, others: 10_000 };
/** S3 may take minutes for parts of gigabytes, and to make an object of thousands of parts. */
export const copyingParts: Silence = { ...usual, s3: 880_000 };
export const completing: Silence = { ...usual, s3: 280_000 };
