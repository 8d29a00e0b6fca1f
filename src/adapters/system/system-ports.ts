import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids, Randomness } from '../../domain/ports.ts';

export const systemClock: Clock = { now: () => new Date() };
export const systemIds: Ids = { next: () => randomUUID() };
export const systemRandomness: Randomness = { bytes: (count) => randomBytes(count) };
