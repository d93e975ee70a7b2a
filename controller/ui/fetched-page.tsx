/** Pages whose code is fetched when they are opened: a wait, or, where it cannot be fetched, why and a way on. */
import { Component, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { NoServer } from '#contract/http/answer.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { Button } from './button.tsx';
import { ProblemWords } from './problem-words.tsx';

type FetchedPageProps = {
  /** while it is fetched */
  wait: ReactNode;
  /** of what is shown where it cannot be fetched */
  className?: string;
  children: ReactNode;
};
type Failure = { problem: MaruError | null };

/** Of the code of a page alone: what fails in a page that is there is not hidden. */
export class FetchedPage extends Component<FetchedPageProps, Failure> {
  override state: Failure = { problem: null };
  static getDerivedStateFromError = (error: unknown): Failure => {
    if (!(error instanceof NoServer)) throw error;
    return { problem: toMaruError(error) };
  };
  override render() {
    const { problem } = this.state;
    const { wait, className = '', children } = this.props;
    if (problem !== null) return <NotFetched problem={problem} className={className} />;
    return <Suspense fallback={wait}>{children}</Suspense>;
  }
}

/** React asks for a lazy page once: only a reload asks again, and gets the page of the server as it is now. */
function NotFetched({ problem, className }: { problem: MaruError; className: string }) {
  const { t } = useTranslation('common');
  return (
    <div className={`flex flex-col items-start gap-3 ${className}`}>
      <ProblemWords problem={problem} />
      <Button onPress={() => location.reload()}>{t('retry')}</Button>
    </div>
  );
}

/** @throws NoServer: it cannot be fetched */
export const codeOfPage = async <T,>(fetching: Promise<T>): Promise<T> => {
  try {
    return await fetching;
  } catch {
    throw new NoServer('internal', 'the code of the page cannot be fetched');
  }
};
