/** A page that failed, or could not be loaded because the server has a newer one: an explanation and a way on. */
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';

export class PageBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useTranslation('console');
  return (
    <div role="alert" className="flex flex-col items-start gap-3 rounded-card bg-fault-soft p-5">
      <p className="font-semibold">{t('pageFailed.what')}</p>
      <p>{t('pageFailed.todo')}</p>
      <Button onPress={() => location.reload()}>{t('pageFailed.reload')}</Button>
    </div>
  );
}
