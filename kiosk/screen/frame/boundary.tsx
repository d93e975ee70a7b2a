/**
 * Handles an error in drawing: shows the fault in words, and the same page drawn again after a moment; where that does
 * not hold, the page is loaded anew. The call lives outside and goes on meanwhile.
 */
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { PageFault } from '../fault/page-fault.tsx';
import { reloadAtMostOnceAMinute } from './reload.ts';

const DRAW_AGAIN_MS = 3_000;
const TRIES = 3;

export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: Error, { componentStack }: ErrorInfo): void {
    console.error('screen: drawing failed', error, componentStack);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      if (this.#failures > TRIES && reloadAtMostOnceAMinute()) return;
      this.setState({ failed: false });
    }, DRAW_AGAIN_MS);
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer);
  }

  override render(): ReactNode {
    return this.state.failed ? <PageFault /> : this.props.children;
  }
}
