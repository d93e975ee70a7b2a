/** A horizontal slider with its name and value, dragged, tapped or moved by the keys. */
import { Label } from 'react-aria-components/Label';
import { Slider as AriaSlider, SliderThumb, SliderTrack } from 'react-aria-components/Slider';
import { Icon } from './icon.tsx';
import type { LucideIcon } from './icon.tsx';

type SliderProps = {
  label: string;
  /** 0 to 100 */
  percent: number;
  icon?: LucideIcon;
  isDisabled?: boolean;
  /** while dragged */
  onChange: (percent: number) => void;
  /** once, when let go */
  onChangeEnd?: (percent: number) => void;
  className?: string;
};

export function PercentSlider({
  label,
  percent,
  icon,
  isDisabled,
  onChange,
  onChangeEnd,
  className = '',
}: SliderProps) {
  return (
    <AriaSlider
      value={percent}
      minValue={0}
      maxValue={100}
      step={1}
      isDisabled={isDisabled}
      onChange={(value) => onChange(value as number)}
      onChangeEnd={(value) => onChangeEnd?.(value as number)}
      className={`flex items-center gap-4 data-disabled:opacity-45 ${className}`}
    >
      {icon && <Icon of={icon} className="size-6 text-quiet" />}
      <Label className="sr-only">{label}</Label>
      <SliderTrack className="relative h-12 min-w-0 flex-1 cursor-pointer touch-none">
        <span className="absolute inset-x-0 top-1/2 h-2 -translate-y-1/2 overflow-hidden rounded-full bg-lifted">
          <span className="block h-full rounded-full bg-accent" style={{ width: `${percent}%` }} />
        </span>
        <SliderThumb className="top-1/2 size-7 rounded-full border-[3px] border-accent bg-raised shadow-card transition-[scale] data-dragging:scale-115 data-focus-visible:outline-3 data-focus-visible:outline-offset-2 data-focus-visible:outline-accent" />
      </SliderTrack>
      <span aria-hidden className="numerals w-10 text-right text-base text-quiet">
        {percent}
      </span>
    </AriaSlider>
  );
}
