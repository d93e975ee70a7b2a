import { expect, it } from 'vitest';
import { defaultSettings as settings } from './media-settings.ts';

// the README's decisions
it('eight voices are received, each for ten seconds after it was loud', () =>
  expect([settings.audibleCount, settings.audibleHoldMs]).toEqual([8, 10_000]));

it('400 connections of a network wait for their hello, 2,000 in all, each for five seconds', () =>
  expect([settings.waitingForHelloPerNetwork, settings.waitingForHello, settings.helloWithinMs]).toEqual([
    400, 2_000, 5_000,
  ]));
