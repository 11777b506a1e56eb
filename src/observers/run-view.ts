// One run as people see it, folded from the event stream: where it is, how far, what it waits for. Pure.
import type { Blocker, Event, Progress } from "../core/event.ts";
import type { Phase } from "../core/phase.ts";
import type { MigrationState } from "../core/state.ts";

export interface RunView {
  readonly state: MigrationState | null;
  readonly step: { readonly id: string; readonly phase: Phase; readonly title: string } | null;
  readonly donePhases: readonly Phase[];
  readonly progress: Progress | null;
  readonly chunk: { readonly rows: number; readonly elapsedMs: number } | null;
  readonly waitingOn: string | null;
  readonly blockers: readonly Blocker[];
}

export const emptyView: RunView = {
  state: null,
  step: null,
  donePhases: [],
  progress: null,
  chunk: null,
  waitingOn: null,
  blockers: [],
};

function withStep(view: RunView, event: Event & { readonly type: "step.started" }): RunView {
  const before = view.step?.phase;
  const donePhases =
    before === undefined || before === event.phase || view.donePhases.includes(before)
      ? view.donePhases
      : [...view.donePhases, before];
  const step = { id: event.step, phase: event.phase, title: event.title };
  return { ...view, step, donePhases, progress: null, chunk: null, waitingOn: null, blockers: [] };
}

export function foldView(view: RunView, event: Event): RunView {
  switch (event.type) {
    case "state.changed":
      return { ...view, state: event.to };
    case "step.started":
      return withStep(view, event);
    case "step.finished":
    case "step.undone":
      return { ...view, progress: null, chunk: null, waitingOn: null, blockers: [] };
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
    case "warning.raised":
    case "lease.taken":
      return view;
  }
}
