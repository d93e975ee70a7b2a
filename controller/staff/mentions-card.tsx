/** Meetings in whose chat one was mentioned and has not read it: each a link to its page. Draws nothing for an empty list. */
import AtSign from 'lucide-react/icons/at-sign';
import { useTranslation } from 'react-i18next';
import type { ChatMentions } from '#contract/http/meetings-api.ts';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';

export function MentionsCard({ mentions }: { mentions: readonly ChatMentions[] }) {
  const { t } = useTranslation('staff');
  if (mentions.length === 0) return null;
  return (
    <Card title={t('mentions.title')}>
      <ul className="flex flex-col">
        {mentions.map(({ meetingId, title, names, count }) => (
          <li key={meetingId} className="border-t border-line first:border-0">
            <a
              href={`#/meetings/${meetingId}`}
              className="-mx-2 flex min-h-14 items-center gap-3 rounded-small px-2 py-2 hover:bg-lifted"
            >
              <Icon of={AtSign} className="size-5 text-accent" />
              <span className="min-w-0 flex-1">
                <span className="line-clamp-2 text-base font-medium">{t('mentions.in', { title })}</span>
                <span className="block truncate text-small text-quiet">
                  {t('mentions.by', { count, names: names.join(', ') })}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
