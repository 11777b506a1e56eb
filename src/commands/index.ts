// The list of commands, in the order of the help.
import { abort } from "./abort.ts";
import { completion } from "./completion.ts";
import { explain } from "./explain.ts";
import { history } from "./history.ts";
import { migrate } from "./migrate.ts";
import { show } from "./show.ts";
import { verify } from "./verify.ts";
import { complete } from "./complete.ts";
import type { Command } from "./contract.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { init } from "./init.ts";
import { latest } from "./latest.ts";
import { lint } from "./lint.ts";
import { newCommand } from "./new.ts";
import { plan } from "./plan.ts";
import { purge } from "./purge.ts";
import { rollback } from "./rollback.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";

export const commands: readonly Command[] = [
  init,
  newCommand,
  lint,
  plan,
  start,
  status,
  verify,
  complete,
  rollback,
  purge,
  abort,
  migrate,
  history,
  show,
  latest,
  demo,
  doctor,
  explain,
  completion,
];
