/** The room's camera: turns and zooms while a control is held, saved views, and in words what it cannot do. */
import Bookmark from 'lucide-react/icons/bookmark';
import ZoomIn from 'lucide-react/icons/zoom-in';
import ZoomOut from 'lucide-react/icons/zoom-out';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Bar } from '#ui/progress.tsx';
import type { RoomLink } from '../link/room-link.ts';
import { cameraReach } from './camera-reach.ts';
import { Joystick } from './joystick.tsx';
import { Explained } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import { SavePresetDialog } from './save-preset-dialog.tsx';
import { Steering } from './steering.ts';
import type { Asking } from './use-room.ts';

type CameraPageProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  equipment: RoomEquipment;
  link: RoomLink;
  asking: Asking;
};

export function CameraPage({ view, equipment, link, asking }: CameraPageProps) {
  const { t } = useTranslation('remote');
  const { turns, zooms, because, limits, zoomPercent } = cameraReach(view.state.camera, equipment);
  const { report, dismissProblem } = asking;
  const steering = useMemo(
    () =>
      new Steering({
        send: (command) => link.command(command),
        onProblem: report,
      }),
    [link, report],
  );
  useEffect(() => {
    const letGo = () => steering.release();
    document.addEventListener('visibilitychange', letGo);
    return () => {
      document.removeEventListener('visibilitychange', letGo);
      letGo();
    };
  }, [steering]);
  const zoom = (direction: 1 | -1) => () => {
    dismissProblem();
    steering.hold({ pan: 0, tilt: 0, zoom: direction });
  };
  return (
    <div className="flex flex-col gap-4 lg:grid lg:grid-cols-2 lg:items-start lg:gap-6">
      <Card title={t('camera.title')}>
        {because !== null && <Explained>{t(`camera.${because}`)}</Explained>}
        <Joystick steering={steering} isDisabled={!turns} />
        <p id="steer-hint" className="mt-3 text-center text-small text-quiet">
          {limits.length === 0 ? t('camera.steerHint') : limits.map((limit) => t(`camera.limit.${limit}`)).join(' ')}
        </p>
        <div className="mt-4 flex items-center gap-4">
          <Button
            icon={ZoomOut}
            size="large"
            aria-label={t('camera.zoomOut')}
            isDisabled={!zooms}
            onPressStart={zoom(-1)}
            onPressEnd={() => steering.release()}
          />
          <Bar label={t('camera.zoom')} percent={zoomPercent ?? 0} />
          <Button
            icon={ZoomIn}
            size="large"
            aria-label={t('camera.zoomIn')}
            isDisabled={!zooms}
            onPressStart={zoom(1)}
            onPressEnd={() => steering.release()}
          />
        </div>
      </Card>
      <Presets equipment={equipment} moves={turns || zooms} asking={asking} />
    </div>
  );
}

type PresetsProps = { equipment: RoomEquipment; moves: boolean; asking: Asking };

function Presets({ equipment: { presets }, moves, asking }: PresetsProps) {
  const { t } = useTranslation('remote');
  const [saving, setSaving] = useState(false);
  return (
    <Card title={t('camera.presets')}>
      {presets.length === 0 && <p className="text-base text-quiet">{t('camera.noPresets')}</p>}
      <ul className="grid grid-cols-2 gap-3">
        {presets.map(({ presetId, name }) => (
          <li key={presetId}>
            <Button
              className="h-full w-full"
              aria-label={t('camera.recall', { name })}
              isDisabled={!moves}
              isPending={asking.pending('recall-preset', String(presetId)) !== null}
              onPress={() => asking.ask({ name: 'recall-preset', presetId })}
            >
              <span className="line-clamp-2 min-w-0">{name}</span>
            </Button>
          </li>
        ))}
      </ul>
      <Button
        icon={Bookmark}
        variant="quiet"
        className="mt-3 w-full text-accent!"
        isDisabled={!moves}
        isPending={asking.pending('save-preset') !== null}
        onPress={() => setSaving(true)}
      >
        {t('camera.save')}
      </Button>
      <SavePresetDialog presets={presets} asking={asking} isOpen={saving} onClose={() => setSaving(false)} />
    </Card>
  );
}
