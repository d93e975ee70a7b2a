import { expect, test } from 'vitest';
import { facetsOf } from './room-facets.ts';

test('each version, model and signal with its number of rooms, the most frequent first; what was not reported is none', () => {
  expect(
    facetsOf([
      { version: '1.2.0', model: 'NUC', signals: ['disk-low'] },
      { version: '1.3.0', model: null, signals: ['disk-low', 'clock-off'] },
      { version: '1.3.0', model: 'NUC', signals: [] },
      { version: null, model: null, signals: [] },
    ]),
  ).toEqual({
    versions: [
      { value: '1.3.0', count: 2 },
      { value: '1.2.0', count: 1 },
    ],
    models: [{ value: 'NUC', count: 2 }],
    signals: [
      { value: 'disk-low', count: 2 },
      { value: 'clock-off', count: 1 },
    ],
  });
});
