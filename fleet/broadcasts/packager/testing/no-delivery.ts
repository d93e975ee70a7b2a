/** For tests: a delivery to nobody. */
import type { Delivery } from '../stream.ts';

export const noDelivery = (): Delivery => ({
  start: async () => {},
  stop: async () => {},
  port: 1,
  configure: () => {},
  revoke: () => {},
  serve: () => ({ onPart: () => {}, onEnd: () => {} }),
  forget: () => {},
  watching: () => 0,
});
