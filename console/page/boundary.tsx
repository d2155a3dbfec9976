// A view that throws is said to, and takes nothing else of the page with it: without this, what it
// has drawn so far stays on the screen wherever one goes.

import { Component, type ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Place } from '../router.ts';
import { useSession } from '../session.ts';

type BoundaryProps = { readonly place: Place; readonly children: ComponentChildren };

type Failure = { readonly place: Place; readonly text: string };

type State = { readonly failure?: Failure | undefined };

/** Another place is tried anew, also one of the same view. */
export class Boundary extends Component<BoundaryProps, State> {
  override componentDidCatch(error: unknown): void {
    this.setState({ failure: { place: this.props.place, text: String(error) } });
  }

  override render() {
    const { place, children } = this.props;
    const { failure } = this.state;
    if (failure?.place !== place) return children;
    return <Failed text={failure.text} onAgain={() => this.setState({ failure: undefined })} />;
  }
}

function Failed({ text, onAgain }: { readonly text: string; readonly onAgain: () => void }) {
  const { polling } = useSession();
  // What it was drawn from may be at fault, and is not for the next one. As an effect: the view has
  // ended its looks by then, and would ask for the same again.
  useEffect(() => polling.forget(), [polling]);
  return (
    <>
      <h1 tabIndex={-1}>This cannot be shown</h1>
      <p class="fault" role="alert">
        {text}
      </p>
      <button type="button" onClick={onAgain}>
        Try again
      </button>
    </>
  );
}
