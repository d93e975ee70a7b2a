/** Asks under which name and in which of the six places the camera's view is saved. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraPreset } from '#contract/room-equipment.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import type { Asking } from './use-room.ts';

const PLACES = ['1', '2', '3', '4', '5', '6'] as const;
type Place = (typeof PLACES)[number];

type SavePresetProps = { presets: readonly CameraPreset[]; asking: Asking; isOpen: boolean; onClose: () => void };

export function SavePresetDialog({ presets, asking, isOpen, onClose }: SavePresetProps) {
  const { t } = useTranslation('remote');
  return (
    <Dialog title={t('camera.saveTitle')} isOpen={isOpen} onClose={onClose}>
      <SaveForm presets={presets} asking={asking} onClose={onClose} />
    </Dialog>
  );
}

/** Mounted anew each time that the dialog opens: the first free place, and no name. */
function SaveForm({ presets, asking, onClose }: Omit<SavePresetProps, 'isOpen'>) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const presetAt = (place: Place) => presets.find(({ presetId }) => String(presetId) === place);
  const [place, setPlace] = useState<Place>(PLACES.find((each) => presetAt(each) === undefined) ?? '1');
  const [name, setName] = useState('');
  const [nameMissing, setNameMissing] = useState(false);
  const replaced = presetAt(place);
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        const presetName = shownText(name);
        if (presetName === '') return setNameMissing(true);
        const presetId = Number(place);
        asking.ask({ name: 'save-preset', presetId, presetName }, (_, { projections: { equipment } }) =>
          Boolean(equipment?.presets.some((each) => each.presetId === presetId && each.name === presetName)),
        );
        onClose();
      }}
    >
      <TextField
        label={t('camera.saveName')}
        hint={t('camera.saveNameHint')}
        value={name}
        maxLength={40}
        problem={nameMissing ? t('camera.saveNameMissing') : null}
        autoComplete="off"
        onChange={(value) => {
          setName(value);
          setNameMissing(false);
        }}
      />
      <div>
        <p className="mb-2 text-base font-medium">{t('camera.savePlace')}</p>
        <ToggleGroup
          label={t('camera.savePlace')}
          choices={PLACES.map((each) => ({ key: each, words: each }))}
          chosen={place}
          onChoose={setPlace}
        />
        <p role="status" className="mt-2 min-h-5 text-small text-quiet">
          {replaced && t('camera.replaces', { name: replaced.name })}
        </p>
      </div>
      <div className="flex flex-col gap-3 sm:flex-row-reverse">
        <Button type="submit" variant="primary" size="large" className="flex-1">
          {t('camera.saveAction')}
        </Button>
        <Button size="large" className="flex-1" onPress={onClose}>
          {common('notNow')}
        </Button>
      </div>
    </form>
  );
}
