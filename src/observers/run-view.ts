// One run as people see it, folded from the event stream: where it is, how far, what it waits for. Pure.
import type { Blocker, Event, Progress } from "../core/event.ts";
import type { Phase } from "../core/phase.ts";
import type { MigrationState } from "../core/state.ts";

export interface RunView {
  readonly state: MigrationState | null;
  readonly step: { readonly id: string; readonly phase: Phase; readonly title: string } | null;
  readonly progress: Progress | null;
  readonly chunk: { readonly rows: number; readonly elapsedMs: number } | null;
  readonly waitingOn: string | null;
  readonly blockers: readonly Blocker[];
}

export const emptyView: RunView = {
  state: null,
  step: null,
  progress: null,
  chunk: null,
  waitingOn: null,
  blockers: [],
};

/** Between two steps: no progress, nothing to wait for. */
function rested(view: RunView): RunView {
  return { ...view, progress: null, chunk: null, waitingOn: null, blockers: [] };
}

export function foldView(view: RunView, event: Event): RunView {
  switch (event.type) {
    case "state.changed":
      return { ...view, state: event.to };
    case "step.started":
      return { ...rested(view), step: { id: event.step, phase: event.phase, title: event.title } };
    case "step.finished":
    case "step.undone":
      return rested(view);
    case "lock.waited":
      return { ...view, waitingOn: `lock (try ${event.attempt})`, blockers: event.blockers };
    case "chunk.filled":
      return { ...view, chunk: { rows: event.rows, elapsedMs: event.elapsedMs } };
    case "progress.changed":
      return { ...view, progress: event.progress };
    case "waiting.started":
      return { ...view, waitingOn: event.on };
    case "waiting.ended":
      return { ...view, waitingOn: null, blockers: [] };
    case "connection.lost":
      return { ...view, waitingOn: "connection" };
    case "connection.restored":
      return { ...view, waitingOn: null };
    case "note.made":
    case "warning.raised":
    case "lease.taken":
      return view;
  }
}
