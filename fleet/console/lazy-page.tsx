/** A page whose code is loaded when it is opened, or before: one that is there already is drawn without a wait. */
import { type ComponentType, lazy, useState } from 'react';

export type PageCode<P extends object> = { preload: () => Promise<unknown>; component: () => ComponentType<P> };

export function pageCode<P extends object>(load: () => Promise<ComponentType<P>>): PageCode<P> {
  let loaded: ComponentType<P> | null = null;
  const preload = async () => {
    loaded = await load();
    return { default: loaded };
  };
  const later = lazy(preload) as unknown as ComponentType<P>;
  return { preload, component: () => loaded ?? later };
}

export function LazyPage<P extends object>({ code, props }: { code: PageCode<P>; props: P }) {
  // React shows the fallback of a lazy component for 300 ms, also where its code is there. One choice for each mount.
  const [Page] = useState(() => code.component());
  return <Page {...props} />;
}
