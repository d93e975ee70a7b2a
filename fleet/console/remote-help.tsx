/** What IT does to a room from afar: the actions, how each goes on, its result, the picture of the screen, the lines of its logs. */
import Eye from 'lucide-react/icons/eye';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { helpApi } from '#contract/http/help-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { isOver, type RoomAction, type RoomActionName, type ShownAction } from '#contract/room-action.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import en from '#ui/words/en/helpdesk.ts';
import ko from '#ui/words/ko/helpdesk.ts';
import { addWords } from '#ui/words/words.ts';
import { ActionRow, FollowedLog, ScreenPicture } from './remote-action.tsx';
import { useRoomActions } from './use-room-actions.ts';

addWords({ helpdesk: { en, ko } });

type Simple = Exclude<RoomActionName, 'restart-kiosk' | 'set-volume'>;
const GROUPS: readonly { key: 'see' | 'restart' | 'meeting'; names: readonly Simple[] }[] = [
  { key: 'see', names: ['look-at-screen', 'follow-logs', 'collect-logs', 'test-network', 'run-self-test'] },
  { key: 'restart', names: ['restart-screen', 'restart-agent'] },
  { key: 'meeting', names: ['join-call', 'leave-call', 'mute-microphone'] },
];

export function RemoteHelp({ room }: { room: RoomOverview }) {
  const { t } = useTranslation('helpdesk');
  const { roomId, roomName, online } = room;
  const { actions, pictureAtMs, logs } = useRoomActions(roomId);
  const asking = useAsyncAction<RoomActionName>();
  const [isRestarting, setRestarting] = useState(false);
  const [volume, setVolume] = useState('');
  const inCall = room.call !== null;
  const percent = /^\d{1,3}$/.test(volume.trim()) ? Number(volume) : null;
  const isUnderWay = (name: RoomActionName) => actions.some((each) => each.action.name === name && !isOver(each.state));
  const ask = (action: RoomAction) =>
    void asking.run(() => callApi(helpApi.askRoomAction, { params: { roomId }, body: { action } }), {
      key: action.name,
      about: action.name,
    });
  const button = (name: RoomActionName, onPress: () => void, isDisabled = false) => (
    <Button
      key={name}
      {...(name === 'look-at-screen' && { icon: Eye })}
      isDisabled={!online || isDisabled || isUnderWay(name)}
      isPending={asking.pending(name) !== null}
      onPress={onPress}
    >
      {t(`remote.name.${name}`)}
    </Button>
  );
  const newest = (name: RoomActionName): ShownAction | undefined => actions.find((each) => each.action.name === name);
  const looking = newest('look-at-screen');
  const following = newest('follow-logs');
  return (
    <Card title={t('remote.title')}>
      <div className="flex flex-col gap-5">
        <p className="text-small text-quiet">{online ? t('remote.lead') : t('remote.offline')}</p>
        {GROUPS.map(({ key, names }) => (
          <fieldset key={key} className="flex flex-col gap-2">
            <legend className="mb-2 text-small font-semibold">{t(`remote.group.${key}`)}</legend>
            <div className="flex flex-wrap items-end gap-2">
              {names.map((name) => button(name, () => ask({ name })))}
              {key === 'restart' && button('restart-kiosk', () => setRestarting(true))}
            </div>
            {key === 'see' && <p className="text-small text-quiet">{t('remote.lookHint')}</p>}
            {key === 'meeting' && <p className="text-small text-quiet">{t('remote.joinHint')}</p>}
          </fieldset>
        ))}
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (percent !== null && percent <= 100) ask({ name: 'set-volume', percent });
          }}
        >
          <TextField
            className="w-44"
            label={t('remote.volume')}
            inputMode="numeric"
            value={volume}
            onChange={setVolume}
          />
          <Button
            type="submit"
            className="min-h-14!"
            isDisabled={!online || percent === null || percent > 100}
            isPending={asking.pending('set-volume') !== null}
          >
            {t('remote.name.set-volume')}
          </Button>
        </form>
        <ProblemWords problem={asking.problem} />
        {looking && !isOver(looking.state) && (
          <ScreenPicture action={looking} roomName={roomName} atMs={pictureAtMs[looking.actionId] ?? null} />
        )}
        {following && (!isOver(following.state) || logs[following.actionId]) && (
          <FollowedLog action={following} roomName={roomName} log={logs[following.actionId] ?? null} />
        )}
        <section aria-label={t('remote.recent')}>
          <h3 className="mb-2 text-small font-semibold">{t('remote.recent')}</h3>
          {actions.length === 0 ? (
            <p className="text-small text-quiet">{t('remote.none')}</p>
          ) : (
            <ul className="flex flex-col">
              {actions.map((action) => (
                <ActionRow key={action.actionId} action={action} />
              ))}
            </ul>
          )}
        </section>
      </div>
      <ConfirmDialog
        title={t('remote.restartTitle', { room: roomName })}
        body={t(inCall ? 'remote.restartInCallBody' : 'remote.restartBody')}
        action={t('remote.restartAction')}
        isOpen={isRestarting}
        onClose={() => setRestarting(false)}
        onConfirm={() => {
          setRestarting(false);
          ask({ name: 'restart-kiosk', evenInCall: inCall });
        }}
      />
    </Card>
  );
}
