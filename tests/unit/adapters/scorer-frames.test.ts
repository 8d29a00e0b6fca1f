import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Frame, FrameReader, frameHead } from '../../../src/adapters/scorer/scorer-frames.ts';

test('frames come out as they went in, however the pipe cuts them', () => {
  const frame = fc.record({
    kind: fc.nat(9),
    value: fc.nat(2 ** 32 - 1),
    body: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(20), { minLength: 1 }), (frames, cuts) => {
      const sent = Buffer.concat(
        frames.flatMap(({ kind, value, body }) => [frameHead(kind, value, body.length), body]),
      );
      const reader = new FrameReader(40);
      const received: Frame[] = [];
      for (let from = 0, i = 0; from < sent.length; i += 1) {
        const to = from + 1 + (cuts[i % cuts.length] ?? 0);
        received.push(...reader.push(sent.subarray(from, to)));
        from = to;
      }
      expect(received.map((one) => ({ ...one, body: [...one.body] }))).toEqual(
        frames.map((one) => ({ ...one, body: [...one.body] })),
      );
    }),
  );
});

test('a frame longer than the limit is refused before its memory is taken', () => {
  expect(() => [...new FrameReader(8).push(frameHead(1, 0, 9))]).toThrow(RangeError);
});
