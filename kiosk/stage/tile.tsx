/** One picture on the stage with its captions. A person's is a figure named exactly by the person. */
import { type CSSProperties, memo } from 'react';
import Hand from 'lucide-react/icons/hand';
import MicOff from 'lucide-react/icons/mic-off';
import MonitorUp from 'lucide-react/icons/monitor-up';
import WifiOff from 'lucide-react/icons/wifi-off';
import { initials } from './names.ts';
import { Picture } from './picture.tsx';
import type { Rect } from './geometry.ts';
import type { StagePerson, StageWords } from './stage-person.ts';
import type { TileRole } from './tiles.ts';

type TileProps = {
  person: StagePerson;
  source: 'camera' | 'screen';
  tileRole: TileRole;
  rect: Rect;
  /** too small for the full size of type */
  small: boolean;
  edgeToEdge: boolean;
  own: boolean;
  speaking: boolean;
  words: StageWords;
};

export const Tile = memo(function Tile({
  person,
  source,
  tileRole,
  rect,
  small,
  edgeToEdge,
  own,
  speaking,
  words,
}: TileProps) {
  const screen = source === 'screen';
  const away = person.connection === 'away';
  const { x, y, width, height } = rect;
  const style: CSSProperties = { transform: `translate(${x}px, ${y}px)`, width, height };
  const about = {
    className: 'stage-tile',
    style,
    'data-role': tileRole,
    'data-peer': person.peerId,
    'data-source': source,
    'data-small': small || undefined,
    'data-edge': edgeToEdge || undefined,
    'data-speaking': (speaking && !screen) || undefined,
    'data-away': away || undefined,
  };
  const caption = (
    <div className="stage-name">
      {screen && <MonitorUp className="stage-mark" aria-hidden focusable="false" />}
      {!screen && person.microphone !== 'on' && (
        <span className="stage-mark-muted" role="img" aria-label={words.muted}>
          <MicOff className="stage-mark" aria-hidden focusable="false" />
        </span>
      )}
      {!screen && person.handRaisedAtMs !== null && (
        <span className="stage-mark-hand" role="img" aria-label={words.handUp}>
          <Hand className="stage-mark" aria-hidden focusable="false" />
        </span>
      )}
      <span className="stage-name-text">{screen ? words.screenOf(person.displayName) : person.displayName}</span>
      {!screen && person.isGuest && <span className="stage-guest">{words.guest}</span>}
    </div>
  );
  if (screen) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: `fieldset` is for forms, and `figure` is a person here
      <div role="group" aria-label={words.screenOf(person.displayName)} {...about}>
        <Picture stream={person.screenStream} fit="contain" mirrored={false} on />
        {caption}
      </div>
    );
  }
  // a room's camera shows a whole table: its ends are not cropped away where the tile is no wide one
  const fit = person.peerKind === 'room' && width / height < 1.4 ? 'contain' : 'cover';
  return (
    <figure aria-label={person.displayName} {...about}>
      <div className="stage-plate" aria-hidden="true">
        <span>{initials(person.displayName)}</span>
      </div>
      <Picture stream={person.cameraStream} fit={fit} mirrored={own} on={person.camera === 'on'} />
      {away && (
        <div className="stage-away">
          <WifiOff className="stage-mark" aria-hidden focusable="false" />
          {!small && <span>{words.away}</span>}
        </div>
      )}
      {caption}
      {speaking && <span className="stage-unseen">{words.speaking}</span>}
    </figure>
  );
});
