import type { Answer } from './api-service.ts';
import { SMALL } from './small-campaign.ts';

/** Draws a fallback batch of the small campaign, with everyone in it. */
export const drawFallback = (size: number) =>
  `mutation { createFallbackBatch(input: { campaign: "${SMALL}", size: ${size}, note: "the model is broken" }) {
     batch { id size fallback status run { id } drawnFrom { week } sample { recipient { customer } }
             recipients(first: 50) { nodes { customer arm score decision { outcome arm reasons score } } } } } }`;

/** `pauseEngine`, `resumeEngine`, `pauseFlow` or `resumeFlow` of the small campaign. */
export const switchEngine = (name: string) =>
  `mutation { ${name}(input: { campaign: "${SMALL}", reason: "the model is broken" }) { campaign { key } } }`;

/** Everyone in a batch that was answered. */
export const customersOf = (batch: Answer['data']): string[] =>
  batch.recipients.nodes.map(({ customer }: Answer['data']) => customer);
