/** Turns the camera: four arrows to hold, a knob to drag between them, and the arrow keys on any of them. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import ChevronUp from 'lucide-react/icons/chevron-up';
import Move from 'lucide-react/icons/move';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { directionOf, directionOfKeys, type Steering } from './steering.ts';

const arrows = [
  { name: 'up', icon: ChevronUp, pan: 0, tilt: 1, place: 'top-1 left-1/2 -translate-x-1/2' },
  { name: 'left', icon: ChevronLeft, pan: -1, tilt: 0, place: 'top-1/2 left-1 -translate-y-1/2' },
  { name: 'right', icon: ChevronRight, pan: 1, tilt: 0, place: 'top-1/2 right-1 -translate-y-1/2' },
  { name: 'down', icon: ChevronDown, pan: 0, tilt: -1, place: 'bottom-1 left-1/2 -translate-x-1/2' },
] as const;
const MIDDLE = { x: 0, y: 0 };
/** How far the knob follows, in parts of the radius: it stays within the arrows. */
const KNOB_REACH = 0.34;

export function Joystick({ steering, isDisabled }: { steering: Steering; isDisabled: boolean }) {
  const { t } = useTranslation('remote');
  const [knob, setKnob] = useState(MIDDLE);
  const keys = useRef(new Set<string>());
  const dragging = useRef(false);
  const letGo = () => {
    keys.current.clear();
    dragging.current = false;
    setKnob(MIDDLE);
    steering.release();
  };
  useEffect(() => {
    if (isDisabled) steering.release();
  }, [isDisabled, steering]);

  const onKey = (event: KeyboardEvent, isDown: boolean) => {
    if (isDisabled || !event.key.startsWith('Arrow')) return;
    event.preventDefault();
    if (isDown) keys.current.add(event.key);
    else keys.current.delete(event.key);
    if (keys.current.size === 0) steering.release();
    else steering.hold(directionOfKeys(keys.current));
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    const pad = event.currentTarget.parentElement?.getBoundingClientRect();
    if (pad === undefined) return;
    const x = (event.clientX - pad.left - pad.width / 2) / (pad.width / 2);
    const y = (event.clientY - pad.top - pad.height / 2) / (pad.height / 2);
    const shorten = Math.min(1, KNOB_REACH / Math.max(Math.hypot(x, y), 0.001));
    setKnob({ x: x * shorten, y: y * shorten });
    steering.hold(directionOf(x, y));
  };
  return (
    <fieldset
      aria-describedby="steer-hint"
      onKeyDown={(event) => onKey(event, true)}
      onKeyUp={(event) => onKey(event, false)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) letGo();
      }}
      className={`relative mx-auto size-64 shrink-0 touch-none rounded-full bg-sunken inset-ring-1 inset-ring-line ${isDisabled ? 'opacity-45' : ''}`}
    >
      <legend className="sr-only">{t('camera.steer')}</legend>
      {arrows.map(({ name, icon, pan, tilt, place }) => (
        <span key={name} className={`absolute ${place}`}>
          <Button
            variant="quiet"
            size="large"
            icon={icon}
            aria-label={t(`camera.${name}`)}
            isDisabled={isDisabled}
            className="size-16 rounded-full!"
            onPressStart={() => steering.hold({ pan, tilt, zoom: 0 })}
            onPressEnd={() => steering.release()}
          />
        </span>
      ))}
      <span
        aria-hidden="true"
        data-testid="joystick-knob"
        className={`absolute top-1/2 left-1/2 flex size-24 items-center justify-center rounded-full border border-edge bg-raised shadow-card ${isDisabled ? '' : 'cursor-grab active:cursor-grabbing'}`}
        style={{ transform: `translate(calc(-50% + ${knob.x * 8}rem), calc(-50% + ${knob.y * 8}rem))` }}
        onPointerDown={(event) => {
          if (isDisabled) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.current = true;
          drag(event);
        }}
        // a drag must not move the focus from the arrows: losing it releases every direction
        onMouseDown={(event) => event.preventDefault()}
        onPointerMove={(event) => {
          if (dragging.current) drag(event);
        }}
        onPointerUp={letGo}
        onPointerCancel={letGo}
      >
        <Icon of={Move} className="size-8 text-quiet" />
      </span>
    </fieldset>
  );
}
