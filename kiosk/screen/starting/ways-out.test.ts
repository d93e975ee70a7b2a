import { expect, it } from 'vitest';
import type { ScreenView } from '#contract/screen-link.ts';
import { waysOut } from './ways-out.ts';

const pairing = { code: 'K7PW3MXD', url: 'https://maru.example.org/control#code=K7PW3MXD' };
const room = (speakerphone: 'ready' | 'faulty' | null, control: 'cec' | 'none' | 'faulty', code = pairing) =>
  ({
    pairing: code,
    projections: {
      equipment: { speakerphone: speakerphone && { name: 'S', state: speakerphone, code: null }, tv: { control } },
    },
  }) as unknown as ScreenView;

it.each([
  [
    'all there is',
    room('ready', 'cec'),
    ['phone', 'speakerphone', 'remoteBack'],
    ['phone', 'speakerphone', 'remoteRed'],
  ],
  ['no speakerphone', room(null, 'cec'), ['phone', 'remoteBack'], ['phone', 'remoteRed']],
  ['a speakerphone that is gone', room('faulty', 'none'), ['phone'], ['phone']],
  ['a TV that hands on no key', room('ready', 'faulty'), ['phone', 'speakerphone'], ['phone', 'speakerphone']],
  ['no address for phones', { ...room('ready', 'none'), pairing: null }, ['speakerphone'], ['speakerphone']],
  ['nothing told yet', { pairing: null, projections: {} } as unknown as ScreenView, [], []],
])('%s', (_, view, cancels, leaves) => {
  expect(waysOut(view, 'slow')).toEqual(cancels);
  expect(waysOut(view, 'lost')).toEqual(leaves);
});
