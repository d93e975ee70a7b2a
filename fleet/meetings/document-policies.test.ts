/** What each may do with a meeting's documents, of every policy. */
import { expect, test } from 'vitest';
import type { DocumentPolicy } from '#contract/document-policy.ts';
import { type DocumentReader, documentRightsBy } from './document-policies.ts';

const policies: DocumentPolicy[] = (['room-only', 'everyone'] as const).flatMap((sharedBy) =>
  [true, false].flatMap((guestsView) =>
    [true, false].map((hasWatermark) => ({ sharedBy, guestsView, isKept: false, hasWatermark })),
  ),
);

test.each(policies)('with %o', (policy) => {
  const rightsOf = (reader: DocumentReader) => documentRightsBy(policy, reader);
  const seen = policy.hasWatermark ? (['view'] as const) : (['view', 'view-unmarked'] as const);
  // a program draws them for viewers of its own
  expect(rightsOf('program')).toEqual(['view', 'view-unmarked']);
  expect(rightsOf('insider')).toEqual(['present', ...seen]);
  const ofGuest = policy.sharedBy === 'everyone' ? ['present', ...seen] : [...seen];
  expect(rightsOf('guest')).toEqual(policy.guestsView ? ofGuest : []);
});
