/** A file to save: text and mark of one kind everywhere, its ground seen only under the pointer. */
import Download from 'lucide-react/icons/download';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';

type FileLinkProps = {
  href: string;
  children: string;
  /** instead of what the browser does with it */
  onOpen?: () => void;
  isPending?: boolean;
  /** its mark or its last letter stands at the edge of what is around it; it has its own room between others */
  edge?: 'left' | 'right';
};

export function FileLink({ href, children, onOpen, isPending = false, edge }: FileLinkProps) {
  return (
    <a
      href={href}
      download
      {...(onOpen && {
        'aria-disabled': isPending,
        onClick: (event) => {
          event.preventDefault();
          onOpen();
        },
      })}
      className={`flex min-h-12 w-fit items-center gap-2 rounded-control px-3 text-base font-medium hover:bg-lifted ${edge === 'left' ? '-ml-3' : edge === 'right' ? '-mr-3' : ''}`}
    >
      {isPending ? <Spinner className="size-5" /> : <Icon of={Download} className="size-5 text-quiet" />}
      {children}
    </a>
  );
}
