import table from './prices.json' with { type: 'json' };

export type RegionPrices = (typeof table.regions)['us-east-1'];
export type PriceName = keyof RegionPrices;

/** Dollars, by region: see prices.json for what of, from where and when. */
export const prices: Readonly<Record<string, RegionPrices>> = table.regions;

/** Prices that stand in the table, but that no list was read for. */
export const notRead = (name: PriceName, region: string): boolean =>
  (table.notRead as Partial<Record<string, string[]>>)[name]?.includes(region) ?? false;
