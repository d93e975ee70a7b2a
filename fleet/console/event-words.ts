/** Words of what happened in a room. */
import { useTranslation } from 'react-i18next';
import type { RoomEvent } from '#contract/room-events.ts';
import { dateAndTime, spokenDuration } from '#ui/words/format.ts';
import en from '#ui/words/en/fleet.ts';
import ko from '#ui/words/ko/fleet.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';

addWords({ fleet: { en, ko } });

export function useEventWords(): (event: RoomEvent) => string {
  const { t } = useTranslation('fleet');
  const { t: errors } = useTranslation('errors');
  const language = currentLanguage();
  return (event) => {
    switch (event.name) {
      case 'call-joined':
        return t('events.name.call-joined', { title: event.meetingTitle });
      case 'call-left':
        return t('events.name.call-left', { duration: spokenDuration(event.durationMs, language) });
      case 'start-failed':
        return t('events.name.start-failed', { why: errors(`${event.code}.what`) });
      case 'feedback-given':
        return t(event.answer === 'bad' ? 'events.name.feedback-bad' : 'events.name.feedback-good');
      case 'booking-released':
        return t(event.because === 'no-show' ? 'events.name.booking-no-show' : 'events.name.booking-released');
      case 'booking-moved':
        return t('events.name.booking-moved', { time: dateAndTime(event.endMs, language) });
      case 'device-faulty':
        return t('events.name.device-faulty', {
          device: t(`events.device.${event.device}`),
          why: errors(`${event.code}.what`),
        });
      case 'device-mended':
        return t('events.name.device-mended', { device: t(`events.device.${event.device}`) });
      case 'screen-started':
        return t(
          event.because === 'frozen' || event.because === 'crashed'
            ? `events.name.screen-${event.because}`
            : 'events.name.screen-started',
        );
      case 'update-postponed':
        return t('events.name.update-postponed', { time: dateAndTime(event.untilMs, language) });
      case 'update-confirmed':
        return t('events.name.update-confirmed', { version: event.version });
      case 'self-test-done': {
        const count = event.checks.filter(({ outcome }) => outcome === 'failed').length;
        return count === 0 ? t('events.name.self-test-passed') : t('events.name.self-test-failed', { count });
      }
      default:
        return t(`events.name.${event.name}`);
    }
  };
}
