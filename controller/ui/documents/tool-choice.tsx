/** What a finger or the mouse does on the page: move it, point, or draw in a colour. */
import Hand from 'lucide-react/icons/hand';
import PenLine from 'lucide-react/icons/pen-line';
import Target from 'lucide-react/icons/target';
import type { ReactNode } from 'react';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { useTranslation } from 'react-i18next';
import { StrokeColour } from '#contract/shared-document.ts';
import { Icon } from '../icon.tsx';
import type { PresenterTools } from './presenter-tools.ts';

type ToolProps = { tools: PresenterTools; onTools: (tools: PresenterTools) => void };

const pictures = { move: Hand, point: Target, pen: PenLine };
const choice =
  'grid size-12 shrink-0 cursor-pointer place-items-center rounded-control select-none data-focus-visible:outline-3 data-focus-visible:outline-accent data-hovered:bg-lifted';

export function ToolChoice({ tools, onTools }: ToolProps) {
  const { t } = useTranslation('documents');
  return (
    <RadioGroup
      aria-label={t('presenter.tools')}
      orientation="horizontal"
      value={tools.tool}
      onChange={(tool) => onTools({ ...tools, tool: tool as PresenterTools['tool'] })}
      className="flex gap-1"
    >
      {(['move', 'point', 'pen'] as const).map((tool) => (
        <Radio
          key={tool}
          value={tool}
          aria-label={t(`presenter.${tool}`)}
          className={`${choice} data-selected:bg-accent-soft data-selected:text-accent`}
        >
          <Icon of={pictures[tool]} className="size-6" />
        </Radio>
      ))}
    </RadioGroup>
  );
}

/** The colours, and beside them what undoes a stroke. */
export function PenTools({ tools, onTools, children }: ToolProps & { children: ReactNode }) {
  const { t } = useTranslation('documents');
  return (
    <div className="flex items-center justify-between @max-lg:w-full">
      <RadioGroup
        aria-label={t('presenter.colours')}
        orientation="horizontal"
        value={tools.colour}
        onChange={(colour) => onTools({ ...tools, colour: colour as StrokeColour })}
        className="flex"
      >
        {StrokeColour.options.map((colour) => (
          <Radio key={colour} value={colour} aria-label={t(`presenter.colour.${colour}`)} className={`group ${choice}`}>
            <span
              className="size-6 rounded-full ring-1 ring-edge ring-offset-2 ring-offset-surface group-data-selected:ring-3 group-data-selected:ring-accent"
              style={{ backgroundColor: `var(--stroke-${colour})` }}
            />
          </Radio>
        ))}
      </RadioGroup>
      <span className="flex">{children}</span>
    </div>
  );
}
