/** What a tile's caption holds beside the name: the mark of a raised hand, and that somebody is a guest. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { Participant } from '#contract/room-state.ts';
import { Tile } from './tile.tsx';

const captionOf = (over: Partial<Participant>, source: 'camera' | 'screen' = 'camera', small = false): string =>
  renderToStaticMarkup(
    createElement(Tile, {
      person: {
        ...participantUnderTest({ peerId: 'p1', displayName: 'Dealer East', ...over }),
        cameraStream: null,
        screenStream: null,
      },
      source,
      tileRole: 'grid',
      rect: { x: 0, y: 0, width: 640, height: 360 },
      small,
      edgeToEdge: false,
      own: false,
      speaking: false,
      words: {
        muted: 'muted',
        away: 'away',
        speaking: 'speaking',
        handUp: 'Hand raised',
        guest: 'Guest',
        screenOf: (name) => `Screen of ${name}`,
      },
    }),
  );

describe('the caption of a tile', () => {
  it('marks a raised hand for as long as it is up', () => {
    expect(captionOf({ handRaisedAtMs: 5 })).toContain('aria-label="Hand raised"');
    expect(captionOf({ handRaisedAtMs: null })).not.toContain('Hand raised');
  });

  it('tells a guest from a member, also where the tile is small', () => {
    expect(captionOf({ isGuest: true })).toContain('Guest');
    expect(captionOf({ isGuest: true }, 'camera', true)).toContain('Guest');
    expect(captionOf({ isGuest: false })).not.toContain('Guest');
  });

  it('has neither on a shared screen', () => {
    const caption = captionOf({ isGuest: true, handRaisedAtMs: 5, sharesScreen: true }, 'screen');
    expect(caption).not.toContain('Guest');
    expect(caption).not.toContain('Hand raised');
  });
});
