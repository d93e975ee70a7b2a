/** The controls of the picture: timeline, play, sound, the live edge, and how it is shown. */
import ClosedCaption from 'lucide-react/icons/closed-caption';
import Eye from 'lucide-react/icons/eye';
import Maximize from 'lucide-react/icons/maximize';
import Minimize from 'lucide-react/icons/minimize';
import Pause from 'lucide-react/icons/pause';
import PictureInPicture from 'lucide-react/icons/picture-in-picture-2';
import Play from 'lucide-react/icons/play';
import SkipForward from 'lucide-react/icons/skip-forward';
import Volume from 'lucide-react/icons/volume-2';
import VolumeX from 'lucide-react/icons/volume-x';
import { useTranslation } from 'react-i18next';
import type { Chapter } from '#contract/broadcast.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { elapsed } from '#ui/words/format.ts';
import type { WatchPlayer, Playback } from './watch-player.ts';
import type { ShownCaptions } from './use-broadcast-caption.ts';
import { TimelineSlider } from './timeline-slider.tsx';

const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;
const MINUTE_MS = 60_000;
/** what moves with the live edge is live, whatever it lags by for a moment */
const LAGS_MS = 10_000;

type PlayerControlsProps = {
  player: WatchPlayer;
  playback: Playback;
  isLive: boolean;
  canRewind: boolean;
  chapters: readonly Chapter[];
  watching: number | null;
  isFull: boolean;
  captions: Pick<ShownCaptions, 'isOn' | 'areMissed' | 'toggle'>;
  /** null: not in this browser */
  onPictureInPicture: (() => void) | null;
  onFullScreen: (() => void) | null;
};

export function PlayerControls(props: PlayerControlsProps) {
  const {
    player,
    playback,
    isLive,
    canRewind,
    chapters,
    watching,
    isFull,
    captions,
    onPictureInPicture,
    onFullScreen,
  } = props;
  const { t } = useTranslation('watch');
  const { isPaused, isMuted, volumePercent, positionMs, lengthMs, isOver, rate } = playback;
  const isAtLive = isLive && isAtLiveNow(playback);
  const isStopped = isPaused || isOver;
  return (
    <div role="toolbar" aria-label={t('player.controls')} className="flex flex-col">
      <TimelineSlider
        positionMs={positionMs ?? 0}
        lengthMs={lengthMs ?? 0}
        chapters={chapters}
        isAtLive={isAtLive}
        isDisabled={lengthMs === null || (isLive && !canRewind)}
        onSeek={player.seek}
      />
      <div className="flex flex-wrap items-center gap-1">
        <Button
          variant="quiet"
          icon={isStopped ? Play : Pause}
          aria-label={t(isStopped ? 'player.play' : 'player.pause')}
          onPress={() => (isStopped ? player.play() : player.pause())}
        />
        <Button
          variant="quiet"
          icon={isMuted ? VolumeX : Volume}
          aria-label={t(isMuted ? 'player.unmute' : 'player.mute')}
          onPress={() => player.setMuted(!isMuted)}
        />
        <input
          type="range"
          data-player="slider"
          aria-label={t('player.volume')}
          min={0}
          max={100}
          step={5}
          value={isMuted ? 0 : volumePercent}
          onChange={({ target }) => player.setVolume(Number(target.value))}
          className="h-12 w-20 cursor-pointer accent-accent max-sm:hidden pointer-coarse:hidden"
        />
        {isLive && <LiveMark player={player} playback={playback} isAtLive={isAtLive} />}
        <span className="flex-1" />
        {isLive && watching !== null && (
          <span className="numerals flex items-center gap-1.5 px-2 text-small max-sm:hidden">
            <Icon of={Eye} className="size-4" />
            {t('home.watching', { count: watching })}
          </span>
        )}
        {!isLive && (
          <select
            aria-label={t('player.speed')}
            value={rate}
            onChange={({ target }) => player.setRate(Number(target.value))}
            className="numerals min-h-12 cursor-pointer rounded-control bg-transparent px-3 text-base font-semibold hover:bg-lifted"
          >
            {RATES.map((each) => (
              <option key={each} value={each} className="bg-raised">
                {`${each}×`}
              </option>
            ))}
          </select>
        )}
        {captions.areMissed && (
          <span role="status" className="px-2 text-small text-quiet">
            {t('player.noCaptions')}
          </span>
        )}
        {captions.isOn !== null && (
          <Button
            variant={captions.isOn ? 'primary' : 'quiet'}
            icon={ClosedCaption}
            aria-label={t(captions.isOn ? 'player.hideCaptions' : 'player.captions')}
            onPress={captions.toggle}
          />
        )}
        {onPictureInPicture && (
          <Button
            variant="quiet"
            icon={PictureInPicture}
            aria-label={t('player.pictureInPicture')}
            // one row on a phone, also while the way back to live stands in it, or words
            className={(isLive && !isAtLive) || captions.areMissed ? 'max-sm:hidden' : ''}
            onPress={onPictureInPicture}
          />
        )}
        {onFullScreen && (
          <Button
            variant="quiet"
            icon={isFull ? Minimize : Maximize}
            aria-label={t(isFull ? 'player.leaveFullScreen' : 'player.fullScreen')}
            onPress={onFullScreen}
          />
        )}
      </div>
    </div>
  );
}

const isAtLiveNow = ({ isAtLive, behindMs }: Playback): boolean =>
  isAtLive && (behindMs === null || behindMs < LAGS_MS);

type LiveMarkProps = Pick<PlayerControlsProps, 'player' | 'playback'> & { isAtLive: boolean };

function LiveMark({ player, playback: { behindMs, picture }, isAtLive }: LiveMarkProps) {
  const { t } = useTranslation('watch');
  if (picture === 'none') return null;
  if (isAtLive)
    return (
      <span className="ml-1 rounded-small bg-live-fill px-2.5 py-1 text-small font-bold text-live-ink">
        {t('player.live')}
      </span>
    );
  const time =
    behindMs === null
      ? null
      : behindMs < MINUTE_MS
        ? t('player.seconds', { count: Math.round(behindMs / 1000) })
        : elapsed(behindMs);
  return (
    <span className="flex items-center gap-2">
      {time !== null && <span className="numerals pl-1 text-small">{t('player.behind', { time })}</span>}
      <Button variant="plain" icon={SkipForward} className="max-sm:[&_svg]:hidden" onPress={player.backToLive}>
        {t('player.backToLive')}
      </Button>
    </span>
  );
}
