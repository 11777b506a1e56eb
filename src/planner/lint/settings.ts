// What lint can be told: which rules count how much, from which file on, and what a small table is.
import type { Severity } from "../../core/finding.ts";

export interface LintSettings {
  /** By rule; a rule of style is off until it stands here. */
  readonly rules: Readonly<Record<string, Severity | "off">>;
  /** A table below both is small: what keeps its clients waiting does so for a moment only. */
  readonly smallTable: { readonly rows: number; readonly bytes: number };
}

export const defaultSettings: LintSettings = { rules: {}, smallTable: { rows: 10_000, bytes: 10_000_000 } };
