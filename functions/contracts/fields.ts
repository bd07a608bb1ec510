import * as z from 'zod';
import { isBaseName, isRegion, longestBaseName } from './names';

/** Names of buckets, tables and hosts are made of these two: nothing else gets into one. */
export const region = z.string().refine(isRegion, 'is no region');
export const baseName = z
  .string()
  .max(longestBaseName(['us-east-1'])) // no region has a shorter name
  .refine(isBaseName, 'is no BaseName');
