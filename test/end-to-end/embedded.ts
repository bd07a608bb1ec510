import { slowness } from './mars';

/** Not in somebody's own account: functions there can't be sent through a proxy here, and the only stranger is the embedded one. */
export const testEmbedded = process.env.AWS_ENDPOINT_URL === undefined ? test.skip : test;

/** Milliseconds against a hang. */
export const within = (milliseconds: number): number => milliseconds * slowness;
