// The list of sinks by name.
import { consoleObserver } from "./console.ts";
import type { Observer, ObserverInput } from "./contract.ts";

export const observers: Readonly<Record<"console", (input: ObserverInput) => Observer>> = {
  console: consoleObserver,
};
