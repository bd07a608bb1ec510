import { readEnvironment } from '../contracts/environment';
import { handlerOf, usageEnvironment } from './usage';

export const handler = handlerOf(readEnvironment(usageEnvironment, process.env), Date.now);
