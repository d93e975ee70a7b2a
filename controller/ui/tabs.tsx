/** A few pages of one task, one seen at a time: a row of tabs over the page that is chosen. */
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components/Tabs';
import { Icon } from './icon.tsx';
import type { LucideIcon } from './icon.tsx';

export type TabOf<K extends string> = {
  key: K;
  words: string;
  icon?: LucideIcon;
  /** of something on that page that needs a look; read out with the tab's name */
  mark?: string | null;
  content: ReactNode;
};
type TabsProps<K extends string> = {
  label: string;
  tabs: readonly TabOf<K>[];
  chosen: K;
  onChoose: (key: K) => void;
  /** stands between the tabs and each page */
  children?: ReactNode;
  className?: string;
};

/** Where there is one page alone, it stands there without tabs. */
export function Tabs<K extends string>({ label, tabs, chosen, onChoose, children, className = '' }: TabsProps<K>) {
  const [only] = tabs;
  if (only === undefined) return null;
  const shown = tabs.some(({ key }) => key === chosen) ? chosen : only.key;
  if (tabs.length === 1)
    return (
      <div className={className}>
        {children}
        {only.content}
      </div>
    );
  return (
    <AriaTabs selectedKey={shown} onSelectionChange={(key) => onChoose(key as K)} className={className}>
      <TabList
        aria-label={label}
        className="grid auto-cols-fr grid-flow-col gap-1 rounded-control bg-sunken p-1 lg:w-fit lg:auto-cols-max"
      >
        {tabs.map(({ key, words, icon, mark }) => (
          <Tab
            key={key}
            id={key}
            className="flex min-h-12 cursor-pointer items-center justify-center gap-2 rounded-small px-2 text-center text-small font-medium text-quiet transition-colors select-none data-hovered:text-ink data-selected:bg-raised data-selected:font-semibold data-selected:text-ink data-selected:shadow-card lg:px-5 lg:text-base"
          >
            {icon && <Icon of={icon} className="hidden size-5 sm:block" />}
            <span>{words}</span>
            {mark && (
              <>
                <span aria-hidden="true" className="size-2 rounded-full bg-warn" />
                <span className="sr-only">{mark}</span>
              </>
            )}
          </Tab>
        ))}
      </TabList>
      {children}
      {tabs.map(({ key, content }) => (
        <TabPanel key={key} id={key} className="flex flex-1 flex-col outline-none">
          {content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
